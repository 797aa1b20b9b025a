namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// Folders whose names differ only in letter case: finds in the order of bytes which of them have something to show.
/// Leaps from one that can be to the next key that is, so it costs the folders that there are, not what lies in them.
/// </summary>
/// <param name="known">One that is known to have something to show; null when none is.</param>
internal sealed class FolderClass(BucketId bucket, CaseVariants variants, byte[]? known, RowSight sight, bool descending)
{
    private const string Columns = "n, key, state, expires_ms";
    private const string Ascending =
        $"""
        SELECT {Columns} FROM object INDEXED BY object_key
        WHERE state <> 3 AND bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key
        """;
    private const string Descending =
        $"""
        SELECT {Columns} FROM object INDEXED BY object_key
        WHERE state <> 3 AND bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key DESC
        """;

    private readonly KeyRanges _ranges = KeyRanges.OfBytes([], sight.Prefixes);
    private readonly byte[] _first = variants.First;
    private readonly byte[] _end = KeyBytes.Successor(variants.Folded)!;

    private byte[]? _known = known;

    /// <summary>Where to look on: keys from here when ascending, else below; null when all was seen.</summary>
    private byte[]? _at = descending ? KeyBytes.Successor(variants.Folded) : variants.First;

    /// <returns>Whether all of them were added, or the page is full; false when the turn is over before.</returns>
    public bool Read(Turn turn, Gap gap, FolderEntries page)
    {
        while (_at is { } at && !page.IsFull)
        {
            if (_known is not null && at.AsSpan().SequenceEqual(descending ? KeyBytes.Successor(_known) : _known))
            {
                Pass(_known, page);
                _known = null;
            }
            else if (gap.BehindAt(at) is { } next && !variants.IsBeginningOf(next))
            {
                GoOnFrom(next);
            }
            else if (turn.IsOver)
            {
                return false;
            }
            else
            {
                Seek(turn, gap, at, page);
            }
        }

        return true;
    }

    /// <summary>Adds a folder and goes on behind it.</summary>
    private void Pass(byte[] folder, FolderEntries page)
    {
        page.AddFolder(folder);
        _at = descending ? End(variants.Below(folder)) : variants.AtOrAbove(KeyBytes.Successor(folder));
    }

    /// <summary>Leaps over a key that is in none of the folders.</summary>
    private void GoOnFrom(byte[] key) => _at = descending ? End(variants.Below(key)) : variants.AtOrAbove(key);

    private static byte[]? End(byte[]? folder) => folder is null ? null : KeyBytes.Successor(folder);

    /// <summary>Reads on until a folder is found, or a key that is in none.</summary>
    private void Seek(Turn turn, Gap gap, byte[] at, FolderEntries page)
    {
        turn.Spend();
        KeyRange? range = descending ? _ranges.Before(at) : _ranges.From(at);
        (byte[] from, byte[]? until) = range is { } some ? (some.From, some.Until) : (_end, _end); // none is left: nothing to read
        if (KeyBytes.CompareEnds(from, _first) < 0)
        {
            from = _first;
        }

        if (KeyBytes.CompareEnds(until, _end) > 0)
        {
            until = _end;
        }

        if (KeyBytes.CompareEnds(from, until) >= 0)
        {
            _at = null; // what ranges follow are before the first folder, or behind the last
            return;
        }

        using Statement keys = turn.Db.Prepared(descending ? Descending : Ascending);
        keys.Bind(1, bucket.Value).BindText(2, from).BindText(3, until);
        bool isFirst = true;
        while (keys.Step())
        {
            ReadOnlySpan<byte> key = keys.Utf8(1);
            if (!variants.IsBeginningOf(key))
            {
                byte[] found = key.ToArray();
                if (isFirst && sight.Prefixes is null)
                {
                    gap.Note(at, found);
                }

                GoOnFrom(found);
                return;
            }

            isFirst = false;
            ReadOnlySpan<byte> folder = key[..variants.Folded.Length];
            if ((_known is not null && folder.SequenceEqual(_known)) || IsShown(turn, keys, key))
            {
                Pass(folder.ToArray(), page);
                return;
            }

            turn.Spend();
            if (turn.IsOver)
            {
                _at = descending ? key.ToArray() : KeyBytes.After(key);
                return;
            }
        }

        if (isFirst && sight.Prefixes is null)
        {
            gap.Note(at, descending ? _first : _end);
        }

        _at = descending ? from : until;
    }

    private bool IsShown(Turn turn, Statement row, ReadOnlySpan<byte> key) =>
        row.Integer(2) == (long)ObjectState.ReadOnly && !turn.IsExpired(row, 3)
        && (!sight.JudgesRows || sight.Judge(turn, row.Integer(0), key) is not null);
}
