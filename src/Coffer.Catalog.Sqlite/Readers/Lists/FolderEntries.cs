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

    public void AddFile(StoredObject found)
    {
        if (Skip(1) > 0)
        {
            _entries.Add(new FolderEntry(found.Key[query.NameStart..], ListedObject.Of(found)));
        }
    }

    /// <summary>Adds a row that is read when it is on the page. It is left out when it was deleted since it was found.</summary>
    public void AddFile(Connection db, long n)
    {
        if (Skip(1) > 0)
        {
            using Statement row = db.Prepared(ListedRow.ByNumber);
            if (row.Bind(1, n).Step())
            {
                Add(row, row.Utf8(0), firstColumn: 1);
            }
        }
    }

    /// <summary>Adds the row at which a statement is.</summary>
    /// <param name="firstColumn">Where <see cref="ListedRow.Columns"/> begin.</param>
    public void AddFile(Statement row, ReadOnlySpan<byte> key, int firstColumn)
    {
        if (Skip(1) > 0)
        {
            Add(row, key, firstColumn);
        }
    }

    private void Add(Statement row, ReadOnlySpan<byte> key, int firstColumn) =>
        _entries.Add(new FolderEntry(Encoding.UTF8.GetString(key[_nameStart..]), ListedRow.Read(row, firstColumn)));
}
