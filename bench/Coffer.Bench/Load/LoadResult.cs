namespace Coffer.Bench.Load;

/// <summary>What a load generator saw.</summary>
internal sealed record LoadResult
{
    public required long Requests { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    public required double MaxMs { get; init; }

    /// <param name="latencies">In ticks of the <see cref="System.Diagnostics.Stopwatch"/>; gets sorted.</param>
    public static LoadResult Of(List<long> latencies, TimeSpan elapsed)
    {
        latencies.Sort();
        return new LoadResult
        {
            Requests = latencies.Count,
            Elapsed = elapsed,
            P50Ms = At(0.5),
            P99Ms = At(0.99),
            MaxMs = At(1),
        };

        double At(double share) => latencies.Count == 0
            ? 0
            : 1000.0 * latencies[Math.Min(latencies.Count - 1, (int)(share * latencies.Count))] / System.Diagnostics.Stopwatch.Frequency;
    }
}
