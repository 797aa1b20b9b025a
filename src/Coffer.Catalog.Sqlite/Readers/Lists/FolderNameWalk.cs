namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// A folder by name. What lies in a folder below it is passed over by one seek, so a page costs its entries and those before it.
/// </summary>
internal sealed class FolderNameWalk : IListWalk
{
    private const string Found = "o.n, o.key, o.expires_ms";
    private const string ByKey =
        "FROM object AS o INDEXED BY object_name WHERE o.state = 2 AND o.bucket = ?1 AND o.key COLLATE NOCASE >= ?2 AND o.key COLLATE NOCASE < ?3";
    private const string Upwards = "ORDER BY o.key COLLATE NOCASE, o.key";
    private const string Downwards = "ORDER BY o.key COLLATE NOCASE DESC, o.key DESC";
    private const string Ascending = $"SELECT {Found} {ByKey} {Upwards}";
    private const string Descending = $"SELECT {Found} {ByKey} {Downwards}";

    /// <summary>With what is shown, which is not in the index: for rows that are on the page.</summary>
    private const string ShownAscending = $"SELECT {Found}, {ListedRow.Columns} {ByKey} {Upwards}";
    private const string ShownDescending = $"SELECT {Found}, {ListedRow.Columns} {ByKey} {Downwards}";
    private const int FirstShown = 3;

    /// <summary>By the folder that a key lies in: however many files the listed one holds, they are not met.</summary>
    private const string FoldersAscending =
        """
        SELECT n, key, expires_ms FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE >= ?2 AND folder COLLATE NOCASE < ?3 ORDER BY folder COLLATE NOCASE
        """;
    private const string FoldersDescending =
        """
        SELECT n, key, expires_ms FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE >= ?2 AND folder COLLATE NOCASE < ?3 ORDER BY folder COLLATE NOCASE DESC
        """;

    private readonly FolderQuery _query;
    private readonly RowSight _sight;
    private readonly FolderEntries _page;
    private readonly FolderSkips? _skips;
    private readonly Gap _gap;
    private readonly bool _foldersOnly;
    private readonly bool _byFolder;
    private readonly int _prefixLength;
    private readonly KeyRanges _ranges;
    private readonly byte[] _least;

    /// <summary>Folded: where to look on, from here when ascending, else below. Null, when descending, for the end.</summary>
    private byte[]? _at;
    private FolderClass? _class;
    private bool _isDone;

    /// <param name="skips">Null to count all that comes before the page.</param>
    public FolderNameWalk(FolderQuery query, RowSight sight, FolderEntries page, FolderSkips? skips, bool foldersOnly)
    {
        _skips = skips;
        _query = query;
        _sight = sight;
        _page = page;
        _gap = new Gap(query.Descending);
        _foldersOnly = foldersOnly;
        _byFolder = foldersOnly && sight.Prefixes is null; // a prefix that is shown need not end where a folder does
        byte[] prefix = KeyBytes.Of(query.Prefix);
        _prefixLength = prefix.Length;
        _ranges = KeyRanges.OfFolded(prefix, sight.Prefixes);
        _least = _byFolder ? KeyBytes.After(KeyBytes.Folded(prefix)) : []; // above the listed folder itself, in which the files lie
        _at = query.Descending ? null : _least;
    }

    public bool Read(Turn turn)
    {
        _gap.Forget();
        while (!_page.IsFull && !_isDone)
        {
            if (_class is not null)
            {
                if (!_class.Read(turn, _gap, _page))
                {
                    return false;
                }

                _class = null;
                continue;
            }

            if (turn.IsOver)
            {
                return false;
            }

            KeyRange? range = _query.Descending ? _ranges.Before(_at) : _ranges.From(_at!);
            if (range is not { } some || (_query.Descending && KeyBytes.CompareEnds(some.Until, _least) <= 0))
            {
                return true;
            }

            ReadRange(turn, some);
        }

        return true;
    }

    /// <summary>Reads on to the next folder, to the end of a range, or as far as it can leap.</summary>
    private void ReadRange(Turn turn, KeyRange range)
    {
        turn.Spend();
        byte[] from = KeyBytes.CompareEnds(range.From, _least) < 0 ? _least : range.From;
        bool areShown = _page.ToSkip == 0 && !_foldersOnly && !_sight.JudgesRows;
        using Statement rows = turn.Db.Prepared(Sql(areShown));
        rows.Bind(1, _query.Bucket.Value).BindText(2, from).BindText(3, range.Until);
        bool isFirst = true;
        byte[]? last = null; // when something is to be done between two entries: the one before, folded
        while (rows.Step())
        {
            ReadOnlySpan<byte> key = rows.Utf8(1);
            int cut = key[_prefixLength..].IndexOf((byte)'/');
            ReadOnlySpan<byte> folder = cut < 0 ? default : key[..(_prefixLength + cut + 1)];
            bool isBetween = isFirst || cut >= 0 || (last is not null && !KeyBytes.AreSpellings(key, last));
            if (isBetween && ((turn.IsOver && !isFirst) || IsSkipDue(turn)))
            {
                byte[] here = PlaceBefore(key, folder);
                byte[] next = IsSkipDue(turn) ? _skips!.At(here, turn) : here;
                if (next != here || (turn.IsOver && !isFirst))
                {
                    _at = next;
                    return;
                }
            }

            if (cut >= 0)
            {
                BeginFolder(turn, rows, key, folder);
                return;
            }

            if (!_foldersOnly && !turn.IsExpired(rows, 2))
            {
                AddFile(turn, rows, key, areShown);
                if (_page.IsFull)
                {
                    return;
                }
            }

            turn.Spend();
            isFirst = false;
            last = turn.IsOver || IsSkipDue(turn) ? KeyBytes.Folded(key) : null;
        }

        _at = _query.Descending ? range.From : range.Until;
        _isDone = _at is null;
    }

    private string Sql(bool areShown) => (_byFolder, areShown, _query.Descending) switch
    {
        (true, _, false) => FoldersAscending,
        (true, _, true) => FoldersDescending,
        (_, true, false) => ShownAscending,
        (_, true, true) => ShownDescending,
        (_, _, false) => Ascending,
        (_, _, true) => Descending,
    };

    private bool IsSkipDue(Turn turn) => _skips?.IsDue(turn) ?? false;

    /// <summary>The place just before an entry: from here on when ascending, else below.</summary>
    private byte[] PlaceBefore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> folder) => (folder.IsEmpty, _query.Descending) switch
    {
        (true, false) => KeyBytes.Folded(key),
        (true, true) => KeyBytes.After(KeyBytes.Folded(key)),
        (false, false) => KeyBytes.Folded(folder),
        (false, true) => KeyBytes.FoldedSuccessor(KeyBytes.Folded(folder))!,
    };

    private void BeginFolder(Turn turn, Statement row, ReadOnlySpan<byte> key, ReadOnlySpan<byte> folder)
    {
        bool isShown = !turn.IsExpired(row, 2) && (!_sight.JudgesRows || _sight.Judge(turn, row.Integer(0), key) is not null);
        byte[] folded = KeyBytes.Folded(folder);
        _class = new FolderClass(_query.Bucket, new CaseVariants(folded), isShown ? folder.ToArray() : null, _sight, _query.Descending);
        _at = _query.Descending ? folded : KeyBytes.FoldedSuccessor(folded);
    }

    private void AddFile(Turn turn, Statement row, ReadOnlySpan<byte> key, bool isShown)
    {
        if (isShown)
        {
            _page.AddFile(row, key, FirstShown);
        }
        else if (!_sight.JudgesRows)
        {
            _page.AddFile(turn.Db, row.Integer(0));
        }
        else if (_sight.Judge(turn, row.Integer(0), key) is { } found)
        {
            _page.AddFile(found);
        }
    }
}
