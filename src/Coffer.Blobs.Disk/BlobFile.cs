using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
    /// <exception cref="InvalidDataException">Its table and footer cannot be trusted.</exception>
    public static BlobFile? Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
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

    /// <summary>Whether these are the bytes of the blocks from <paramref name="firstBlock"/> on; counts the right ones before a wrong one.</summary>
    public int CountRight(ReadOnlySpan<byte> blocks, long firstBlock, int blockSize)
    {
        const int Most = 16;
        Span<uint> found = stackalloc uint[Most];
        int right = 0;
        while (!blocks.IsEmpty)
        {
            int length = Math.Min(blocks.Length, Most * blockSize);
            int count = (length + blockSize - 1) / blockSize;
            Crc32C.ComputeBlocks(blocks[..length], blockSize, found);
            int same = found[..count].CommonPrefixLength(_crcs.AsSpan((int)firstBlock + right, count));
            right += same;
            if (same < count) break;
            blocks = blocks[length..];
        }

        return right;
    }

    /// <summary>One more holder. The caller knows that there is one already.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) Handle.Dispose();
    }

    /// <summary>Writes the table and the footer of a blob.</summary>
    public static int WriteEnd(Span<byte> destination, long sizeBytes, ReadOnlySpan<uint> crcs)
    {
        int table = WriteTable(destination, crcs);
        Span<byte> footer = destination.Slice(table, FooterSize);
        Magic.CopyTo(footer);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], sizeBytes);
        BinaryPrimitives.WriteInt32LittleEndian(footer[16..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[20..], Crc32C.Compute(destination[..(table + 20)]));
        return table + FooterSize;
    }

    public static int EndSize(int blocks) => checked((blocks * sizeof(uint)) + FooterSize);

    private static int WriteTable(Span<byte> destination, ReadOnlySpan<uint> crcs)
    {
        for (int i = 0; i < crcs.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(i * sizeof(uint))..], crcs[i]);
        }

        return crcs.Length * sizeof(uint);
    }

    private static (long Size, uint[] Crcs) ReadTable(SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        if (length < FooterSize) throw new InvalidDataException("the file is too short");

        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstLook);
        try
        {
            Span<byte> tail = buffer.AsSpan(0, (int)Math.Min(FirstLook, length));
            ReadExactly(handle, tail, length - tail.Length);
            ReadOnlySpan<byte> footer = tail[^FooterSize..];
            long size = BinaryPrimitives.ReadInt64LittleEndian(footer[8..]);
            int version = BinaryPrimitives.ReadInt32LittleEndian(footer[16..]);
            if (!footer.StartsWith(Magic) || size < 0 || size > length) throw new InvalidDataException("there is no footer");
            if (version != Version) throw new InvalidDataException($"format {version} is not known");

            long table = BlobLayout.CountFor(size) * sizeof(uint);
            if (length - FooterSize - table != size) throw new InvalidDataException("the file is cut off");

            int end = checked((int)table + FooterSize);
            if (end > tail.Length)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(end);
                tail = buffer.AsSpan(0, end);
                ReadExactly(handle, tail, size);
            }

            ReadOnlySpan<byte> sealedBytes = tail[^end..^4];
            if (Crc32C.Compute(sealedBytes) != BinaryPrimitives.ReadUInt32LittleEndian(tail[^4..]))
            {
                throw new InvalidDataException("table and footer do not match their checksum");
            }

            uint[] crcs = new uint[table / sizeof(uint)];
            for (int i = 0; i < crcs.Length; i++)
            {
                crcs[i] = BinaryPrimitives.ReadUInt32LittleEndian(sealedBytes[(i * sizeof(uint))..]);
            }

            return (size, crcs);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="InvalidDataException">The file ends before that.</exception>
    public static void ReadExactly(SafeFileHandle handle, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(handle, destination, offset);
            if (read == 0) throw new InvalidDataException("the file is cut off");
            destination = destination[read..];
            offset += read;
        }
    }
}
