namespace Coffer.Server.Metrics;

/// <summary>Counts observations by bucket. Recording takes no lock and allocates nothing.</summary>
internal sealed class Histogram(double[] bounds)
{
    public static readonly double[] Seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    public static readonly double[] Amounts =
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384, 65536, 1048576];

    private readonly long[] _counts = new long[bounds.Length + 1];
    private Number _sum;

    public void Record(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        _sum.Add(value);
    }

    /// <param name="labels">Without braces, such as <c>operation="a"</c>; may be empty.</param>
    public void Write(PrometheusText text, string name, string labels)
    {
        string before = labels.Length == 0 ? "" : labels + ",";
        long total = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            total += Volatile.Read(ref _counts[i]);
            text.Sample(name + "_bucket", $"{before}le=\"{PrometheusText.Format(bounds[i])}\"", total);
        }

        total += Volatile.Read(ref _counts[^1]);
        text.Sample(name + "_bucket", before + "le=\"+Inf\"", total);
        text.Sample(name + "_sum", labels, _sum.Value);
        text.Sample(name + "_count", labels, total);
    }
}
