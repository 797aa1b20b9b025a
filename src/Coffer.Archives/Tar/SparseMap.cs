namespace Coffer.Archives.Tar;

/// <summary>One stretch of a file that is stored.</summary>
internal readonly record struct SparseStretch(long Offset, long Length);

/// <summary>Which stretches of a file with holes are stored, in order and apart from each other.</summary>
internal sealed class SparseMap
{
    /// <summary>A file of more stretches is refused: they are held in memory.</summary>
    public const int MostStretches = 1 << 18;

    private SparseMap(SparseStretch[] stretches) => Stretches = stretches;

    public SparseStretch[] Stretches { get; }

    /// <returns>Null when the stretches overlap, leave the file, or do not add up to what is stored.</returns>
    public static SparseMap? Of(IReadOnlyList<SparseStretch> stretches, long sizeBytes, long storedBytes)
    {
        long end = 0, stored = 0;
        foreach ((long offset, long length) in stretches)
        {
            if (offset < end || length < 0 || length > sizeBytes - offset) return null;
            end = offset + length;
            stored += length; // at most the size, so no overflow
        }

        return stored == storedBytes ? new SparseMap([.. stretches.Where(stretch => stretch.Length > 0)]) : null;
    }
}
