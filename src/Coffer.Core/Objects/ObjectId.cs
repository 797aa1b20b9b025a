using System.Buffers.Binary;

namespace Coffer.Objects;

/// <summary>
/// Names one version of one key: one content, for ever. 48 bits of Unix milliseconds, then 80 random bits, so ids sort by
/// creation time. Text form: <c>obj_</c> and 26 characters of Crockford's base32 in lower case.
/// </summary>
public readonly record struct ObjectId(UInt128 Value) : IComparable<ObjectId>
{
    public const int SizeBytes = 16;
    public const string Prefix = "obj_";
    private const int Digits = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private static readonly sbyte[] Values = MakeValues();

    /// <summary>When the object was made, in Unix milliseconds.</summary>
    public long CreatedAtMs => (long)(ulong)(Value >> 80);

    /// <remarks>
    /// A clock before 1970 counts as 1970, and one after the year 9999 as its end: 48 bits hold no negative number, and no date is later.
    /// </remarks>
    public static ObjectId Make(long createdAtMs)
    {
        Span<byte> random = stackalloc byte[SizeBytes];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random[6..]);
        random[..6].Clear();
        return new ObjectId(((UInt128)(ulong)Math.Clamp(createdAtMs, 0, UnixTime.LastMs) << 80) | BinaryPrimitives.ReadUInt128BigEndian(random));
    }

    public static ObjectId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);

    /// <summary>Reads the text form, prefix included; upper case is accepted.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ObjectId id)
    {
        id = default;
        if (text.Length != Prefix.Length + Digits || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        UInt128 value = 0;
        ReadOnlySpan<char> digits = text[Prefix.Length..];
        for (int i = 0; i < Digits; i++)
        {
            int digit = digits[i] < 128 ? Values[digits[i]] : -1;
            if (digit < 0 || (i == 0 && digit > 7)) // 26 digits hold 130 bits: the first one has room for three
            {
                return false;
            }

            value = (value << 5) | (uint)digit;
        }

        id = new ObjectId(value);
        return true;
    }

    public int CompareTo(ObjectId other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(Prefix.Length + Digits, Value, static (text, value) =>
    {
        Prefix.CopyTo(text);
        for (int i = text.Length - 1; i >= Prefix.Length; i--)
        {
            text[i] = Alphabet[(int)(uint)(value & 31)];
            value >>= 5;
        }
    });

    public static bool operator <(ObjectId left, ObjectId right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectId left, ObjectId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectId left, ObjectId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectId left, ObjectId right) => left.CompareTo(right) >= 0;

    private static sbyte[] MakeValues()
    {
        var values = new sbyte[128];
        Array.Fill(values, (sbyte)-1);
        for (int i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
            values[char.ToUpperInvariant(Alphabet[i])] = (sbyte)i;
        }

        return values;
    }
}
