namespace Coffer.Server.Metrics;

/// <summary>A floating-point number that any thread may add to without a lock.</summary>
internal struct Number
{
    private double _value;

    public readonly double Value => Volatile.Read(in _value);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double amount)
    {
        double seen = Volatile.Read(ref _value);
        while (true)
        {
            double found = Interlocked.CompareExchange(ref _value, seen + amount, seen);
            if (found.Equals(seen))
            {
                return;
            }

            seen = found;
        }
    }
}
