using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The entries of a folder's page while it is read.</summary>
internal sealed class FolderEntries(FolderQuery query)
{
    private readonly List<FolderEntry> _entries = [];
    private readonly int _nameStart = Encoding.UTF8.GetByteCount(query.Prefix.AsSpan(0, query.NameStart));

    public IReadOnlyList<FolderEntry> Found => _entries;

    /// <summary>How many entries are still to be passed over.</summary>
    public int ToSkip { get; private set; } = query.Offset;

    public int Wanted => query.Limit - _entries.Count;

    public bool IsFull => Wanted <= 0;

    /// <summary>Passes over entries that the page begins behind.</summary>
    /// <returns>How many of these belong to the page's beginning.</returns>
    public int Skip(int entries)
    {
        int skipped = Math.Min(entries, ToSkip);
        ToSkip -= skipped;
        return entries - skipped;
    }

    public void AddFolder(ReadOnlySpan<byte> folder)
    {
        if (Skip(1) > 0)
        {
            _entries.Add(new FolderEntry(Encoding.UTF8.GetString(folder[_nameStart..^1]), Object: null));
        }
    }

    /// <param name="found">Null to have it read when it is on the page. It is left out when it was deleted since it was found.</param>
    public void AddFile(Connection db, long n, StoredObject? found)
    {
        if (Skip(1) > 0 && (found ?? ObjectReads.FindWithoutMetadata(db, n).Stored) is { State: ObjectState.ReadOnly } shown)
        {
            _entries.Add(new FolderEntry(shown.Key[query.NameStart..], shown.Metadata is null ? shown : shown with { Metadata = null }));
        }
    }
}
