using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The first entries by time and name behind a cursor, of all that are added in any order.</summary>
internal sealed class FirstKeys : IComparer<(long TimeMs, byte[] Name, long N)>
{
    /// <summary>In place of a row's number.</summary>
    public const long Folder = -1;

    private readonly int _wanted;
    private readonly bool _descending;
    private readonly (long TimeMs, byte[] Name, long N)? _after;
    private readonly List<(long TimeMs, byte[] Name, long N)> _kept = [];

    /// <summary>What is behind this one is not among the first; null while there is room.</summary>
    private (long TimeMs, byte[] Name, long N)? _last;

    public FirstKeys(SortedKeyQuery query)
    {
        _wanted = query.Limit + 1; // one more tells whether there is more
        _descending = query.Descending;
        _after = query.After is { } after
            ? (after.TimeMs ?? (query.Descending ? long.MaxValue : long.MinValue), KeyBytes.Of(after.Name), Folder)
            : null;
    }

    public void Add(long timeMs, ReadOnlySpan<byte> name, long n)
    {
        if ((_last is { } last && Compare(timeMs, name, last) >= 0) || (_after is { } after && Compare(timeMs, name, after) <= 0))
        {
            return;
        }

        _kept.Add((timeMs, name.ToArray(), n));
        if (_kept.Count >= 2 * _wanted)
        {
            Cut();
        }
    }

    /// <summary>Whether what has this time, and all that is behind it, is certain not to be among the first.</summary>
    public bool IsBehind(long timeMs) => _last is { } last && (_descending ? timeMs < last.TimeMs : timeMs > last.TimeMs);

    /// <summary>Adds them to a page, without those that were deleted since they were found.</summary>
    public void Show(Connection db, KeyEntries page)
    {
        Cut();
        foreach ((long timeMs, byte[] name, long n) in _kept)
        {
            ListedObject? found = n == Folder ? null : ListedRow.Find(db, n);
            bool isGone = found is null && n != Folder;
            if (!isGone && !page.Add(new SortedKeyEntry(Encoding.UTF8.GetString(name), timeMs, found)))
            {
                break;
            }
        }
    }

    public int Compare((long TimeMs, byte[] Name, long N) x, (long TimeMs, byte[] Name, long N) y) => Compare(x.TimeMs, x.Name, y);

    private int Compare(long timeMs, ReadOnlySpan<byte> name, (long TimeMs, byte[] Name, long N) other)
    {
        int order = timeMs.CompareTo(other.TimeMs);
        order = order == 0 ? name.SequenceCompareTo(other.Name) : order;
        return _descending ? -order : order;
    }

    private void Cut()
    {
        _kept.Sort(this);
        if (_kept.Count >= _wanted)
        {
            _kept.RemoveRange(_wanted, _kept.Count - _wanted);
            _last = _kept[^1];
        }
    }
}
