using Coffer.Archives.Gzip;
using Coffer.Archives.Tar;

namespace Coffer.Archives;

/// <summary>Tells archives by how they begin.</summary>
public static class ArchiveProbe
{
    /// <summary>How many bytes of the beginning are enough.</summary>
    public const int Bytes = 64 << 10;

    /// <summary>What begins like this; null for no archive. That it begins like one does not make it one.</summary>
    /// <param name="start">The first <see cref="Bytes"/>, or all there are.</param>
    public static ArchiveKind? KindOf(ReadOnlySpan<byte> start)
    {
        if (start is not [0x1F, 0x8B, 8, ..]) return IsTar(start) ? ArchiveKind.Tar : null;
        try
        {
            using var packed = new MemoryStream(start.ToArray(), writable: false);
            using var unpacked = new GzipReader(packed, new ArchiveLimits());
            Span<byte> block = stackalloc byte[TarHeader.BlockSize];
            return IsTar(block[..unpacked.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)]) ? ArchiveKind.TarGzip : ArchiveKind.Gzip;
        }
        catch (ArchiveException)
        {
            return ArchiveKind.Gzip; // damaged, which whoever unpacks it will find
        }
    }

    /// <summary>A tar archive begins with a header, or when it is empty with zeros.</summary>
    private static bool IsTar(ReadOnlySpan<byte> start) => start.Length >= TarHeader.BlockSize
        && (new TarHeader(start[..TarHeader.BlockSize]).HasRightChecksum || start[..TarHeader.BlockSize].IndexOfAnyExcept((byte)0) < 0);
}
