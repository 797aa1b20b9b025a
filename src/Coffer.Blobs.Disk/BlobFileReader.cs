using System.IO.Pipelines;

namespace Coffer.Blobs.Disk;

/// <summary>Copies ranges of one open blob file, block by block, each checked before it leaves.</summary>
internal sealed class BlobFileReader(BlobId id, BlobFile file, BlobFaults faults) : IBlobReader
{
    private const int ChunkSize = 256 << 10;
    private BlobFile? _file = file;

    public long SizeBytes { get; } = file.SizeBytes;

    public async ValueTask<bool> CopyToAsync(PipeWriter destination, long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, SizeBytes - offset);
        BlobFile open = _file ?? throw new ObjectDisposedException(nameof(BlobFileReader));

        while (count > 0)
        {
            int taken = ReadChunk(open, destination, offset, count, out StoreException? corrupt);
            if (taken > 0)
            {
                FlushResult flushed = await destination.FlushAsync(cancellationToken);
                if (flushed.IsCompleted || flushed.IsCanceled) return false;
            }

            if (corrupt is not null) throw corrupt;
            offset += taken;
            count -= taken;
        }

        return true;
    }

    public void Dispose() => Interlocked.Exchange(ref _file, null)?.Release();

    /// <summary>
    /// Reads whole blocks straight into the destination's memory and hands over the part that was asked for. The read is
    /// synchronous: bytes in the page cache cost less than the hop to another thread.
    /// </summary>
    private int ReadChunk(BlobFile open, PipeWriter destination, long offset, long count, out StoreException? corrupt)
    {
        long block = BlobLayout.BlockAt(offset);
        long start = BlobLayout.StartOf(block);
        int blockSize = BlobLayout.SizeAt(offset);
        int skipped = (int)(offset - start);

        // Whole blocks of one size: as many as fit into a chunk, at least one, none beyond the last that is wanted.
        long blocks = Math.Min(Math.Max(1, ChunkSize / blockSize), (skipped + count + blockSize - 1) / blockSize);
        long end = Math.Min(start + (blocks * blockSize), start < BlobLayout.LargeFrom ? BlobLayout.LargeFrom : long.MaxValue);
        int length = (int)(Math.Min(end, SizeBytes) - start);

        Span<byte> bytes = destination.GetSpan(length)[..length];
        int right;
        corrupt = null;
        try
        {
            BlobFile.ReadExactly(open.Handle, bytes, start);
            right = open.CountRight(bytes, block, blockSize) * blockSize;
        }
        catch (DamagedException failed)
        {
            corrupt = faults.Corrupt(id, failed);
            return 0;
        }

        if (right < length)
        {
            corrupt = faults.Corrupt(id);
            length = right;
        }

        int taken = (int)Math.Clamp(length - skipped, 0, count);
        if (skipped > 0 && taken > 0) bytes.Slice(skipped, taken).CopyTo(bytes);
        destination.Advance(taken);
        return taken;
    }
}
