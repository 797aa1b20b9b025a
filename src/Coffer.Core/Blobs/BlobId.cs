using System.Buffers.Binary;
using System.Globalization;

namespace Coffer.Blobs;

/// <summary>
/// Names one blob for ever. 128 bits that a catalog mints when it announces the blob; never derived from a key or a name.
/// Text form: 32 lower-case hex digits, whose ordinal order is the order of the numbers.
/// </summary>
public readonly record struct BlobId(UInt128 Value) : IComparable<BlobId>
{
    public const int SizeBytes = 16;

    public static BlobId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);

    public static bool TryParse(ReadOnlySpan<char> text, out BlobId id)
    {
        id = default;
        if (text.Length != 2 * SizeBytes || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, null, out UInt128 value))
        {
            return false;
        }

        id = new BlobId(value);
        return true;
    }

    public int CompareTo(BlobId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    public static bool operator <(BlobId left, BlobId right) => left.CompareTo(right) < 0;

    public static bool operator >(BlobId left, BlobId right) => left.CompareTo(right) > 0;

    public static bool operator <=(BlobId left, BlobId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BlobId left, BlobId right) => left.CompareTo(right) >= 0;
}
