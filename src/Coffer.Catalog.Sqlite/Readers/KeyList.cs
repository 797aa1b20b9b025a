using System.Text;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>
/// Pages of a bucket in key order. After a folder it seeks past everything in it, so a page costs its entries, not the keys it folds.
/// </summary>
internal static class KeyList
{
    public static KeyPage Page(Connection db, KeyQuery query, long nowMs)
    {
        string? delimiter = string.IsNullOrEmpty(query.Delimiter) ? null : query.Delimiter;
        string? end = Successor(query.Prefix);
        (string from, bool inclusive)? start = Start(query, delimiter);

        var entries = new List<KeyEntry>();
        db.Run("BEGIN"); // one snapshot for all seeks
        try
        {
            while (start is { } at && entries.Count <= query.Limit)
            {
                start = Read(db, query, delimiter, at.from, at.inclusive, end, nowMs, entries);
            }
        }
        finally
        {
            db.Run("COMMIT");
        }

        bool hasMore = entries.Count > query.Limit;
        return new KeyPage(hasMore ? entries[..query.Limit] : entries, hasMore);
    }

    /// <summary>
    /// The least text above every text that begins with <paramref name="prefix"/>: its last code point counted up by one.
    /// Bytes would not do: the last byte plus one need not be UTF-8.
    /// </summary>
    /// <returns>Null when nothing is above.</returns>
    internal static string? Successor(string prefix)
    {
        ReadOnlySpan<char> rest = prefix;
        while (Rune.DecodeLastFromUtf16(rest, out Rune last, out int length) != System.Buffers.OperationStatus.NeedMoreData || length > 0)
        {
            rest = rest[..^length];
            if (last.Value < 0x10FFFF)
            {
                var next = new Rune(last.Value == 0xD7FF ? 0xE000 : last.Value + 1);
                return string.Concat(rest, next.ToString());
            }
        }

        return null;
    }

    private static (string From, bool Inclusive)? Start(KeyQuery query, string? delimiter)
    {
        if (query.After is not { } after || Compare(after, query.Prefix) < 0)
        {
            return (query.Prefix, true);
        }

        // Inside a folder all of it is left out, for the folder sorts before what it holds.
        return Folder(after, query.Prefix, delimiter) is { } folder
            ? Successor(folder) is { } next ? (next, true) : null
            : (after, false);
    }

    /// <summary>Adds entries up to and including the next folder.</summary>
    /// <returns>Where to go on; null at the end.</returns>
    private static (string From, bool Inclusive)? Read(
        Connection db, KeyQuery query, string? delimiter, string from, bool inclusive, string? end, long nowMs, List<KeyEntry> entries)
    {
        using Statement keys = inclusive
            ? db.Prepared(
                $"""
                SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_key
                WHERE o.state <> 3 AND o.bucket = ?1 AND o.key >= ?2 AND o.key < ?3 ORDER BY o.key
                """)
            : db.Prepared(
                $"""
                SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_key
                WHERE o.state <> 3 AND o.bucket = ?1 AND o.key > ?2 AND o.key < ?3 ORDER BY o.key
                """);
        keys.Bind(1, query.Bucket.Value).Bind(2, from);
        if (end is null)
        {
            keys.Bind(3, []); // a blob is above every text
        }
        else
        {
            keys.Bind(3, end);
        }

        while (entries.Count <= query.Limit && keys.Step())
        {
            ObjectRow row = ObjectRow.Read(keys);
            if (row.At(nowMs).State != ObjectState.ReadOnly)
            {
                continue;
            }

            if (Folder(row.Stored.Key, query.Prefix, delimiter) is not { } folder)
            {
                entries.Add(new KeyEntry(row.Stored.Key, row.Stored));
                continue;
            }

            entries.Add(new KeyEntry(folder, Object: null));
            return Successor(folder) is { } next ? (next, true) : null;
        }

        return null;
    }

    /// <summary>What a key is folded into: everything up to the first delimiter after the prefix.</summary>
    private static string? Folder(string key, string prefix, string? delimiter)
    {
        if (delimiter is null || !key.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        int cut = key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return cut < 0 ? null : key[..(cut + delimiter.Length)];
    }

    /// <summary>Compares as the database does, by UTF-8 bytes.</summary>
    private static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
