using System.Globalization;
using System.Text;
using Coffer.Bench.Machine;

namespace Coffer.Bench;

/// <summary>One line of the result: what was wanted and what was found.</summary>
internal sealed record Finding
{
    public required string What { get; init; }

    /// <summary>What is wanted, in words; empty for figures that are only reported.</summary>
    public string Target { get; init; } = "";

    /// <summary>The figure that the target is about.</summary>
    public string Measured { get; init; } = "";

    public string Ours { get; init; } = "";

    public string Theirs { get; init; } = "";

    /// <summary>ok, MISSED, or empty without a target.</summary>
    public required string Verdict { get; init; }

    public static string Judge(bool met) => met ? "ok" : "MISSED";

    /// <summary>A rate against the yardstick's, with the CPU time beside each.</summary>
    public static Finding OfRates(string what, double atLeast, Comparison comparison, string unit = "/s")
    {
        (double low, double high) = comparison.Spread;
        return new Finding
        {
            What = what,
            Target = string.Create(CultureInfo.InvariantCulture, $"≥ {atLeast:0.##} ×"),
            Measured = string.Create(CultureInfo.InvariantCulture, $"{comparison.Ratio:0.00} × ({low:0.00}–{high:0.00}){Others(comparison)}"),
            Ours = Rate(comparison.OurMedian, unit),
            Theirs = Rate(comparison.TheirMedian, unit),
            Verdict = Judge(comparison.Ratio >= atLeast),
        };
    }

    /// <summary>The time of a call against the yardstick's, from the rates, with the CPU time beside each.</summary>
    public static Finding OfTimes(string what, double atMost, Comparison comparison) => new()
    {
        What = what,
        Target = string.Create(CultureInfo.InvariantCulture, $"≤ {atMost:0.##} × the time"),
        Measured = string.Create(
            CultureInfo.InvariantCulture,
            $"{1 / comparison.Ratio:0.00} × ({1 / comparison.Spread.High:0.00}–{1 / comparison.Spread.Low:0.00}){Others(comparison)}"),
        Ours = Rate(comparison.OurMedian),
        Theirs = Rate(comparison.TheirMedian),
        Verdict = Judge(1 / comparison.Ratio <= atMost),
    };

    /// <summary>What other processes took of the machine, when it was enough to show in the figures.</summary>
    public static string Others(Comparison comparison) =>
        comparison.OtherLoad < 0.1 ? "" : string.Create(CultureInfo.InvariantCulture, $", others used up to {comparison.OtherLoad:P0}");

    public static string Rate(Round round, string unit = "/s") => string.Create(
        CultureInfo.InvariantCulture,
        $"{round.PerSecond:#,0}{unit}{(round.CpuMs is { } cpu ? $", {cpu:0.000} ms CPU" : "")}, p99 {round.P99Ms:0.0} ms");
}

/// <summary>Collects findings and writes them as Markdown tables, one a part.</summary>
internal sealed class Report(Setup setup)
{
    private readonly StringBuilder _text = new();

    public bool AllWell { get; private set; } = true;

    public void Facts()
    {
        string cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) ?? "model name : unknown";
        Line($"# Coffer benchmark, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC{(setup.IsTrial ? " (TRIAL: no measurement)" : "")}");
        Line("");
        Line($"- {Environment.ProcessorCount} cores, {cpu.Split(':')[1].Trim()}; {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB");
        Line($"- {Environment.OSVersion}, .NET {Environment.Version}; data on {Disk.TypeOf(setup.Data)}");
        Line($"- load average at start: {File.ReadAllText("/proc/loadavg").Trim()}");
        Line($"- {Setup.Connections} connections, {setup.Rounds} interleaved rounds of {setup.Round.TotalSeconds:0} s, medians; in brackets the least and the most of one round");
    }

    /// <summary>Runs one part and writes its table; a part that breaks a rule gives the reason and no number.</summary>
    public void Part(string title, string ours, string theirs, Func<IEnumerable<Finding>> measure)
    {
        Line("");
        Line($"## {title}");
        Line("");
        Line($"| What | Target | Measured | {ours} | {theirs} | |");
        Line("| --- | --- | --- | --- | --- | --- |");
        try
        {
            foreach (Finding found in measure())
            {
                AllWell &= found.Verdict is "ok" or "";
                Line($"| {found.What} | {found.Target} | {found.Measured} | {found.Ours} | {found.Theirs} | {found.Verdict} |");
            }
        }
        catch (InvalidRunException broken)
        {
            AllWell = false;
            Line($"| invalid: {broken.Message.ReplaceLineEndings(" ")} | | | | | invalid |");
        }
    }

    public void Save(string path) => File.WriteAllText(path, _text.ToString());

    private void Line(string text)
    {
        Console.WriteLine(text);
        _text.AppendLine(text);
    }
}
