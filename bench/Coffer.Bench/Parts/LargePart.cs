using System.Diagnostics;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>A 4 GiB upload and download: the server's private memory, and the time against nginx's PUT and a sync of its file.</summary>
internal static class LargePart
{
    private const long MemoryLimit = 200L << 20;
    private const int Stretch = 256 * 1024;
    private static readonly byte[] Pattern = Incompressible.Make(64 << 20, 7);

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
            Libc.SyncAll();
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

            using (HttpConnection connection = coffer.Connect())
            {
                new ObjectsApi(connection).Delete(id);
            }

            Libc.SyncAll();
            before = nginx.Cpu;
            syncedSeconds.Add(Time(() => PutAndSync(nginx, Path.Combine(folder, "www", "large"), setup.LargeBytes)));
            nginxCpu += (nginx.Cpu - before).TotalSeconds;
            nginxDown.Add(Time(() => Fetch(nginx, "/large", setup.LargeBytes)));
            File.Delete(Path.Combine(folder, "www", "large"));
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
    }

    private static string Upload(CofferServer server, long length)
    {
        using HttpConnection connection = server.Connect();
        var api = new ObjectsApi(connection);
        (string id, string target) = api.Create("large");
        ObjectsApi.Expect(connection.Upload(target, length, Fill), "the upload");
        api.Complete(id);
        return id;
    }

    private static void Download(CofferServer server, string id, long length)
    {
        using HttpConnection connection = server.Connect();
        Fetch(server, new ObjectsApi(connection).DownloadTarget(id), length);
    }

    private static void PutAndSync(NginxServer server, string path, long length)
    {
        using HttpConnection connection = server.Connect();
        ObjectsApi.Expect(connection.Upload("/large", length, Fill), "the WebDAV PUT");
        using Process sync = Process.Start("sync", [path]);
        sync.WaitForExit();
    }

    private static void Fetch(ServerProcess server, string target, long length)
    {
        using HttpConnection connection = server.Connect();
        long received = 0;
        bool same = true;
        Answer answer = connection.Download(target, (bytes, offset) =>
        {
            received += bytes.Length;
            same &= IsRight(bytes.Span, offset);
        });
        if (!answer.IsSuccess || received != length || !same)
        {
            throw new InvalidRunException($"{server.Name} answered {answer.Status} with {received} bytes, {(same ? "right" : "wrong")} ones");
        }
    }

    /// <summary>Stretches of a random pattern, each with its own offset in front, so that none repeats.</summary>
    private static void Fill(Memory<byte> stretch, long offset)
    {
        Pattern.AsSpan((int)(offset % Pattern.Length), stretch.Length).CopyTo(stretch.Span);
        BitConverter.TryWriteBytes(stretch.Span, offset);
    }

    private static bool IsRight(ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int within = (int)(offset % Stretch);
            int count = Math.Min(bytes.Length, Stretch - within);
            if (within >= sizeof(long))
            {
                if (!bytes[..count].SequenceEqual(Pattern.AsSpan((int)(offset % Pattern.Length), count)))
                {
                    return false;
                }
            }
            else
            {
                byte[] expected = new byte[Stretch];
                Fill(expected, offset - within);
                if (!bytes[..count].SequenceEqual(expected.AsSpan(within, count)))
                {
                    return false;
                }
            }

            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Samples a process's private memory every 20 ms.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _done;
        private long _peak;

        public MemoryWatch(int pid)
        {
            _thread = new Thread(() =>
            {
                while (!_done)
                {
                    _peak = Math.Max(_peak, ProcFs.PrivateBytesOf(pid));
                    Thread.Sleep(20);
                }
            });
            _thread.Start();
        }

        public long Peak => Interlocked.Read(ref _peak);

        public void Dispose()
        {
            _done = true;
            _thread.Join();
        }
    }
}
