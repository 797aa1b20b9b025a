using System.Collections.Concurrent;
using System.Globalization;

namespace Coffer.Server.Metrics;

/// <summary>Requests by operation and status, their duration, and bytes in and out.</summary>
/// <remarks>Operations come from endpoint metadata, so their number is bounded; nothing a client sends is a label.</remarks>
internal sealed class RequestMetrics
{
    private readonly ConcurrentDictionary<string, OfOperation> _operations = new(StringComparer.Ordinal);
    private long _bytesIn;
    private long _bytesOut;

    public void Record(string operation, int status, double seconds, long bytesIn, long bytesOut)
    {
        if (!_operations.TryGetValue(operation, out OfOperation? counted))
        {
            counted = _operations.GetOrAdd(operation, static _ => new OfOperation());
        }

        counted.Record(status, seconds);
        if (bytesIn > 0)
        {
            Interlocked.Add(ref _bytesIn, bytesIn);
        }

        if (bytesOut > 0)
        {
            Interlocked.Add(ref _bytesOut, bytesOut);
        }
    }

    public void Write(PrometheusText text)
    {
        var operations = _operations.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToList();
        text.Family("coffer_requests_total", "counter", "Requests by operation and status; 499 is a client that went away.");
        foreach (var (name, counted) in operations)
        {
            counted.WriteStatuses(text, PrometheusText.Label("operation", name));
        }

        text.Family("coffer_request_seconds", "histogram", "Duration of requests, bodies included.");
        foreach (var (name, counted) in operations)
        {
            counted.Durations.Write(text, "coffer_request_seconds", PrometheusText.Label("operation", name));
        }

        text.Family("coffer_bytes_in_total", "counter", "Bytes of request bodies.");
        text.Sample("coffer_bytes_in_total", "", Volatile.Read(ref _bytesIn));
        text.Family("coffer_bytes_out_total", "counter", "Bytes of response bodies.");
        text.Sample("coffer_bytes_out_total", "", Volatile.Read(ref _bytesOut));
    }

    private sealed class OfOperation
    {
        private const int LowestStatus = 100;
        private readonly long[] _statuses = new long[500];

        public Histogram Durations { get; } = new(Histogram.Seconds);

        public void Record(int status, double seconds)
        {
            Interlocked.Increment(ref _statuses[Math.Clamp(status - LowestStatus, 0, _statuses.Length - 1)]);
            Durations.Record(seconds);
        }

        public void WriteStatuses(PrometheusText text, string operation)
        {
            for (int i = 0; i < _statuses.Length; i++)
            {
                long count = Volatile.Read(ref _statuses[i]);
                if (count > 0)
                {
                    string status = (i + LowestStatus).ToString(CultureInfo.InvariantCulture);
                    text.Sample("coffer_requests_total", $"{operation},status=\"{status}\"", count);
                }
            }
        }
    }
}
