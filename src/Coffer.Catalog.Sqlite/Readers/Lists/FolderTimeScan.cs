namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// The files that lie directly in a folder, by a time that no index has in order: reads them all by name and keeps the first ones.
/// </summary>
internal sealed class FolderTimeScan(FolderQuery query, RowSight sight, FolderEntries page) : IListWalk
{
    private const string Where =
        """
        FROM object INDEXED BY object_name
        WHERE state = 2 AND bucket = ?1 AND key COLLATE NOCASE >= ?2 AND key COLLATE NOCASE < ?3 ORDER BY key COLLATE NOCASE, key
        """;
    private const string ByCreation = $"SELECT n, key, expires_ms, key_created_ms {Where}";
    private const string ByChange = $"SELECT n, key, expires_ms, updated_ms {Where}";
    private const string ByReading = $"SELECT n, key, expires_ms, ifnull(read_ms, key_created_ms) {Where}";

    private readonly int _prefixLength = KeyBytes.Of(query.Prefix).Length;
    private readonly KeyRanges _ranges = KeyRanges.OfFolded(KeyBytes.Of(query.Prefix), sight.Prefixes);
    private readonly FirstRows _first = new((long)page.ToSkip + page.Wanted, query.Descending);
    private byte[]? _at = [];

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

        foreach (long n in _first.InOrder())
        {
            page.AddFile(turn.Db, n);
        }

        return true;
    }

    /// <summary>Reads on to the next folder, or to the end of a range.</summary>
    /// <returns>Where to read on; null at the end.</returns>
    private byte[]? ReadRange(Turn turn, KeyRange range)
    {
        turn.Spend();
        using Statement rows = turn.Db.Prepared(query.Sort switch
        {
            KeySort.CreatedAt => ByCreation,
            KeySort.UpdatedAt => ByChange,
            _ => ByReading,
        });
        rows.Bind(1, query.Bucket.Value).BindText(2, range.From).BindText(3, range.Until);
        byte[]? last = null;
        while (rows.Step())
        {
            ReadOnlySpan<byte> key = rows.Utf8(1);
            if (last is not null && !KeyBytes.AreSpellings(key, last))
            {
                return KeyBytes.Folded(key); // the turn ends between keys that differ in more than letter case
            }

            int cut = key[_prefixLength..].IndexOf((byte)'/');
            if (cut >= 0)
            {
                return KeyBytes.FoldedSuccessor(KeyBytes.Folded(key[..(_prefixLength + cut + 1)]));
            }

            long n = rows.Integer(0);
            if (!turn.IsExpired(rows, 2) && (!sight.JudgesRows || sight.Judge(turn, n, key) is not null))
            {
                _first.Add(rows.Integer(3), n);
            }

            turn.Spend();
            last = turn.IsOver ? KeyBytes.Folded(key) : null;
        }

        return range.Until;
    }
}
