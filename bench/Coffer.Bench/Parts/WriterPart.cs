using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Buckets;
using Coffer.LocalFiles;
using Coffer.Objects;

namespace Coffer.Bench.Parts;

/// <summary>
/// Durable 4 KiB objects by 16 writers into <see cref="BucketObjects"/>, as the Storage API writes them, in this process,
/// against a bare loop that commits the same rows, and against plain files that are synced one by one.
/// </summary>
internal static class WriterPart
{
    private const int Bytes = 4096;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = setup.FreshFolder("write");
        Func<TimeSpan, Round> store = duration => StoreRound(Path.Combine(folder, "store"), duration);
        Comparison bare = Measure.Compare(setup, store, duration => BareRound(Path.Combine(folder, "bare"), duration));
        yield return Finding.OfRates("16 writers; yardstick: bare loop, 16 to a transaction", 0.6, bare, " objects/s");
        Round median = bare.OurMedian;
        yield return new Finding
        {
            What = "one durable write",
            Measured = $"p50 {median.P50Ms:0.00} ms, p99 {median.P99Ms:0.0} ms, max {median.MaxMs:0} ms",
            Verdict = "",
        };

        Comparison files = Measure.Compare(setup, store, duration => FileRound(setup, duration));
        yield return Finding.OfRates("16 writers; yardstick: write + fsync + rename + fsync of the folder", 1, files, " objects/s") with
        {
            Target = "",
            Verdict = "",
        };
        yield return CountSyncs(setup, Path.Combine(folder, "counted"));
    }

    /// <summary>Writes for a while in a process of its own, so that its syncs can be counted from outside.</summary>
    public static int WriteOnce(string folder, TimeSpan duration)
    {
        using var store = EmbeddedStore.Open(folder);
        double began = Now();
        LoadResult result = Write(store, duration);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"WROTE {result.Requests} {began} {Now()}"));
        return 0;

        static double Now() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
    }

    private static Round StoreRound(string folder, TimeSpan duration)
    {
        Clear(folder);
        using var store = EmbeddedStore.Open(folder);
        return Measure.Once(cpu: null, () => Write(store, duration));
    }

    private static LoadResult Write(EmbeddedStore store, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        List<long>[] latencies = Task.WhenAll(Enumerable.Range(0, Setup.Connections).Select(writer => Task.Run(() => WriteMany(writer))))
            .GetAwaiter().GetResult();
        return LoadResult.Of([.. latencies.SelectMany(list => list)], Stopwatch.GetElapsedTime(start));

        async Task<List<long>> WriteMany(int writer)
        {
            List<long> mine = [];
            byte[] bytes = new byte[Bytes];
            long seed = writer;
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                Incompressible.Fill(bytes, seed += Setup.Connections);
                long began = Stopwatch.GetTimestamp();
                await store.PutAsync(seed.ToString(CultureInfo.InvariantCulture), bytes);
                mine.Add(Stopwatch.GetTimestamp() - began);
            }

            return mine;
        }
    }

    private static Round BareRound(string folder, TimeSpan duration)
    {
        Clear(folder);
        EmbeddedStore.Open(folder).Dispose(); // makes the tables
        using var loop = new BareLoop(Path.Combine(folder, "catalog.db"));
        return Measure.Once(cpu: null, () =>
        {
            List<long> latencies = [];
            byte[][] contents = [.. Enumerable.Range(0, Setup.Connections).Select(_ => new byte[Bytes])];
            long start = Stopwatch.GetTimestamp(), seed = 0;
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                long began = Stopwatch.GetTimestamp();
                Array.ForEach(contents, content => Incompressible.Fill(content, ++seed));
                loop.Commit(contents);
                latencies.Add(Stopwatch.GetTimestamp() - began);
            }

            LoadResult result = LoadResult.Of(latencies, Stopwatch.GetElapsedTime(start));
            return result with { Requests = result.Requests * Setup.Connections };
        });
    }

    private static Round FileRound(Setup setup, TimeSpan duration)
    {
        string folder = setup.FreshFolder("write", "files"), staging = setup.FreshFolder("write", "staging");
        return Measure.Once(cpu: null, () => ClosedLoop.Run(Setup.Connections, duration, writer =>
        {
            byte[] bytes = new byte[Bytes];
            long seed = writer;
            return () =>
            {
                Incompressible.Fill(bytes, seed += Setup.Connections);
                string name = seed.ToString(CultureInfo.InvariantCulture);
                string staged = Path.Combine(staging, name);
                using (var file = File.OpenHandle(staged, FileMode.CreateNew, FileAccess.Write))
                {
                    RandomAccess.Write(file, bytes, 0);
                    RandomAccess.FlushToDisk(file);
                }

                File.Move(staged, Path.Combine(folder, name), overwrite: true);
                DirectorySync.Flush(folder);
            };
        }));
    }

    private static Finding CountSyncs(Setup setup, string folder)
    {
        Clear(folder);
        string trace = folder + ".trace";
        var start = new ProcessStartInfo(
            "strace",
            [
                "-f", "--seccomp-bpf", "-ttt", "-e", "trace=fsync,fdatasync,sync_file_range,syncfs,sync,msync", "-o", trace,
                Environment.ProcessPath!, "write-once", folder, ((int)setup.Round.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process strace = Process.Start(start)!;
        string output = strace.StandardOutput.ReadToEnd();
        strace.WaitForExit();
        string[] wrote = output.Split('\n').FirstOrDefault(line => line.StartsWith("WROTE ", StringComparison.Ordinal))?.Split(' ')
            ?? throw new InvalidRunException($"the traced writer failed: {output}");
        double[] numbers = [.. wrote.Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

        // A line: process number, time, call. What was interrupted has a second line that says "resumed".
        long syncs = File.ReadLines(trace)
            .Where(line => !line.Contains("resumed", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(words => words.Length > 2 && words[2].Contains("sync", StringComparison.Ordinal)
                && double.Parse(words[1], CultureInfo.InvariantCulture) is var time && time >= numbers[1] && time <= numbers[2]);
        double perSync = numbers[0] / Math.Max(1, syncs);
        return new Finding
        {
            What = "syncs, counted by strace",
            Target = "> 6 objects a sync",
            Measured = $"{perSync:0.0}",
            Ours = $"{syncs:#,0} syncs for {numbers[0]:#,0} objects",
            Verdict = Finding.Judge(syncs > 0 && perSync > 6),
        };
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
