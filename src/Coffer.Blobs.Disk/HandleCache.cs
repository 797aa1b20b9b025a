namespace Coffer.Blobs.Disk;

/// <summary>
/// Keeps blob files open between reads, by blob id: blobs never change, so an open file stays right until the blob is
/// deleted. Bounded by count and by the memory of the checksum tables; the file not used for longest goes first.
/// </summary>
internal sealed class HandleCache(int capacity, long tableCapacityBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, LinkedListNode<(BlobId Id, BlobFile File)>> _nodes = [];
    private readonly LinkedList<(BlobId Id, BlobFile File)> _byUse = [];
    private long _tableBytes;
    private long _removals;

    /// <summary>The open file, held for the caller; null when it is not here.</summary>
    /// <param name="removals">To be handed to <see cref="Add"/> when the caller opens the file itself.</param>
    public BlobFile? Find(BlobId id, out long removals)
    {
        lock (_lock)
        {
            removals = _removals;
            if (!_nodes.TryGetValue(id, out LinkedListNode<(BlobId Id, BlobFile File)>? node)) return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            node.Value.File.Hold();
            return node.Value.File;
        }
    }

    /// <summary>Keeps a file that the caller opened and goes on holding.</summary>
    public void Add(BlobId id, BlobFile file, long removals)
    {
        lock (_lock)
        {
            // A blob deleted since may have been open before its unlink; kept here, it would take its room for ever.
            if (removals != _removals || _nodes.ContainsKey(id)) return;
            file.Hold();
            _nodes.Add(id, _byUse.AddFirst((id, file)));
            _tableBytes += file.TableBytes;
            while (_byUse.Last is { } oldest && (_nodes.Count > capacity || _tableBytes > tableCapacityBytes))
            {
                Drop(oldest);
            }
        }
    }

    /// <summary>Lets go of a file; called after it was unlinked.</summary>
    public void Remove(BlobId id)
    {
        lock (_lock)
        {
            _removals++;
            if (_nodes.TryGetValue(id, out LinkedListNode<(BlobId Id, BlobFile File)>? node)) Drop(node);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _removals++;
            while (_byUse.Last is { } node) Drop(node);
        }
    }

    private void Drop(LinkedListNode<(BlobId Id, BlobFile File)> node)
    {
        _nodes.Remove(node.Value.Id);
        _byUse.Remove(node);
        _tableBytes -= node.Value.File.TableBytes;
        node.Value.File.Release();
    }
}
