namespace Coffer.Blobs.Disk;

/// <summary>Where the blocks of a blob begin and end.</summary>
/// <remarks>
/// Blocks are 64 KiB in the first 256 MiB and 1 MiB beyond, so a block's place never depends on how large the blob turns out
/// to be, and the table of a 50 GiB blob is 220 KiB.
/// </remarks>
internal static class BlobLayout
{
    public const int SmallBlock = 64 << 10;
    public const int LargeBlock = 1 << 20;
    public const long LargeFrom = 256L << 20;
    private const long SmallBlocks = LargeFrom / SmallBlock;

    /// <summary>The block that holds the byte at <paramref name="offset"/>.</summary>
    public static long BlockAt(long offset) =>
        offset < LargeFrom ? offset / SmallBlock : SmallBlocks + ((offset - LargeFrom) / LargeBlock);

    public static long StartOf(long block) =>
        block < SmallBlocks ? block * SmallBlock : LargeFrom + ((block - SmallBlocks) * LargeBlock);

    /// <summary>Size of the block at <paramref name="offset"/>, when the blob reaches its end.</summary>
    public static int SizeAt(long offset) => offset < LargeFrom ? SmallBlock : LargeBlock;

    /// <summary>How many blocks a blob of this size has; the last may be shorter than its size.</summary>
    public static long CountFor(long sizeBytes) => sizeBytes == 0 ? 0 : BlockAt(sizeBytes - 1) + 1;
}
