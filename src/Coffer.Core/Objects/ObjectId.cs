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
        bool isOne = Bits128.TryParse(Prefix, text, out UInt128 value);
        id = new ObjectId(value);
        return isOne;
    }

    public int CompareTo(ObjectId other) => Value.CompareTo(other.Value);

    public override string ToString() => Bits128.TextOf(Prefix, Value);

    public static bool operator <(ObjectId left, ObjectId right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectId left, ObjectId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectId left, ObjectId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectId left, ObjectId right) => left.CompareTo(right) >= 0;
}
