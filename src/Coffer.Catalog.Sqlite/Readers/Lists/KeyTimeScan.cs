namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// Keys and folders by time. A folder's time is the oldest creation below it, so everything under the prefix is read, from an
/// index alone, and the first entries behind the cursor are kept.
/// </summary>
internal sealed class KeyTimeScan : IListWalk
{
    private const string Where =
        """
        FROM object INDEXED BY object_name
        WHERE state = 2 AND bucket = ?1 AND key COLLATE NOCASE >= ?2 AND key COLLATE NOCASE < ?3 ORDER BY key COLLATE NOCASE, key
        """;
    private const string Rows = $"SELECT n, key, expires_ms, key_created_ms, updated_ms {Where}";
    private const string ReadRows = $"SELECT n, key, expires_ms, key_created_ms, ifnull(read_ms, key_created_ms) {Where}";
    private const int Creation = 3;
    private const int Change = 4;

    private readonly SortedKeyQuery _query;
    private readonly RowSight _sight;
    private readonly KeyEntries _page;
    private readonly byte[] _prefix;
    private readonly KeyFolding _folding;
    private readonly KeyRanges _ranges;
    private readonly FirstKeys _first;

    /// <summary>The oldest creations of the folders that are being read: their names differ in letter case only.</summary>
    private readonly List<(byte[] Name, long OldestMs)> _folders = [];
    private byte[]? _at = [];

    public KeyTimeScan(SortedKeyQuery query, RowSight sight, KeyEntries page)
    {
        _query = query;
        _sight = sight;
        _page = page;
        _prefix = KeyBytes.Of(query.Prefix);
        _folding = new KeyFolding(query);
        _ranges = KeyRanges.OfFolded(_prefix, sight.Prefixes);
        _first = new FirstKeys(query);
    }

    public bool Read(Turn turn)
    {
        while (_at is { } at)
        {
            if (turn.IsOver)
            {
                return false;
            }

            if (_ranges.From(at) is not { } range)
            {
                break;
            }

            _at = ReadRange(turn, range);
        }

        CloseFolders();
        _first.Show(turn.Db, _page);
        return true;
    }

    /// <returns>Where to read on; null at the end.</returns>
    private byte[]? ReadRange(Turn turn, KeyRange range)
    {
        turn.Spend();
        using Statement rows = turn.Db.Prepared(_query.Sort is KeySort.LastReadAt ? ReadRows : Rows);
        rows.Bind(1, _query.Bucket.Value).BindText(2, range.From).BindText(3, range.Until);
        byte[]? last = null;
        while (rows.Step())
        {
            ReadOnlySpan<byte> key = rows.Utf8(1);
            if (last is not null && !KeyBytes.AreSpellings(key, last))
            {
                return KeyBytes.Folded(key); // the turn ends between keys that differ in more than letter case
            }

            if (key.StartsWith(_prefix) && !turn.IsExpired(rows, 2))
            {
                Add(turn, rows, key);
            }

            turn.Spend();
            last = turn.IsOver ? KeyBytes.Folded(key) : null;
        }

        return range.Until;
    }

    private void Add(Turn turn, Statement row, ReadOnlySpan<byte> key)
    {
        if (_sight.JudgesRows && _sight.Judge(turn, row.Integer(0), key) is null)
        {
            return;
        }

        int folder = _folding.FolderLength(key);
        if (folder == 0)
        {
            _first.Add(row.Integer(_query.Sort is KeySort.CreatedAt ? Creation : Change), key, row.Integer(0));
            return;
        }

        AddToFolder(key[..folder], row.Integer(Creation));
    }

    private void AddToFolder(ReadOnlySpan<byte> name, long createdMs)
    {
        if (_folders.Count > 0 && (name.Length != _folders[0].Name.Length || !KeyBytes.StartsWithFolded(name, KeyBytes.Folded(_folders[0].Name))))
        {
            CloseFolders();
        }

        for (int i = 0; i < _folders.Count; i++)
        {
            if (name.SequenceEqual(_folders[i].Name))
            {
                _folders[i] = (_folders[i].Name, Math.Min(_folders[i].OldestMs, createdMs));
                return;
            }
        }

        _folders.Add((name.ToArray(), createdMs));
    }

    private void CloseFolders()
    {
        foreach ((byte[] name, long oldestMs) in _folders)
        {
            _first.Add(oldestMs, name, FirstKeys.Folder);
        }

        _folders.Clear();
    }
}
