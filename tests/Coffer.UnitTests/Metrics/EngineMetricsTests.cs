using System.Diagnostics.Metrics;
using Coffer.Server.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.UnitTests.Metrics;

public sealed class EngineMetricsTests : IDisposable
{
    // Meters are seen by every listener of the process; a scope of its own keeps the tests apart.
    private readonly object _scope = new();
    private readonly Meter _meter;
    private readonly EngineMetrics _metrics;

    public EngineMetricsTests()
    {
        _meter = new Meter("Coffer.Tests", version: null, tags: null, scope: _scope);
        _metrics = new EngineMetrics(_scope, NullLogger.Instance);
    }

    [Fact]
    public void Counters_add_up_by_tag_and_start_at_zero()
    {
        Counter<long> moved = _meter.CreateCounter<long>("coffer.crc.failures", description: "Blocks that failed.");
        string before = Text();

        moved.Add(2, new KeyValuePair<string, object?>("kind", "a\"b\\c\n"));
        moved.Add(3, new KeyValuePair<string, object?>("kind", "a\"b\\c\n"));
        moved.Add(1, new KeyValuePair<string, object?>("kind", "other"));

        Assert.Equal("# HELP coffer_crc_failures_total Blocks that failed.\n# TYPE coffer_crc_failures_total counter\ncoffer_crc_failures_total 0\n", before);
        Assert.EndsWith(
            "coffer_crc_failures_total{kind=\"a\\\"b\\\\c\\n\"} 5\ncoffer_crc_failures_total{kind=\"other\"} 1\n", Text(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_have_cumulative_buckets_sum_and_count()
    {
        Histogram<double> seconds = _meter.CreateHistogram<double>("coffer.writer.sync_seconds");
        Histogram<int> sizes = _meter.CreateHistogram<int>("coffer.writer.batch_size");
        seconds.Record(0.001);
        seconds.Record(0.02);
        seconds.Record(100);
        sizes.Record(3);

        string text = Text();

        Assert.Contains("coffer_writer_sync_seconds_bucket{le=\"0.001\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_sync_seconds_bucket{le=\"0.025\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_sync_seconds_bucket{le=\"60\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_sync_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_sync_seconds_sum 100.021\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_sync_seconds_count 3\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_batch_size_bucket{le=\"2\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_writer_batch_size_bucket{le=\"4\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Gauges_tell_their_present_value_and_forget_tags_that_are_gone()
    {
        Dictionary<string, long> objects = new() { ["READ_ONLY"] = 4, ["ERROR"] = 1 };
        _meter.CreateObservableGauge("coffer.objects", () => objects.Select(static pair =>
            new Measurement<long>(pair.Value, new KeyValuePair<string, object?>("state", pair.Key))));
        Assert.Contains("coffer_objects{state=\"ERROR\"} 1\n", Text(), StringComparison.Ordinal);

        objects.Remove("ERROR");
        objects["READ_ONLY"] = 7;

        Assert.Equal("# TYPE coffer_objects gauge\ncoffer_objects{state=\"READ_ONLY\"} 7\n", Text());
    }

    [Fact]
    public void An_observation_that_fails_leaves_the_others()
    {
        _meter.CreateObservableGauge<long>("coffer.wal.bytes", static long () => throw new IOException("gone"));
        _meter.CreateObservableGauge<long>("coffer.disk.free_bytes", static () => 5);

        string text = Text();

        Assert.Contains("coffer_disk_free_bytes 5\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("coffer_wal_bytes ", text.Replace("# TYPE coffer_wal_bytes gauge", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Meters_of_others_are_left_out()
    {
        using var foreign = new Meter("System.Net.Http", version: null, tags: null, scope: _scope);
        using var otherServer = new Meter("Coffer.Tests", version: null, tags: null, scope: new object());
        foreign.CreateCounter<long>("foreign").Add(1);
        otherServer.CreateCounter<long>("other").Add(1);

        Assert.Empty(Text());
    }

    [Fact]
    public void Recording_allocates_nothing_once_a_set_of_tags_is_known()
    {
        Counter<long> moved = _meter.CreateCounter<long>("coffer.moved");
        Histogram<double> seconds = _meter.CreateHistogram<double>("coffer.seconds");
        var tag = new KeyValuePair<string, object?>("kind", "a");
        Record(100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Record(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record(int times)
        {
            for (int i = 0; i < times; i++)
            {
                moved.Add(1, tag);
                seconds.Record(0.5, tag);
            }
        }
    }

    [Fact]
    public void Additions_of_many_threads_are_all_counted()
    {
        Counter<long> moved = _meter.CreateCounter<long>("coffer.moved");

        Parallel.For(0, 10_000, i => moved.Add(1, new KeyValuePair<string, object?>("kind", i % 2 == 0 ? "even" : "odd")));

        Assert.Contains("coffer_moved_total{kind=\"even\"} 5000\n", Text(), StringComparison.Ordinal);
        Assert.Contains("coffer_moved_total{kind=\"odd\"} 5000\n", Text(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meter.Dispose();
    }

    private string Text()
    {
        var text = new PrometheusText();
        _metrics.Write(text);
        return text.ToString();
    }
}
