using System.Diagnostics;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>A 4 GiB upload and download: the server's private memory, and the time against nginx's PUT and a sync of its file.</summary>
internal static class LargePart
{
    private const long MemoryLimit = 200L << 20;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = setup.FreshFolder("large");
        using CofferServer coffer = CofferServer.Start(setup, Path.Combine(folder, "coffer-data"));
        using NginxServer nginx = NginxServer.Start(folder);
        string gib = $"{setup.LargeBytes / (double)(1L << 30):0.##} GiB";
        long peakUp = 0, peakDown = 0;
        List<double> seconds = [], syncedSeconds = [], down = [], nginxDown = [];
        double cofferCpu = 0, nginxCpu = 0;
        for (int round = 0; round < setup.Rounds; round++)
        {
            // Each is first in every other round: what the first leaves to the disk is the second's burden.
            Action[] sides = round % 2 == 0 ? [OurRound, TheirRound] : [TheirRound, OurRound];
            foreach (Action side in sides)
            {
                Libc.SyncAll();
                side();
            }
        }

        long peak = Math.Max(peakUp, peakDown);
        yield return new Finding
        {
            What = $"{gib} up and down: peak RssAnon",
            Target = $"< {MemoryLimit >> 20} MB",
            Measured = $"{peak >> 20} MB",
            Ours = $"{peakUp >> 20} MB up, {peakDown >> 20} MB down",
            Verdict = Finding.Judge(peak < MemoryLimit),
        };
        double ratio = Comparison.Median(seconds) / Comparison.Median(syncedSeconds);
        double[] each = [.. seconds.Zip(syncedSeconds, (ours, theirs) => ours / theirs)];
        yield return new Finding
        {
            What = $"{gib} upload, durable",
            Target = "≤ 1.3 × PUT and sync",
            Measured = $"{ratio:0.00} × ({each.Min():0.00}–{each.Max():0.00})",
            Ours = $"{Comparison.Median(seconds):0.0} s, {cofferCpu / setup.Rounds:0.0} s CPU",
            Theirs = $"{Comparison.Median(syncedSeconds):0.0} s, {nginxCpu / setup.Rounds:0.0} s CPU",
            Verdict = Finding.Judge(ratio <= 1.3),
        };
        yield return new Finding
        {
            What = $"{gib} download",
            Measured = $"{Comparison.Median(down) / Comparison.Median(nginxDown):0.00} × the time",
            Ours = $"{Comparison.Median(down):0.0} s",
            Theirs = $"{Comparison.Median(nginxDown):0.0} s",
            Verdict = "",
        };

        void OurRound()
        {
            TimeSpan before = coffer.Cpu;
            string id = "";
            using (var memory = new MemoryWatch(coffer.Pid))
            {
                seconds.Add(Time(() => id = Upload(coffer, setup.LargeBytes)));
                peakUp = Math.Max(peakUp, memory.Peak);
            }

            cofferCpu += (coffer.Cpu - before).TotalSeconds;
            using (var memory = new MemoryWatch(coffer.Pid))
            {
                down.Add(Time(() => Download(coffer, id, setup.LargeBytes)));
                peakDown = Math.Max(peakDown, memory.Peak);
            }

            using HttpConnection connection = coffer.Connect();
            new ObjectsApi(connection).Delete(id);
        }

        void TheirRound()
        {
            TimeSpan before = nginx.Cpu;
            syncedSeconds.Add(Time(() => PutAndSync(nginx, Path.Combine(folder, "www", "large"), setup.LargeBytes)));
            nginxCpu += (nginx.Cpu - before).TotalSeconds;
            nginxDown.Add(Time(() => LargeContent.Fetch(nginx, "/large", "", setup.LargeBytes)));
            File.Delete(Path.Combine(folder, "www", "large"));
        }
    }

    private static string Upload(CofferServer server, long length)
    {
        using HttpConnection connection = server.Connect();
        var api = new ObjectsApi(connection);
        (string id, string target) = api.Create("large");
        ObjectsApi.Expect(connection.Upload("PUT", target, "", length, LargeContent.Fill), "the upload");
        api.Complete(id);
        return id;
    }

    private static void Download(CofferServer server, string id, long length)
    {
        using HttpConnection connection = server.Connect();
        LargeContent.Fetch(server, new ObjectsApi(connection).DownloadTarget(id), "", length);
    }

    private static void PutAndSync(NginxServer server, string path, long length)
    {
        using HttpConnection connection = server.Connect();
        ObjectsApi.Expect(connection.Upload("PUT", "/large", "", length, LargeContent.Fill), "the WebDAV PUT");
        using Process sync = Process.Start("sync", [path]);
        sync.WaitForExit();
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
