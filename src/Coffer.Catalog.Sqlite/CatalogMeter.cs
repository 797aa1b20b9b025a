using System.Diagnostics.Metrics;
using Coffer.Objects;

namespace Coffer.Catalog.Sqlite;

/// <summary>The catalog's instruments. None is labelled with a name of a user's.</summary>
internal sealed class CatalogMeter : IDisposable
{
    public const string Name = "Coffer.Catalog.Sqlite";

    private readonly Meter _meter = new(Name);
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _sync;
    private readonly Counter<long> _crcFailures;

    public CatalogMeter()
    {
        _batchSize = _meter.CreateHistogram<int>("coffer.writer.batch_size", "{write}", "Writes in one transaction");
        _sync = _meter.CreateHistogram<double>("coffer.writer.sync_seconds", "s", "Time of a COMMIT with its sync");
        _crcFailures = _meter.CreateCounter<long>("coffer.crc.failures", "{block}", "Stored bytes that did not match their checksum");
    }

    public void BatchDone(int size) => _batchSize.Record(size);

    public void Synced(TimeSpan took) => _sync.Record(took.TotalSeconds);

    public void CrcFailed() => _crcFailures.Add(1);

    /// <summary>Adds what is read when someone looks.</summary>
    public void Observe(
        Func<int> queueLength, Func<long> logBytes, Func<long> freeBytes, Func<IReadOnlyList<StateTotal>> totals, Func<QueueLengths> queues)
    {
        _meter.CreateObservableGauge("coffer.writer.queue_length", queueLength, "{write}", "Writes that wait");
        _meter.CreateObservableGauge("coffer.wal.bytes", logBytes, "By", "Size of the write-ahead log's file");
        _meter.CreateObservableGauge("coffer.catalog.free_bytes", freeBytes, "By", "Room inside the catalog's file, kept for what is written next");
        _meter.CreateObservableGauge(
            "coffer.objects", () => totals().Select(total => Measure(total.Objects, total.State)), "{object}", "Objects by state");
        _meter.CreateObservableGauge(
            "coffer.bytes", () => totals().Select(total => Measure(total.SizeBytes, total.State)), "By", "Size of objects by state");
        _meter.CreateObservableGauge(
            "coffer.queue.length",
            () =>
            {
                QueueLengths lengths = queues();
                return (Measurement<long>[])
                [
                    new(lengths.Released, new KeyValuePair<string, object?>("queue", "released")),
                    new(lengths.Expired, new KeyValuePair<string, object?>("queue", "expired")),
                ];
            },
            "{entry}", "Entries that wait for upkeep");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measure(long value, ObjectState state) =>
        new(value, new KeyValuePair<string, object?>("state", state.Word()));
}

internal readonly record struct StateTotal(ObjectState State, long Objects, long SizeBytes);

/// <summary>How many entries wait in each queue.</summary>
internal readonly record struct QueueLengths(long Released, long Expired);
