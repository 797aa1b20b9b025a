using System.Buffers.Binary;
using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// Keys and folders by creation, along an index that has each folder's files in that order: of every folder the first ones are read, so a
/// page costs what it shows and the folders that there are. Where these are many, everything is read instead.
/// </summary>
internal sealed class KeyCreationWalk : IListWalk
{
    private const string Where =
        "FROM object INDEXED BY object_folder WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE = ?2 AND (key_created_ms, key COLLATE NOCASE)";
    private const string Ascending =
        $"SELECT n, key, expires_ms, key_created_ms {Where} >= (?3, ?4) ORDER BY key_created_ms, key COLLATE NOCASE";
    private const string Descending =
        $"SELECT n, key, expires_ms, key_created_ms {Where} < (?3, ?4) ORDER BY key_created_ms DESC, key COLLATE NOCASE DESC";
    private const string NextFolder =
        """
        SELECT folder FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE >= ?2 AND folder COLLATE NOCASE < ?3 ORDER BY folder COLLATE NOCASE LIMIT 1
        """;
    private const string NextKey =
        "SELECT key FROM object INDEXED BY object_key WHERE state <> 3 AND bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT 1";

    private readonly SortedKeyQuery _query;
    private readonly RowSight _sight;
    private readonly KeyEntries _page;
    private readonly byte[] _prefix;
    private readonly byte[] _top;
    private readonly KeyFolding _folding;
    private readonly FirstKeys _first;
    private readonly Dictionary<string, long> _oldest = new(StringComparer.Ordinal);

    /// <summary>Folded: the folder that is being read; null at the end.</summary>
    private byte[]? _folder;
    private int _foldersRead;

    /// <summary>Where to read on in it; null for its beginning.</summary>
    private byte[]? _at;

    /// <summary>Of the folder that is being read: its spellings whose oldest object is yet to be found. Null when its files are listed.</summary>
    private List<byte[]>? _sought;
    private KeyTimeScan? _scan;

    public KeyCreationWalk(SortedKeyQuery query, RowSight sight, KeyEntries page)
    {
        _query = query;
        _sight = sight;
        _page = page;
        _prefix = KeyBytes.Of(query.Prefix);
        _folder = _top = KeyBytes.Folded(_prefix);
        _folding = new KeyFolding(query);
        _first = new FirstKeys(query);
    }

    /// <summary>How many folders are looked into before everything is read instead.</summary>
    public int MostFolders { get; init; } = 2048;

    /// <summary>Whether a list is of whole folders, and nothing parts what is shown of one.</summary>
    public static bool Suits(SortedKeyQuery query, RowSight sight) =>
        query is { Sort: KeySort.CreatedAt, Delimiter: null or "" or "/", Prefix: [] or [.., '/'] } && sight.HasAllBelow(query.Prefix);

    public bool Read(Turn turn)
    {
        while (_scan is null && _folder is { } folder)
        {
            if (turn.IsOver)
            {
                return false;
            }

            if (!ReadFolder(turn, folder))
            {
                continue; // it goes on from another place, or in the next turn
            }

            _at = null;
            _folder = FolderBehind(turn, folder);
            if (++_foldersRead > MostFolders)
            {
                _scan = new KeyTimeScan(_query, _sight, _page);
            }
        }

        if (_scan is not null)
        {
            return _scan.Read(turn);
        }

        foreach ((string name, long oldestMs) in _oldest)
        {
            _first.Add(oldestMs, KeyBytes.Of(name), FirstKeys.Folder);
        }

        _first.Show(turn.Db, _page);
        return true;
    }

    /// <returns>Whether nothing more is to be read of it.</returns>
    private bool ReadFolder(Turn turn, byte[] folder)
    {
        if (_at is null)
        {
            _sought = _query.Delimiter is "/" && folder.Length > _top.Length ? SpellingsOf(turn, folder) : null;
            _at = FirstPlace();
        }

        if (_sought is [])
        {
            return true;
        }

        bool downwards = _query.Descending && _sought is null;
        turn.Spend();
        using Statement rows = turn.Db.Prepared(downwards ? Descending : Ascending);
        rows.Bind(1, _query.Bucket.Value).BindText(2, folder).Bind(3, BinaryPrimitives.ReadInt64BigEndian(_at)).BindText(4, _at[sizeof(long)..]);
        byte[]? last = null; // when the turn is over: the place of the row before
        while (rows.Step())
        {
            if (last is not null && PlaceBefore(rows, downwards) is var here && !here.AsSpan().SequenceEqual(last))
            {
                _at = here; // the turn ends between keys that differ in more than letter case
                return false;
            }

            if (_sought is null && _first.IsBehind(rows.Integer(3)))
            {
                return true;
            }

            ReadOnlySpan<byte> key = rows.Utf8(1);
            if (key.StartsWith(_prefix) && !turn.IsExpired(rows, 2) && (!_sight.JudgesRows || _sight.Judge(turn, rows.Integer(0), key) is not null))
            {
                Add(rows, key);
                if (_sought is [])
                {
                    return true;
                }
            }

            turn.Spend();
            last = turn.IsOver ? PlaceBefore(rows, downwards) : null;
        }

        return true;
    }

    private void Add(Statement row, ReadOnlySpan<byte> key)
    {
        if (_sought is null)
        {
            _first.Add(row.Integer(3), key, row.Integer(0));
            return;
        }

        for (int i = 0; i < _sought.Count; i++)
        {
            if (key.StartsWith(_sought[i]))
            {
                string name = Encoding.UTF8.GetString(key[.._folding.FolderLength(key)]);
                _oldest[name] = Math.Min(_oldest.GetValueOrDefault(name, long.MaxValue), row.Integer(3));
                _sought.RemoveAt(i);
                return;
            }
        }
    }

    /// <summary>How a folder below the prefix is spelled in keys, letter case counted.</summary>
    private List<byte[]> SpellingsOf(Turn turn, byte[] folder)
    {
        var variants = new CaseVariants(folder);
        byte[]? end = KeyBytes.Successor(_prefix) ?? KeyBytes.Successor(folder);
        var spellings = new List<byte[]>();
        byte[]? at = variants.AtOrAbove(_prefix);
        while (at is not null)
        {
            turn.Spend();
            using Statement keys = turn.Db.Prepared(NextKey);
            if (!keys.Bind(1, _query.Bucket.Value).BindText(2, at).BindText(3, end).Step())
            {
                break;
            }

            ReadOnlySpan<byte> key = keys.Utf8(0);
            if (variants.IsBeginningOf(key))
            {
                spellings.Add(key[..folder.Length].ToArray());
                at = variants.AtOrAbove(KeyBytes.Successor(spellings[^1]));
            }
            else
            {
                at = variants.AtOrAbove(key);
            }
        }

        return spellings;
    }

    private byte[]? FolderBehind(Turn turn, byte[] folder)
    {
        turn.Spend();
        using Statement next = turn.Db.Prepared(NextFolder);
        bool isFound = next.Bind(1, _query.Bucket.Value).BindText(2, KeyBytes.After(folder)).BindText(3, KeyBytes.FoldedSuccessor(_top)).Step();
        return isFound ? KeyBytes.Folded(next.Utf8(0)) : null;
    }

    /// <summary>Where the files behind the cursor begin; of a folder, whose time is that of its oldest object, all is looked at.</summary>
    private byte[] FirstPlace() => (_sought, _query.Descending, _query.After?.TimeMs) switch
    {
        (null, true, { } afterMs) => PositionMap.Place(afterMs + 1, []), // of the same time are some behind it
        (null, true, null) => PositionMap.Place(long.MaxValue, []),
        (null, false, { } afterMs) => PositionMap.Place(afterMs, []),
        _ => PositionMap.Place(0, []),
    };

    private static byte[] PlaceBefore(Statement row, bool downwards)
    {
        byte[] folded = KeyBytes.Folded(row.Utf8(1));
        return PositionMap.Place(row.Integer(3), downwards ? KeyBytes.After(folded) : folded);
    }
}
