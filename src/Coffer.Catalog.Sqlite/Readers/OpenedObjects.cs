namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>
/// Keeps READ_ONLY objects that were opened, small contents included, so that the next download of one asks SQLite nothing.
/// Bounded in bytes; the object not opened for longest goes first.
/// </summary>
/// <remarks>
/// It never shows what SQLite would not show. The writer takes out what a transaction changes before that is committed, and
/// until it is, nobody puts it back; a read that began before the end of a commit puts nothing in after it.
/// </remarks>
internal sealed class OpenedObjects(long capacityBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectId, LinkedListNode<KeptObject>> _nodes = [];
    private readonly Dictionary<(BucketId, string), LinkedListNode<KeptObject>> _byAddress = [];
    private readonly LinkedList<KeptObject> _byUse = [];
    private readonly HashSet<ObjectId> _changing = [];
    private long _bytes;
    private long _commits;

    /// <summary>The object; null when it is not here, is past its expiry, or its bytes are no longer what they were.</summary>
    /// <param name="commits">To be handed to <see cref="Add"/> with what the caller then reads itself.</param>
    public KeptObject? Find(ObjectId id, long nowMs, out long commits) => Find(_nodes, id, nowMs, out commits);

    /// <summary>The same by bucket and key.</summary>
    public KeptObject? Find(BucketId bucket, string key, long nowMs, out long commits) => Find(_byAddress, (bucket, key), nowMs, out commits);

    /// <summary>Keeps an object that was read after <see cref="Find"/> had counted the commits.</summary>
    public void Add(KeptObject read, long commits)
    {
        ObjectId id = read.Object.Id;
        lock (_gate)
        {
            if (commits != _commits || _changing.Contains(id))
            {
                return;
            }

            Drop(id);
            LinkedListNode<KeptObject> node = _byUse.AddFirst(read);
            _nodes.Add(id, node);
            _byAddress[(read.Object.Bucket, read.Object.Key)] = node;
            _bytes += read.MemoryBytes;
            while (_bytes > capacityBytes)
            {
                Drop(_byUse.Last!.Value.Object.Id);
            }
        }
    }

    /// <summary>Comes before a commit: lets go of the objects that it changes, and keeps them out.</summary>
    public void BeginChange(List<ObjectId> ids)
    {
        lock (_gate)
        {
            foreach (ObjectId id in ids)
            {
                Drop(id);
                _changing.Add(id);
            }
        }
    }

    /// <summary>Comes after a commit or rollback, before anybody is answered.</summary>
    public void EndChange()
    {
        lock (_gate)
        {
            _commits++;
            _changing.Clear();
        }
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _commits++;
            _nodes.Clear();
            _byAddress.Clear();
            _byUse.Clear();
            _bytes = 0;
        }
    }

    private KeptObject? Find<TKey>(Dictionary<TKey, LinkedListNode<KeptObject>> nodes, TKey key, long nowMs, out long commits)
        where TKey : notnull
    {
        KeptObject kept;
        lock (_gate)
        {
            commits = _commits;
            if (!nodes.TryGetValue(key, out LinkedListNode<KeptObject>? node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            kept = node.Value;
        }

        return kept.Object.ExpiresAtMs <= nowMs || !kept.IsWhole ? null : kept;
    }

    private void Drop(ObjectId id)
    {
        if (_nodes.Remove(id, out LinkedListNode<KeptObject>? node))
        {
            _byAddress.Remove((node.Value.Object.Bucket, node.Value.Object.Key));
            _byUse.Remove(node);
            _bytes -= node.Value.MemoryBytes;
        }
    }
}
