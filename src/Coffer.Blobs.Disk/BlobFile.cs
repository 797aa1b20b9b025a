using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Blobs.Disk;

/// <summary>One open blob file with its checksums, shared by all who read it and closed when the last lets go.</summary>
/// <remarks>
/// <code>
///   0                                                        size             size + 4 n          size + 4 n + 24
///   ├──────────┬──────────┬─ ─ ─ ─ ─┬───────────────┬─────────┼─────────────────┼───────────────────┤
///   │ block 0  │ block 1  │         │ block 4096    │ block   │ CRC32C of each  │      footer       │
///   │ 64 KiB   │ 64 KiB   │         │ 1 MiB         │ n − 1   │ of the n blocks │                   │
///   └──────────┴──────────┴─ ─ ─ ─ ─┴───────────────┴─────────┴─────────────────┴───────────────────┘
///                                   256 MiB
///   footer:   0  "CofrBlob"   8  size, 8 bytes   16  version, 4 bytes   20  CRC32C of the table and these 20 bytes
/// </code>
/// All numbers are little-endian. The bytes come first, so an offset into the blob is an offset into the file.
/// </remarks>
internal sealed class BlobFile
{
    public const int FooterSize = 24;
    private const int Version = 1;
    private const int FirstLook = 4096; // the end of the file: for most blobs the whole table

    private readonly uint[] _crcs;
    private int _holders = 1;

    private BlobFile(SafeFileHandle handle, long sizeBytes, uint[] crcs)
    {
        Handle = handle;
        SizeBytes = sizeBytes;
        _crcs = crcs;
    }

    public SafeFileHandle Handle { get; }

    public long SizeBytes { get; }

    public int TableBytes => _crcs.Length * sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "CofrBlob"u8;

    /// <summary>Opens a finished blob; null when there is no such file.</summary>
    /// <exception cref="DamagedException">Its table and footer cannot be trusted.</exception>
    public static BlobFile? Open(string path)
    {
        if (NativeFile.OpenToRead(path) is not { } handle)
        {
            return null;
        }

        try
        {
            (long size, uint[] crcs) = ReadTable(handle);
            return new BlobFile(handle, size, crcs);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>How many of these blocks, from <paramref name="firstBlock"/> on, are right before the first that is not.</summary>
    /// <param name="blocks">A few blocks at most; the last may be the blob's shorter one.</param>
    public int CountRight(ReadOnlySpan<byte> blocks, long firstBlock, int blockSize)
    {
        Span<uint> found = stackalloc uint[(blocks.Length + blockSize - 1) / blockSize];
        Crc32C.ComputeBlocks(blocks, blockSize, found);
        return found.CommonPrefixLength(_crcs.AsSpan((int)firstBlock, found.Length));
    }

    /// <summary>One more holder. The caller knows that there is one already.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) Handle.Dispose();
    }

    public static int EndSize(int blocks) => checked((blocks * sizeof(uint)) + FooterSize);

    /// <summary>Makes the table and the footer of a blob, <see cref="EndSize"/> bytes.</summary>
    public static void MakeEnd(Span<byte> destination, long sizeBytes, ReadOnlySpan<uint> crcs)
    {
        for (int i = 0; i < crcs.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(i * sizeof(uint))..], crcs[i]);
        }

        int table = crcs.Length * sizeof(uint);
        Span<byte> footer = destination.Slice(table, FooterSize);
        Magic.CopyTo(footer);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], sizeBytes);
        BinaryPrimitives.WriteInt32LittleEndian(footer[16..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[20..], Crc32C.Compute(destination[..(table + 20)]));
    }

    private static (long Size, uint[] Crcs) ReadTable(SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        if (length < FooterSize) throw new DamagedException("the file is too short");

        Span<byte> tail = stackalloc byte[(int)Math.Min(FirstLook, length)];
        ReadExactly(handle, tail, length - tail.Length);
        ReadOnlySpan<byte> footer = tail[^FooterSize..];
        long size = BinaryPrimitives.ReadInt64LittleEndian(footer[8..]);
        int version = BinaryPrimitives.ReadInt32LittleEndian(footer[16..]);
        if (!footer.StartsWith(Magic) || size < 0 || size > length) throw new DamagedException("there is no footer");
        if (version != Version) throw new DamagedException($"format {version} is not known");

        long blocks = BlobLayout.CountFor(size);
        if (size + (blocks * sizeof(uint)) + FooterSize != length) throw new DamagedException("the file has another length");

        int end = EndSize((int)blocks);
        if (end > tail.Length)
        {
            tail = new byte[end];
            ReadExactly(handle, tail, size);
        }

        ReadOnlySpan<byte> covered = tail[^end..^4];
        if (Crc32C.Compute(covered) != BinaryPrimitives.ReadUInt32LittleEndian(tail[^4..]))
        {
            throw new DamagedException("table and footer do not match their checksum");
        }

        uint[] crcs = new uint[blocks];
        for (int i = 0; i < crcs.Length; i++)
        {
            crcs[i] = BinaryPrimitives.ReadUInt32LittleEndian(covered[(i * sizeof(uint))..]);
        }

        return (size, crcs);
    }

    /// <exception cref="DamagedException">The file ends before that, or the device cannot read it.</exception>
    public static void ReadExactly(SafeFileHandle handle, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read;
            try
            {
                read = RandomAccess.Read(handle, destination, offset);
            }
            catch (IOException failed)
            {
                throw new DamagedException("the device cannot read it", failed);
            }

            if (read == 0) throw new DamagedException("the file is cut off");
            destination = destination[read..];
            offset += read;
        }
    }
}

/// <summary>
/// Stored bytes are missing, or are not those that were written. A type of its own, so that nothing the content's source throws
/// is taken for it.
/// </summary>
internal sealed class DamagedException(string message, Exception? inner = null) : Exception(message, inner);
