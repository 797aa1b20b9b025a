using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Blobs.Disk;

/// <summary>A blob that grows by appends: its bytes in one file, the checksums of its blocks in another.</summary>
/// <remarks>
/// The second file has 8 bytes for each block: its CRC32C and how many bytes that covers, so the last block is known too while
/// it is unfinished. A checksum never covers bytes that may be missing after a crash, and there is always one for the offset that
/// the catalog recorded: an append syncs its bytes before it writes their checksums, a cut writes the checksum of what
/// remains before it takes bytes away.
/// </remarks>
internal sealed class StagedBlob : IDisposable
{
    private const int SlotSize = 8;

    private readonly SafeFileHandle _bytes;
    private readonly SafeFileHandle _checksums;

    private StagedBlob(SafeFileHandle bytes, SafeFileHandle checksums)
    {
        _bytes = bytes;
        _checksums = checksums;
    }

    public static StagedBlob Open(string bytes, string checksums, FileMode mode)
    {
        SafeFileHandle first = File.OpenHandle(bytes, mode, FileAccess.ReadWrite, FileShare.None);
        try
        {
            return new StagedBlob(first, File.OpenHandle(checksums, mode, FileAccess.ReadWrite, FileShare.None));
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>Adds content at <paramref name="offset"/>; the bytes are durable afterwards, their names perhaps not.</summary>
    /// <exception cref="DamagedException">Fewer bytes are staged than that, or not those that were.</exception>
    /// <exception cref="SyncFailedException">What is on the device now is unknown.</exception>
    public async Task<long> AppendAsync(
        long offset,
        PipeReader content,
        BlobWrite write,
        VolumeSpace space,
        SyncThreads syncs,
        CancellationToken cancellationToken)
    {
        var digest = new BlockDigest(offset, CutTo(offset));
        try
        {
            using var writer = new BlobFileWriter(_bytes, space, digest);
            await writer.CopyAsync(content, write, cancellationToken);
            writer.Finish();
        }
        catch
        {
            RandomAccess.SetLength(_bytes, offset); // gives the room back; the checksums still end there
            throw;
        }

        return await syncs.RunAsync(() =>
        {
            Sync(_bytes);
            WriteSlots(digest);
            Sync(_checksums);
            return digest.SizeBytes;
        });
    }

    /// <summary>Ends the first <paramref name="sizeBytes"/> as a blob file, ready to be renamed.</summary>
    public void Seal(long sizeBytes)
    {
        CutTo(sizeBytes);
        BlobFileWriter.WriteEnd(_bytes, sizeBytes, ReadCrcs(sizeBytes));
        Sync(_bytes);
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _checksums.Dispose();
    }

    /// <summary>Takes away what lies beyond <paramref name="offset"/>, and returns the checksum of the block that ends there.</summary>
    private uint CutTo(long offset)
    {
        if (RandomAccess.GetLength(_bytes) < offset) throw new DamagedException("staged bytes are missing");

        long block = BlobLayout.BlockAt(offset);
        int kept = (int)(offset - BlobLayout.StartOf(block));
        uint crc = 0;
        if (kept > 0)
        {
            (crc, int covered) = ReadSlot(block);
            if (covered != kept)
            {
                crc = Recompute(block, crc, covered, kept);
                WriteSlot(block, crc, kept);
                Sync(_checksums);
            }
        }

        RandomAccess.SetLength(_checksums, SlotSize * (block + (kept > 0 ? 1 : 0)));
        RandomAccess.SetLength(_bytes, offset);
        return crc;
    }

    /// <summary>The checksum of a shorter part of a block, from bytes that were first found right.</summary>
    private uint Recompute(long block, uint crc, int covered, int kept)
    {
        if (covered < kept || covered > BlobLayout.LargeBlock) throw new DamagedException("staged bytes have no checksum");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(covered);
        try
        {
            BlobFile.ReadExactly(_bytes, buffer.AsSpan(0, covered), BlobLayout.StartOf(block));
            return Crc32C.Compute(buffer.AsSpan(0, covered)) == crc
                ? Crc32C.Compute(buffer.AsSpan(0, kept))
                : throw new DamagedException("staged bytes do not match their checksum");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private uint[] ReadCrcs(long sizeBytes)
    {
        uint[] crcs = new uint[BlobLayout.CountFor(sizeBytes)];
        byte[] slots = new byte[crcs.Length * SlotSize];
        BlobFile.ReadExactly(_checksums, slots, 0);
        for (int block = 0; block < crcs.Length; block++)
        {
            (crcs[block], int covered) = Slot(slots.AsSpan(block * SlotSize));
            long start = BlobLayout.StartOf(block);
            if (covered != Math.Min(BlobLayout.SizeAt(start), sizeBytes - start))
            {
                throw new DamagedException("staged bytes have no checksum");
            }
        }

        return crcs;
    }

    private (uint Crc, int Covered) ReadSlot(long block)
    {
        Span<byte> slot = stackalloc byte[SlotSize];
        BlobFile.ReadExactly(_checksums, slot, block * SlotSize);
        return Slot(slot);
    }

    private static (uint Crc, int Covered) Slot(ReadOnlySpan<byte> slot) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(slot), BinaryPrimitives.ReadInt32LittleEndian(slot[4..]));

    private void WriteSlot(long block, uint crc, int covered)
    {
        Span<byte> slot = stackalloc byte[SlotSize];
        FillSlot(slot, crc, covered);
        RandomAccess.Write(_checksums, slot, block * SlotSize);
    }

    private static void FillSlot(Span<byte> slot, uint crc, int covered)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(slot, crc);
        BinaryPrimitives.WriteInt32LittleEndian(slot[4..], covered);
    }

    private void WriteSlots(BlockDigest digest)
    {
        ReadOnlySpan<uint> crcs = digest.Crcs();
        byte[] slots = new byte[crcs.Length * SlotSize];
        for (int i = 0; i < crcs.Length; i++)
        {
            long start = BlobLayout.StartOf(digest.FirstBlock + i);
            FillSlot(slots.AsSpan(i * SlotSize), crcs[i], (int)Math.Min(BlobLayout.SizeAt(start), digest.SizeBytes - start));
        }

        RandomAccess.Write(_checksums, slots, digest.FirstBlock * SlotSize);
    }

    private static void Sync(SafeFileHandle file)
    {
        try
        {
            FileSync.Flush(file);
        }
        catch (IOException failed)
        {
            throw new SyncFailedException(failed);
        }
    }
}

/// <summary>A sync failed, so nobody knows what the device holds; trying again on the same file could succeed wrongly.</summary>
internal sealed class SyncFailedException(IOException cause) : IOException(cause.Message, cause);
