using System.Diagnostics;
using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>A devbox without mounts that runs <c>true</c> and ends, step by step, beside bubblewrap alone.</summary>
internal static class ShortestLife
{
    private const string Program = "bwrap";

    public static IEnumerable<Finding> Run(Setup setup, string data)
    {
        const string what = "create → exec true → shutdown";
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Program))))
        {
            yield return new Finding { What = what, Measured = "skipped: bwrap is missing (apt-get install -y bubblewrap)", Verdict = "" };
            yield break;
        }

        using CofferServer coffer = CofferServer.Start(setup, data, ("COFFER_DEVBOX_EXEC", "bubblewrap"));
        using HttpConnection connection = coffer.Connect();
        var api = new DevboxApi(connection);
        for (int warmUp = 0; warmUp < setup.DevboxLives / 10; warmUp++)
        {
            Live(api);
            Alone();
        }

        TimeSpan cpu = coffer.Cpu;
        List<Life> lives = [];
        List<double> alone = [];
        for (int life = 0; life < setup.DevboxLives; life++)
        {
            lives.Add(Live(api));
            alone.Add(Alone());
        }

        double cpuMs = (coffer.Cpu - cpu).TotalMilliseconds / lives.Count;
        double p50 = Comparison.Median(lives.Select(life => life.Sum));
        yield return new Finding
        {
            What = what,
            Measured = string.Create(CultureInfo.InvariantCulture, $"p50 {p50:0.0} ms, max {lives.Max(life => life.Sum):0} ms"),
            Ours = string.Create(
                CultureInfo.InvariantCulture,
                $"create {Comparison.Median(lives.Select(life => life.Create)):0.0}, exec {Comparison.Median(lives.Select(life => life.Execute)):0.0}, "
                + $"shutdown {Comparison.Median(lives.Select(life => life.Shutdown)):0.0} ms; {cpuMs:0.0} ms CPU of the server itself"),
            Theirs = string.Create(CultureInfo.InvariantCulture, $"bwrap with as many namespaces, exec alone: {Comparison.Median(alone):0.0} ms"),
            Verdict = "",
        };
    }

    private static Life Live(DevboxApi api)
    {
        string devbox = "";
        return new Life(
            Time(() => devbox = api.Create()),
            Time(() => api.Execute(devbox, "true")),
            Time(() => api.Shutdown(devbox)));
    }

    private static double Alone() => Time(() =>
    {
        using Process sandbox = Process.Start(
            Program,
            [
                "--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv",
                "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
                "--proc", "/proc", "--dev", "/dev", "/bin/sh", "-c", "true",
            ]);
        sandbox.WaitForExit();
        if (sandbox.ExitCode != 0)
        {
            throw new InvalidRunException($"bwrap ended with {sandbox.ExitCode}");
        }
    });

    private static double Time(Action step)
    {
        long start = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private sealed record Life(double Create, double Execute, double Shutdown)
    {
        public double Sum => Create + Execute + Shutdown;
    }
}
