using System.Text;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>The two lists of a bucket, said as plainly as possible: everything in memory, sorted whole.</summary>
internal sealed class ListModel(IReadOnlyCollection<StoredObject> live)
{
    private static readonly Comparer<string> ByBytes = Comparer<string>.Create(
        (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

    private static readonly Comparer<string> ByLowerBytes = Comparer<string>.Create((left, right) =>
    {
        int order = ByBytes.Compare(Lower(left), Lower(right));
        return order == 0 ? ByBytes.Compare(left, right) : order;
    });

    public List<(string Name, ObjectId? Object)> Folder(FolderQuery query)
    {
        List<StoredObject> rows = [.. Shown(query.Filter).Where(row => Lower(row.Key).StartsWith(Lower(query.Prefix), StringComparison.Ordinal))];
        List<(string Text, StoredObject? Object)> files = [.. rows.Where(row => !HasSlash(row)).Select(row => (row.Key, (StoredObject?)row))];
        List<(string Text, StoredObject? Object)> folders =
        [
            .. rows.Where(HasSlash).Select(row => row.Key[..(row.Key.IndexOf('/', query.Prefix.Length) + 1)])
                .Distinct(StringComparer.Ordinal).Select(folder => (folder, (StoredObject?)null)),
        ];

        List<(string Text, StoredObject? Object)> sorted = query.Sort is KeySort.Name
            ? Directed([.. folders.Concat(files).OrderBy(entry => entry.Text, ByLowerBytes)])
            :
            [
                .. Directed([.. folders.OrderBy(entry => entry.Text, ByLowerBytes)]),
                .. Directed([.. files.OrderBy(entry => Time(entry.Object!, query.Sort)).ThenBy(entry => entry.Text, ByLowerBytes)]),
            ];
        return
        [
            .. sorted.Skip(query.Offset).Take(query.Limit).Select(entry => (
                entry.Object is null ? entry.Text[query.NameStart..^1] : entry.Text[query.NameStart..], entry.Object?.Id)),
        ];

        bool HasSlash(StoredObject row) => row.Key.IndexOf('/', query.Prefix.Length) >= 0;

        List<T> Directed<T>(List<T> entries)
        {
            if (query.Descending)
            {
                entries.Reverse();
            }

            return entries;
        }
    }

    public List<(string Name, long? TimeMs, ObjectId? Object)> Keys(SortedKeyQuery query)
    {
        List<StoredObject> rows = [.. Shown(query.Filter).Where(row => row.Key.StartsWith(query.Prefix, StringComparison.Ordinal))];
        bool byName = query.Sort is KeySort.Name;
        List<(string Name, long? TimeMs, ObjectId? Object)> entries =
        [
            .. rows.Where(row => FolderOf(row) is null).Select(row => (row.Key, byName ? (long?)null : Time(row, query.Sort), (ObjectId?)row.Id)),
            .. rows.Where(row => FolderOf(row) is not null).GroupBy(row => FolderOf(row)!, StringComparer.Ordinal)
                .Select(below => (below.Key, byName ? (long?)null : below.Min(row => row.KeyCreatedAtMs), (ObjectId?)null)),
        ];
        entries = [.. entries.OrderBy(entry => entry.TimeMs).ThenBy(entry => entry.Name, ByBytes)];
        if (query.Descending)
        {
            entries.Reverse();
        }

        return query.After is { } after ? [.. entries.SkipWhile(entry => Order(entry) <= 0)] : entries;

        int Order((string Name, long? TimeMs, ObjectId? Object) entry)
        {
            int order = byName || entry.TimeMs == after.TimeMs ? ByBytes.Compare(entry.Name, after.Name) : entry.TimeMs!.Value.CompareTo(after.TimeMs);
            return query.Descending ? -order : order;
        }

        string? FolderOf(StoredObject row)
        {
            int cut = query.Delimiter is null ? -1 : row.Key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
            return cut < 0 ? null : row.Key[..(cut + query.Delimiter!.Length)];
        }
    }

    private static string Lower(string text) => string.Concat(text.Select(letter => letter is >= 'A' and <= 'Z' ? (char)(letter | 0x20) : letter));

    private static long Time(StoredObject row, KeySort sort) => sort switch
    {
        KeySort.CreatedAt => row.KeyCreatedAtMs,
        KeySort.UpdatedAt => row.UpdatedAtMs,
        _ => row.LastReadAtMs ?? row.KeyCreatedAtMs,
    };

    private IEnumerable<StoredObject> Shown(RowFilter? filter) => live.Where(row => filter is null || (filter.Shows(row)
        && (filter.Prefixes is null || filter.Prefixes.Any(prefix => row.Key.StartsWith(prefix, StringComparison.Ordinal)))));
}
