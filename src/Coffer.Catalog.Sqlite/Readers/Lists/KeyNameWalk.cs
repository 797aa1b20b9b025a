using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>Keys in the order of their bytes. After a folder it seeks past everything in it, so a page costs its entries, not the keys it folds.</summary>
internal sealed class KeyNameWalk : IListWalk
{
    private const string Ascending =
        $"""
        SELECT o.n, o.key, o.state, o.expires_ms, {ListedRow.Columns} FROM object AS o INDEXED BY object_key
        WHERE o.state <> 3 AND o.bucket = ?1 AND o.key >= ?2 AND o.key < ?3 ORDER BY o.key
        """;
    private const string Descending =
        $"""
        SELECT o.n, o.key, o.state, o.expires_ms, {ListedRow.Columns} FROM object AS o INDEXED BY object_key
        WHERE o.state <> 3 AND o.bucket = ?1 AND o.key >= ?2 AND o.key < ?3 ORDER BY o.key DESC
        """;
    private const int Number = 0;
    private const int Key = 1;
    private const int State = 2;
    private const int Expiry = 3;
    private const int FirstShown = 4;

    private readonly SortedKeyQuery _query;
    private readonly RowSight _sight;
    private readonly KeyEntries _page;
    private readonly KeyRanges _ranges;
    private readonly KeyFolding _folding;

    /// <summary>Where to look on: from here when ascending, else below, null for the end.</summary>
    private byte[]? _at;
    private bool _isDone;

    public KeyNameWalk(SortedKeyQuery query, RowSight sight, KeyEntries page)
    {
        _query = query;
        _sight = sight;
        _page = page;
        _folding = new KeyFolding(query);
        byte[] prefix = KeyBytes.Of(query.Prefix);
        _ranges = KeyRanges.OfBytes(prefix, sight.Prefixes);
        _at = query.After is { } after ? Behind(KeyBytes.Of(after.Name), prefix) : query.Descending ? null : [];
        _isDone = !query.Descending && _at is null;
    }

    public bool Read(Turn turn)
    {
        while (!_isDone && !_page.HasMore)
        {
            if (turn.IsOver)
            {
                return false;
            }

            if ((_query.Descending ? _ranges.Before(_at) : _ranges.From(_at!)) is not { } range)
            {
                return true;
            }

            _at = ReadRange(turn, range);
            _isDone = !_query.Descending && _at is null;
        }

        return true;
    }

    /// <summary>Where a page begins whose last one ended with a name.</summary>
    private byte[]? Behind(byte[] name, byte[] prefix)
    {
        int folder = name.AsSpan().StartsWith(prefix) ? _folding.FolderLength(name) : 0;
        return (folder, _query.Descending) switch
        {
            (0, false) => KeyBytes.After(name),
            (0, true) => name,
            (_, false) => KeyBytes.Successor(name.AsSpan(0, folder)), // inside a folder all of it is over, for the folder sorts before it
            (_, true) => folder == name.Length ? name : KeyBytes.Successor(name.AsSpan(0, folder)), // and is still to come
        };
    }

    /// <summary>Reads on to the next folder, or to the end of a range.</summary>
    /// <returns>Where to read on.</returns>
    private byte[]? ReadRange(Turn turn, KeyRange range)
    {
        turn.Spend();
        using Statement rows = turn.Db.Prepared(_query.Descending ? Descending : Ascending);
        rows.Bind(1, _query.Bucket.Value).BindText(2, range.From).BindText(3, range.Until);
        while (rows.Step())
        {
            ReadOnlySpan<byte> key = rows.Utf8(Key);
            if (rows.Integer(State) == (long)ObjectState.ReadOnly && !turn.IsExpired(rows, Expiry))
            {
                int folder = _folding.FolderLength(key);
                if (!_sight.JudgesRows || _sight.Shows(ObjectReads.Find(turn.Db, rows.Integer(Number)).Stored))
                {
                    if (folder > 0)
                    {
                        _page.Add(new SortedKeyEntry(Encoding.UTF8.GetString(key[..folder]), TimeMs: null, Object: null));
                        return _query.Descending ? key[..folder].ToArray() : KeyBytes.Successor(key[..folder]);
                    }

                    _page.Add(new SortedKeyEntry(Encoding.UTF8.GetString(key), TimeMs: null, ListedRow.Read(rows, FirstShown)));
                }
            }

            turn.Spend();
            if (turn.IsOver || _page.HasMore)
            {
                return _query.Descending ? key.ToArray() : KeyBytes.After(key);
            }
        }

        return _query.Descending ? range.From : range.Until;
    }
}
