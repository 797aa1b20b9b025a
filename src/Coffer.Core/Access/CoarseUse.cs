using System.Collections.Concurrent;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Access;

/// <summary>
/// Remembers when objects were read and keys were used, and writes it back now and then: no read ever waits for it, and a
/// crash may lose the last minute of it.
/// </summary>
public sealed class CoarseUse(ICatalog catalog)
{
    private const int MaxEntries = 100_000;
    private ConcurrentDictionary<ObjectId, long> _reads = new();
    private ConcurrentDictionary<Guid, long> _keys = new();

    public void ObjectRead(ObjectId id)
    {
        ConcurrentDictionary<ObjectId, long> reads = _reads;
        if (!reads.ContainsKey(id) && reads.Count < MaxEntries)
        {
            reads.TryAdd(id, catalog.NowMs);
        }
    }

    public void KeyUsed(Guid id)
    {
        if (!_keys.ContainsKey(id))
        {
            _keys.TryAdd(id, catalog.NowMs);
        }
    }

    /// <summary>Writes back what was noted since the last time.</summary>
    public async Task WriteBackAsync(CancellationToken cancellationToken)
    {
        ConcurrentDictionary<ObjectId, long> reads = Interlocked.Exchange(ref _reads, new());
        ConcurrentDictionary<Guid, long> keys = Interlocked.Exchange(ref _keys, new());
        if (!reads.IsEmpty || !keys.IsEmpty)
        {
            await catalog.NoteUseAsync(new CoarseTimes(reads.ToArray(), keys.ToArray()), cancellationToken);
        }
    }
}
