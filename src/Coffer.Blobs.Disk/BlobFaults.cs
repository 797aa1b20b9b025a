using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Coffer.Blobs.Disk;

/// <summary>Counts blobs found corrupt, and logs each of them once.</summary>
internal sealed class BlobFaults(Meter meter, ILogger logger)
{
    private readonly Counter<long> _failures = meter.CreateCounter<long>(
        "coffer.crc.failures", "{failure}", "Reads that met bytes which do not match their checksum");

    private readonly ConcurrentDictionary<BlobId, byte> _logged = [];

    public StoreException Corrupt(BlobId id, Exception? cause = null)
    {
        _failures.Add(1);
        if (_logged.TryAdd(id, 0)) Log.BlobCorrupt(logger, id);
        return new StoreException(StoreErrorCode.Corrupt, "the stored bytes no longer match their checksum", cause);
    }

    public void Forget(BlobId id) => _logged.TryRemove(id, out _);
}
