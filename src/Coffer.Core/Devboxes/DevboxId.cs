namespace Coffer.Devboxes;

/// <summary>
/// Names a devbox: 48 bits of Unix milliseconds, then 80 random bits, as object ids are made. Text form: <c>dbx_</c> and 26 characters
/// of Crockford's base32 in lower case.
/// </summary>
public readonly record struct DevboxId(UInt128 Value) : IComparable<DevboxId>
{
    public const string Prefix = "dbx_";

    /// <summary>When the devbox was made, in Unix milliseconds.</summary>
    public long CreatedAtMs => (long)(ulong)(Value >> 80);

    /// <summary>Reads the text form, prefix included; upper case is accepted.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DevboxId id)
    {
        bool isOne = Bits128.TryParse(Prefix, text, out UInt128 value);
        id = new DevboxId(value);
        return isOne;
    }

    public int CompareTo(DevboxId other) => Value.CompareTo(other.Value);

    public override string ToString() => Bits128.TextOf(Prefix, Value);

    public static bool operator <(DevboxId left, DevboxId right) => left.CompareTo(right) < 0;

    public static bool operator >(DevboxId left, DevboxId right) => left.CompareTo(right) > 0;

    public static bool operator <=(DevboxId left, DevboxId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DevboxId left, DevboxId right) => left.CompareTo(right) >= 0;
}
