using System.Diagnostics;
using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;
using Coffer.Client;

namespace Coffer.Bench.Parts;

/// <summary>
/// Devboxes: the first mount of an archive against GNU tar, the tenth against the first, what an entry reads of the archive, and a
/// devbox's shortest life.
/// </summary>
internal static class DevboxPart
{
    private const string MountPath = "/home/user/data";
    private const int Mounts = 10;
    private const long MemoryLimit = 250L << 20;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        MountedArchive archive = MountedArchive.Prepare(setup);
        string folder = setup.FreshFolder("devbox");
        string data = Path.Combine(folder, "coffer-data");
        List<Mount> first = [], tenth = [], tar = [];
        using (CofferServer coffer = CofferServer.Start(setup, data))
        {
            string id = Upload(coffer, archive);
            for (int round = 0; round < setup.Rounds; round++)
            {
                Action[] sides = round % 2 == 0 ? [OurRound, TheirRound] : [TheirRound, OurRound];
                foreach (Action side in sides)
                {
                    side();
                }
            }

            foreach (Finding found in MountFindings(archive, first, tenth, tar))
            {
                yield return found;
            }

            yield return EntryFinding(coffer, archive, id, data);

            void OurRound()
            {
                using HttpConnection connection = coffer.Connect();
                var api = new DevboxApi(connection);
                Settle(data);
                List<string> devboxes = [];
                first.Add(MountOnce(coffer, () => devboxes.Add(api.Create(id, MountPath))));
                while (devboxes.Count < Mounts - 1)
                {
                    devboxes.Add(api.Create(id, MountPath));
                }

                tenth.Add(MountOnce(coffer, () => devboxes.Add(api.Create(id, MountPath))));
                for (int file = 0; file < archive.Files; file += archive.Files / 20)
                {
                    api.RequireFile(devboxes[file % Mounts], $"{MountPath}/{MixedTree.PathOf(file)}", MixedTree.ContentOf(file));
                }

                devboxes.ForEach(api.Shutdown);
                WaitUntilGone(data);
            }
        }

        foreach (Finding found in ShortestLife.Run(setup, Path.Combine(folder, "exec-data")))
        {
            yield return found;
        }

        void TheirRound()
        {
            string extracted = setup.FreshFolder("devbox", "tar");
            Libc.SyncAll();
            Libc.DropFromCache(archive.Path);
            TimeSpan cpu = ProcFs.CpuOfEndedChildren();
            long start = Stopwatch.GetTimestamp();
            MountedArchive.Tar("-xzf", archive.Path, "-C", extracted);
            tar.Add(new Mount(Stopwatch.GetElapsedTime(start).TotalSeconds, (ProcFs.CpuOfEndedChildren() - cpu).TotalSeconds, 0));
            Directory.Delete(extracted, recursive: true);
        }
    }

    private static string Upload(CofferServer server, MountedArchive archive)
    {
        using var client = new CofferClient(new Uri(server.Url), CofferServer.Key);
        return client.StorageObjects.UploadFromFile(archive.Path).Id;
    }

    /// <summary>Both sides begin with a quiet disk, and read the archive from it.</summary>
    private static void Settle(string data)
    {
        Libc.SyncAll();
        Disk.Forget(Path.Combine(data, "blobs"));
    }

    private static Mount MountOnce(CofferServer server, Action mount)
    {
        using var memory = new MemoryWatch(server.Pid);
        TimeSpan cpu = server.Cpu;
        long start = Stopwatch.GetTimestamp();
        mount();
        return new Mount(Stopwatch.GetElapsedTime(start).TotalSeconds, (server.Cpu - cpu).TotalSeconds, memory.Peak);
    }

    /// <summary>The extracted tree goes with its last devbox, in the background; the next first mount has to find none.</summary>
    private static void WaitUntilGone(string data)
    {
        string shared = Path.Combine(data, "devboxes", "shared");
        for (long start = Stopwatch.GetTimestamp(); Directory.EnumerateFileSystemEntries(shared).Any();)
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(5))
            {
                throw new InvalidRunException("the extracted archive did not go with its last devbox");
            }

            Thread.Sleep(20);
        }
    }

    private static IEnumerable<Finding> MountFindings(MountedArchive archive, List<Mount> first, List<Mount> tenth, List<Mount> tar)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $".tgz of {archive.Bytes >> 20} MiB, {archive.Files:#,0} files");
        double ratio = Median(first) / Median(tar);
        double[] each = [.. first.Zip(tar, (ours, theirs) => ours.Seconds / theirs.Seconds)];
        yield return new Finding
        {
            What = $"{what}: first mount",
            Target = "≤ 1.3 × tar -xzf",
            Measured = string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} × ({each.Min():0.00}–{each.Max():0.00})"),
            Ours = Said(first),
            Theirs = Said(tar),
            Verdict = Finding.Judge(ratio <= 1.3),
        };
        double later = Median(tenth) / Median(first);
        double[] eachLater = [.. tenth.Zip(first, (ours, theirs) => ours.Seconds / theirs.Seconds)];
        yield return new Finding
        {
            What = "the same: tenth mount",
            Target = "≤ 0.1 × the first",
            Measured = string.Create(CultureInfo.InvariantCulture, $"{later:0.0000} × ({eachLater.Min():0.0000}–{eachLater.Max():0.0000})"),
            Ours = string.Create(
                CultureInfo.InvariantCulture,
                $"{1000 * Median(tenth):0.0} ms, {1000 * Comparison.Median(tenth.Select(mount => mount.CpuSeconds)):0} ms CPU"),
            Verdict = Finding.Judge(later <= 0.1),
        };
        long peak = first.Concat(tenth).Max(mount => mount.PeakBytes);
        yield return new Finding
        {
            What = "the same: peak RssAnon while mounting",
            Target = $"< {MemoryLimit >> 20} MB",
            Measured = $"{peak >> 20} MB",
            Verdict = Finding.Judge(peak < MemoryLimit),
        };
    }

    /// <summary>Ten entries from all over the archive; the first one makes the index.</summary>
    private static Finding EntryFinding(CofferServer server, MountedArchive archive, string id, string data)
    {
        using HttpConnection connection = server.Connect();
        List<(double Ms, long Read, long FromDisk)> entries = [];
        for (int entry = 1; entry <= 10; entry++)
        {
            int file = archive.Files * ((entry * 7) % 11) / 11; // in no order
            Settle(data);
            IoBytes before = ProcFs.IoOf(server.Pid);
            long start = Stopwatch.GetTimestamp();
            Answer answer = ObjectsApi.Expect(
                connection.Get($"/v1/objects/{id}/entries/{MixedTree.PathOf(file)}", ObjectsApi.Authorization), "an entry");
            double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            IoBytes after = ProcFs.IoOf(server.Pid);
            if (!answer.Body.Span.SequenceEqual(MixedTree.ContentOf(file)))
            {
                throw new InvalidRunException($"the entry of file {file} came with {answer.Body.Length} bytes, and not the right ones");
            }

            entries.Add((ms, after.Read - before.Read, after.FromDisk - before.FromDisk));
        }

        (double tenthMs, long read, long fromDisk) = entries[^1];
        double share = Math.Max(read, fromDisk) / (double)archive.Bytes;
        return new Finding
        {
            What = "the tenth entry taken out of it without a devbox",
            Target = "reads ≤ 0.1 × the archive",
            Measured = string.Create(CultureInfo.InvariantCulture, $"{share:0.0000} ×"),
            Ours = string.Create(
                CultureInfo.InvariantCulture,
                $"{read >> 10} KiB by read calls, {fromDisk >> 10} KiB from the disk; {tenthMs:0.0} ms, the first one with the index {entries[0].Ms:0} ms"),
            Verdict = Finding.Judge(share <= 0.1),
        };
    }

    private static double Median(List<Mount> mounts) => Comparison.Median(mounts.Select(mount => mount.Seconds));

    private static string Said(List<Mount> mounts) => string.Create(
        CultureInfo.InvariantCulture, $"{Median(mounts):0.00} s, {Comparison.Median(mounts.Select(mount => mount.CpuSeconds)):0.00} s CPU");

    private sealed record Mount(double Seconds, double CpuSeconds, long PeakBytes);
}
