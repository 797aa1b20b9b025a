using System.Diagnostics;
using System.Globalization;

namespace Coffer.Bench.Load;

/// <summary>wrk with 2 threads, asking for random targets out of a file.</summary>
internal static class Wrk
{
    /// <exception cref="InvalidRunException">There were errors.</exception>
    public static LoadResult Run(string url, string targetsFile, int connections, TimeSpan duration)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Load", "random.lua");
        var start = new ProcessStartInfo(
            "wrk",
            [
                "-t", Math.Min(2, connections).ToString(CultureInfo.InvariantCulture),
                "-c", connections.ToString(CultureInfo.InvariantCulture),
                "-d", $"{(int)duration.TotalSeconds}s", "--timeout", "20s", "-s", script, url, "--", targetsFile,
            ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process wrk = Process.Start(start)!;
        string output = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();

        string? result = output.Split('\n').FirstOrDefault(line => line.StartsWith("RESULT ", StringComparison.Ordinal));
        if (result is null)
        {
            throw new InvalidRunException($"wrk gave no result: {output.Trim()}");
        }

        double[] numbers = [.. result.Split(' ').Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        if (numbers[3] > 0)
        {
            throw new InvalidRunException($"{numbers[3]} of {numbers[0]} requests failed");
        }

        return new LoadResult
        {
            Requests = (long)numbers[0],
            Elapsed = TimeSpan.FromMicroseconds(numbers[1]),
            P50Ms = numbers[4] / 1000,
            P99Ms = numbers[5] / 1000,
            MaxMs = numbers[6] / 1000,
        };
    }
}
