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
    private Reads _reads = new();
    private ConcurrentDictionary<Guid, long> _keys = new();

    public void ObjectRead(ObjectId id)
    {
        Reads reads = _reads;
        if (!reads.Times.ContainsKey(id) && Volatile.Read(ref reads.Count) < MaxEntries && reads.Times.TryAdd(id, catalog.NowMs))
        {
            Interlocked.Increment(ref reads.Count);
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
        ConcurrentDictionary<ObjectId, long> reads = Interlocked.Exchange(ref _reads, new()).Times;
        ConcurrentDictionary<Guid, long> keys = Interlocked.Exchange(ref _keys, new());
        if (!reads.IsEmpty || !keys.IsEmpty)
        {
            await catalog.NoteUseAsync(new CoarseTimes(reads.ToArray(), keys.ToArray()), cancellationToken);
        }
    }

    /// <summary>Times of reading, and their number: the dictionary would take all its locks to tell it.</summary>
    private sealed class Reads
    {
        public readonly ConcurrentDictionary<ObjectId, long> Times = new();

        public int Count;
    }
}
