using System.Buffers.Binary;

namespace Coffer.Catalog.Sqlite;

/// <summary>How inline bytes lie in their row, so that deleting them leaves no copy behind.</summary>
/// <remarks>
/// <para>
/// SQLite's <c>secure_delete</c> overwrites what is deleted where it lies then. But when it balances a tree it moves rows between
/// pages, and what it moved stays readable in the unused middle of the old page: a test found deleted bytes there. Pages that a
/// row overflows into are never moved, and are overwritten when they are freed.
/// </para>
/// <para>
/// So a body is given the length at which SQLite keeps just the least of it, 489 bytes with the header, in the tree's page. The checksum and
/// zeros fill these, and the bytes themselves begin on the first overflow page.
/// </para>
/// <code>checksum (4) | zeros up to byte 485 | the bytes | zeros up to the end of the last overflow page</code>
/// </remarks>
internal static class InlineBody
{
    /// <summary>Up to here the header stays as long as it is taken for; a batch holds several of them.</summary>
    public const int LargestBytes = 512 * 1024;

    private const int ChecksumBytes = sizeof(uint);
    private const int OverflowBytes = 4096 - 4; // a page less the number of the next one
    private const int LocalBytes = ((4096 - 12) * 32 / 255) - 23; // 489, from the file format's section 1.6

    /// <summary>Header of a row that has NULL for the number and a blob: 4 bytes, 5 when the blob's length takes 3.</summary>
    private const int HeaderBytes = 4;
    private const int LongestWithShortHeader = ((1 << 14) - 1 - 12) / 2;

    private const int BytesAt = LocalBytes - HeaderBytes;

    public static int LengthFor(int sizeBytes)
    {
        int pages = Math.Max(1, (sizeBytes + OverflowBytes - 1) / OverflowBytes);
        int length = BytesAt + (pages * OverflowBytes);
        if (length <= LongestWithShortHeader)
        {
            return length;
        }

        length--; // room for the longer header
        return BytesAt + sizeBytes <= length ? length : length + OverflowBytes;
    }

    public static void Write(Span<byte> body, ObjectId id, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, Checksum(id, bytes));
        body[ChecksumBytes..BytesAt].Clear();
        bytes.CopyTo(body[BytesAt..]);
        body[(BytesAt + bytes.Length)..].Clear();
    }

    /// <returns>False when the body is not what was written for this object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, ObjectId id, long sizeBytes, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (sizeBytes < 0 || BytesAt + sizeBytes > body.Length)
        {
            return false;
        }

        bytes = body.Slice(BytesAt, (int)sizeBytes);
        return BinaryPrimitives.ReadUInt32BigEndian(body) == Checksum(id, bytes);
    }

    /// <summary>Covers the id, so that a damaged page cannot pass off one object's bytes as another's.</summary>
    public static uint Checksum(ObjectId id, ReadOnlySpan<byte> bytes)
    {
        Span<byte> name = stackalloc byte[ObjectId.SizeBytes];
        id.Write(name);
        return Crc32C.Append(Crc32C.Compute(name), bytes);
    }
}
