using Coffer.Bench.Load;
using Coffer.Bench.Machine;

namespace Coffer.Bench;

/// <summary>One round of one side.</summary>
/// <param name="PerSecond">Operations per second.</param>
/// <param name="CpuMs">CPU milliseconds of the measured process per operation; null when it is not a process of its own.</param>
/// <param name="OtherLoad">Share of the machine that neither the measured process nor the load generator used.</param>
internal sealed record Round(double PerSecond, double? CpuMs, double P50Ms, double P99Ms, double MaxMs, double OtherLoad, LoadResult Load);

/// <summary>Medians of interleaved rounds of two sides.</summary>
internal sealed record Comparison(IReadOnlyList<Round> Ours, IReadOnlyList<Round> Theirs)
{
    public Round OurMedian => MedianOf(Ours);

    public Round TheirMedian => MedianOf(Theirs);

    /// <summary>Our rate as a share of theirs, from the medians.</summary>
    public double Ratio => OurMedian.PerSecond / TheirMedian.PerSecond;

    /// <summary>The same for each pair of rounds, which shows how steady the figure is.</summary>
    public (double Low, double High) Spread
    {
        get
        {
            double[] each = [.. Ours.Zip(Theirs, (ours, theirs) => ours.PerSecond / theirs.PerSecond)];
            return (each.Min(), each.Max());
        }
    }

    /// <summary>The most that others used of the machine in a round.</summary>
    public double OtherLoad => Ours.Concat(Theirs).Max(round => round.OtherLoad);

    public static Round MedianOf(IReadOnlyList<Round> rounds) => new(
        Median(rounds.Select(round => round.PerSecond)),
        rounds[0].CpuMs is null ? null : Median(rounds.Select(round => round.CpuMs!.Value)),
        Median(rounds.Select(round => round.P50Ms)),
        Median(rounds.Select(round => round.P99Ms)),
        Median(rounds.Select(round => round.MaxMs)),
        Median(rounds.Select(round => round.OtherLoad)),
        rounds[0].Load);

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Runs rounds by the benchmark's rules.</summary>
internal static class Measure
{
    /// <summary>Warms both sides up, then measures them in turn, each first in every other round, with a sync between.</summary>
    /// <param name="ours">One round of the given length.</param>
    public static Comparison Compare(Setup setup, Func<TimeSpan, Round> ours, Func<TimeSpan, Round> theirs)
    {
        ours(setup.WarmUp);
        theirs(setup.WarmUp);
        List<Round> our = [], their = [];
        for (int round = 0; round < setup.Rounds; round++)
        {
            bool oursFirst = round % 2 == 0;
            for (int turn = 0; turn < 2; turn++)
            {
                Libc.SyncAll();
                if ((turn == 0) == oursFirst)
                {
                    our.Add(ours(setup.Round));
                }
                else
                {
                    their.Add(theirs(setup.Round));
                }
            }
        }

        return new Comparison(our, their);
    }

    /// <summary>One round: the load runs, and CPU time is read before and after it.</summary>
    /// <param name="cpu">CPU time so far of the measured processes; null when load and measured code share this process.</param>
    public static Round Once(Func<TimeSpan>? cpu, Func<LoadResult> load)
    {
        TimeSpan cpuBefore = cpu?.Invoke() ?? TimeSpan.Zero, machineBefore = ProcFs.CpuOfMachine(), generatorBefore = ProcFs.CpuOfThisTree();
        LoadResult result = load();
        TimeSpan used = (cpu?.Invoke() ?? TimeSpan.Zero) - cpuBefore;
        TimeSpan generator = ProcFs.CpuOfThisTree() - generatorBefore, machine = ProcFs.CpuOfMachine() - machineBefore;
        double others = (machine - used - generator) / (result.Elapsed * Environment.ProcessorCount);
        return new Round(
            result.Requests / result.Elapsed.TotalSeconds,
            cpu is null ? null : used.TotalMilliseconds / result.Requests,
            result.P50Ms, result.P99Ms, result.MaxMs, Math.Max(0, others), result);
    }
}
