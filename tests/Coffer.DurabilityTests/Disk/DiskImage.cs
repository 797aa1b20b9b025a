namespace Coffer.DurabilityTests.Disk;

/// <summary>
/// A disk as far as syncs make it certain. Bytes and size of a file are durable up to its last successful fsync or
/// fdatasync; a name is durable only after a sync of the directory that holds it, whatever was done to the file.
/// </summary>
internal sealed class DiskImage
{
    private readonly DirectoryNode _root = new();
    private readonly HashSet<DiskNode> _nodes = [];
    private readonly Dictionary<ulong, FileNode> _files = [];
    private readonly Dictionary<long, Action<bool>> _syncs = [];
    private int _applied;

    public DiskImage() => _nodes.Add(_root);

    /// <summary>Does what a recorded operation did.</summary>
    public void Apply(JournalEntry entry)
    {
        _applied++;
        if (!entry.Succeeded && entry.Kind != JournalKind.SyncEnd) return;
        switch (entry.Kind)
        {
            case JournalKind.BaseEnd: BeginSyncAll()(true); break;
            case JournalKind.Create: Add(entry.Path, _files[entry.Inode] = new FileNode(entry.Mode)); break;
            case JournalKind.MakeDirectory: Add(entry.Path, new DirectoryNode()); break;
            case JournalKind.Write: _files[entry.Inode].Write(entry.Offset, entry.Data); break;
            case JournalKind.Truncate: _files[entry.Inode].SetLength(entry.Length); break;
            case JournalKind.Allocate: _files[entry.Inode].Allocate(entry.Offset, entry.Length, entry.Mode); break;
            case JournalKind.Rename:
                DiskNode moved = Remove(entry.Path);
                Add(entry.Target, moved);
                break;
            case JournalKind.Link: Add(entry.Target, Find(entry.Path)); break;
            case JournalKind.Unlink or JournalKind.RemoveDirectory: Remove(entry.Path); break;
            case JournalKind.SyncBegin: _syncs[entry.Offset] = NodeOf(entry).BeginSync(); break;
            case JournalKind.SyncAllBegin: _syncs[entry.Offset] = BeginSyncAll(); break;
            case JournalKind.SyncEnd:
                _syncs.Remove(entry.Offset, out Action<bool>? end);
                end!(entry.Succeeded);
                break;
            case JournalKind.MapShared when !entry.Path.EndsWith("-shm", StringComparison.Ordinal):
                throw new NotSupportedException($"{entry.Path} is written through a mapping, which the shim cannot see.");
            case JournalKind.MapShared or JournalKind.Answer: break;
            default: throw new InvalidDataException($"Unknown journal entry {entry.Kind}.");
        }
    }

    /// <summary>Makes the directory and fills it with what the disk could hold if the power went now.</summary>
    public void WriteTo(string path, Unsynced unsynced) => _root.WriteTo(path, new Lots(unsynced));

    private DiskNode NodeOf(JournalEntry entry)
    {
        const uint TypeMask = 0xF000, DirectoryType = 0x4000;
        return (entry.Mode & TypeMask) == DirectoryType ? Find(entry.Path) : _files[entry.Inode];
    }

    private Action<bool> BeginSyncAll()
    {
        Action<bool>[] ends = [.. _nodes.Select(node => node.BeginSync())];
        return succeeded => Array.ForEach(ends, end => end(succeeded));
    }

    private void Add(string path, DiskNode node)
    {
        _nodes.Add(node);
        Parent(path).Set(Path.GetFileName(path), node, _applied);
    }

    private DiskNode Remove(string path)
    {
        DiskNode node = Find(path);
        Parent(path).Remove(Path.GetFileName(path), _applied);
        return node;
    }

    private DirectoryNode Parent(string path) => (DirectoryNode)Find(Path.GetDirectoryName(path)!);

    private DiskNode Find(string path)
    {
        DiskNode node = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) node = ((DirectoryNode)node).Names[name];
        return node;
    }
}
