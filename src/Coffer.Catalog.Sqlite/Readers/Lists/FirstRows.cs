namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>Of rows that come by name, the first ones by time; equal times stay in the order of names, or in its reverse.</summary>
internal sealed class FirstRows(long wanted, bool descending)
{
    private const int LeastKept = 4096;

    private readonly List<(long TimeMs, long Place, long N)> _rows = [];
    private long _seen;

    public void Add(long timeMs, long n)
    {
        _rows.Add(descending ? (-timeMs, -_seen, n) : (timeMs, _seen, n));
        _seen++;
        if (_rows.Count >= LeastKept && _rows.Count / 2 >= wanted)
        {
            Cut();
        }
    }

    public IEnumerable<long> InOrder()
    {
        Cut();
        return _rows.Select(row => row.N);
    }

    private void Cut()
    {
        _rows.Sort();
        if (_rows.Count > wanted)
        {
            _rows.RemoveRange((int)wanted, _rows.Count - (int)wanted);
        }
    }
}
