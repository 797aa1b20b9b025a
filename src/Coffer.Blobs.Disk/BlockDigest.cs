using System.Runtime.InteropServices;

namespace Coffer.Blobs.Disk;

/// <summary>Counts one CRC32C for each block of bytes that come in pieces of any size.</summary>
/// <param name="start">Where in the blob the first byte lies.</param>
/// <param name="open">Checksum of the block at <paramref name="start"/> up to there; 0 at its beginning.</param>
internal sealed class BlockDigest(long start = 0, uint open = 0)
{
    private readonly List<uint> _crcs = [];
    private uint _open = open;

    /// <summary>The block that <see cref="Crcs"/> begins with.</summary>
    public long FirstBlock { get; } = BlobLayout.BlockAt(start);

    /// <summary>Bytes of the blob so far, those before the start included.</summary>
    public long SizeBytes { get; private set; } = start;

    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int size = BlobLayout.SizeAt(SizeBytes);
            int into = (int)(SizeBytes - BlobLayout.StartOf(BlobLayout.BlockAt(SizeBytes)));
            int taken;
            if (into == 0 && data.Length >= size)
            {
                taken = size == BlobLayout.SmallBlock ? (int)Math.Min(data.Length, BlobLayout.LargeFrom - SizeBytes) : data.Length;
                int whole = taken / size;
                taken = whole * size;
                int before = _crcs.Count;
                CollectionsMarshal.SetCount(_crcs, before + whole);
                Crc32C.ComputeBlocks(data[..taken], size, CollectionsMarshal.AsSpan(_crcs)[before..]);
            }
            else
            {
                taken = Math.Min(size - into, data.Length);
                _open = Crc32C.Append(_open, data[..taken]);
                if (into + taken == size)
                {
                    _crcs.Add(_open);
                    _open = 0;
                }
            }

            SizeBytes += taken;
            data = data[taken..];
        }
    }

    /// <summary>The checksums of all blocks that hold bytes, the unfinished last one included. Nothing is appended after it.</summary>
    public ReadOnlySpan<uint> Crcs()
    {
        long held = BlobLayout.CountFor(SizeBytes) - FirstBlock;
        if (held > _crcs.Count) _crcs.Add(_open);
        return CollectionsMarshal.AsSpan(_crcs);
    }
}
