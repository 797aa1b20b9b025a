using Coffer.Server.Metrics;

namespace Coffer.UnitTests.Metrics;

public sealed class RequestMetricsTests
{
    [Fact]
    public void Requests_are_counted_by_operation_and_status_and_timed_by_operation()
    {
        var metrics = new RequestMetrics();
        metrics.Record("objects.create", 200, 0.004, bytesIn: 10, bytesOut: 20);
        metrics.Record("objects.create", 200, 0.004, bytesIn: 10, bytesOut: 20);
        metrics.Record("objects.create", 409, 0.3, bytesIn: 1, bytesOut: 2);
        metrics.Record("objects.list", 200, 0.3, bytesIn: 0, bytesOut: 2);

        var text = new PrometheusText();
        metrics.Write(text);
        string written = text.ToString();

        Assert.Contains("coffer_requests_total{operation=\"objects.create\",status=\"200\"} 2\n", written, StringComparison.Ordinal);
        Assert.Contains("coffer_requests_total{operation=\"objects.create\",status=\"409\"} 1\n", written, StringComparison.Ordinal);
        Assert.Contains("coffer_request_seconds_bucket{operation=\"objects.create\",le=\"0.005\"} 2\n", written, StringComparison.Ordinal);
        Assert.Contains("coffer_request_seconds_bucket{operation=\"objects.create\",le=\"0.5\"} 3\n", written, StringComparison.Ordinal);
        Assert.Contains("coffer_request_seconds_count{operation=\"objects.list\"} 1\n", written, StringComparison.Ordinal);
        Assert.Contains("coffer_bytes_in_total 21\n", written, StringComparison.Ordinal);
        Assert.Contains("coffer_bytes_out_total 44\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_allocates_nothing_once_the_operation_is_known()
    {
        var metrics = new RequestMetrics();
        metrics.Record("objects.create", 200, 0.1, 1, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            metrics.Record("objects.create", 200, 0.1, 1, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
