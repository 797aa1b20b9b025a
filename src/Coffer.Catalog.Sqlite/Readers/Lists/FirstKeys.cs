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

    public IReadOnlyList<(long TimeMs, byte[] Name, long N)> InOrder()
    {
        Cut();
        return _kept;
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
