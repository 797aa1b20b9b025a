using Coffer.Archives.Tar;

namespace Coffer.Archives.Index;

/// <summary>
/// What extraction would leave, made of entries alone. It refuses what extraction refuses, and of several entries of one name the
/// last one counts, so that a list and a directory never tell different stories.
/// </summary>
internal sealed class EntryTree(ArchiveLimits limits)
{
    private const long MostStretches = 1 << 20; // 16 bytes each, in memory and in the index
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private readonly Dictionary<string, IndexedEntry?> _byPath = new(StringComparer.Ordinal) { [""] = null }; // null: an implied directory
    private readonly LinkTargets _links = new(limits);
    private readonly PathBudget _budget = new(limits);
    private long _stretches;
    private string _lastParent = "";

    public void Add(ArchiveEntry entry)
    {
        if (TarExtraction.PathOf(entry, limits) is not { } path) return;
        RequireDirectory(EntryPath.ParentOf(path), path);
        _budget.Take(path, entry.Target ?? "");
        _stretches += entry.Sparse?.Stretches.Length ?? 0;
        if (_stretches > MostStretches) throw new ArchiveException(ArchiveFault.TooLarge, "the archive has too many holes in its files altogether");
        if (entry.Kind is not ArchiveEntryKind.Directory && _byPath.TryGetValue(path, out IndexedEntry? before) && IsDirectory(before))
        {
            throw new ArchiveException(ArchiveFault.Conflict, $"the entry {EntryPath.Shown(path)} stands in the way of another of that name");
        }

        _byPath[path] = entry.Kind switch
        {
            ArchiveEntryKind.SymbolicLink => Link(path, entry, entry.Target!),
            ArchiveEntryKind.HardLink => HardLink(path, entry),
            _ => Unlinked(path, entry),
        };
    }

    /// <summary>All entries, in the order of their paths' bytes.</summary>
    public IReadOnlyList<(byte[] Path, IndexedEntry Entry)> Finish()
    {
        _links.CheckWinding();
        List<(byte[] Path, IndexedEntry Entry)> entries =
        [
            .. _byPath.Values.OfType<IndexedEntry>().Select(entry => (System.Text.Encoding.UTF8.GetBytes(entry.Path), entry)),
        ];
        entries.Sort((one, other) => one.Path.AsSpan().SequenceCompareTo(other.Path));
        return entries;
    }

    private IndexedEntry Unlinked(string path, ArchiveEntry entry)
    {
        _links.Remove(path);
        return Of(path, entry);
    }

    private IndexedEntry Link(string path, ArchiveEntry entry, string target)
    {
        _links.Add(path, target);
        return Of(path, entry) with { Kind = ArchiveEntryKind.SymbolicLink, Mode = Permissions, Target = target };
    }

    private IndexedEntry HardLink(string path, ArchiveEntry entry)
    {
        string existing = EntryPath.Of(entry.Target!, limits);
        if (_links.Find(existing) is { } target) return Link(path, entry, target);
        if (path == existing && _byPath.TryGetValue(path, out IndexedEntry? itself) && itself is { Kind: not ArchiveEntryKind.Directory }) return itself;

        _links.Remove(path);
        return _byPath.TryGetValue(existing, out IndexedEntry? file) && file is { Kind: ArchiveEntryKind.File or ArchiveEntryKind.HardLink }
            ? file with { Path = path, Kind = ArchiveEntryKind.HardLink, Target = existing }
            : throw new ArchiveException(
                ArchiveFault.Conflict, $"the entry {EntryPath.Shown(path)} is a second name of {EntryPath.Shown(existing)}, and no file has that name");
    }

    private static IndexedEntry Of(string path, ArchiveEntry entry) => new()
    {
        Path = path,
        Kind = entry.Kind,
        SizeBytes = entry.SizeBytes,
        Mode = entry.Mode & Permissions,
        ModifiedAtNs = entry.ModifiedAtNs,
        Target = entry.Target,
        ContentOffset = entry.ContentOffset,
        StoredBytes = entry.StoredBytes,
        Sparse = entry.Sparse,
    };

    private static bool IsDirectory(IndexedEntry? found) => found is null or { Kind: ArchiveEntryKind.Directory };

    private void RequireDirectory(string path, string entry)
    {
        if (path == _lastParent) return; // a directory gives way to nothing, so it still is one
        if (_byPath.TryGetValue(path, out IndexedEntry? found))
        {
            if (!IsDirectory(found))
            {
                throw new ArchiveException(
                    ArchiveFault.Conflict, $"the entry {EntryPath.Shown(entry)} lies below {EntryPath.Shown(path)}, which is no directory");
            }
        }
        else
        {
            RequireDirectory(EntryPath.ParentOf(path), entry);
            _budget.Take(path);
            _byPath[path] = null;
        }

        _lastParent = path;
    }
}
