using Coffer.Archives.Gzip;
using Coffer.Archives.Tar;
using Coffer.LocalFiles;

namespace Coffer.Archives;

/// <summary>What was extracted.</summary>
/// <param name="Entries">Entries that were made; those skipped are not counted.</param>
/// <param name="Bytes">Bytes of all files, holes included.</param>
public readonly record struct ExtractionReport(int Entries, long Bytes);

/// <summary>Unpacks an archive into a directory, and writes nowhere else whatever the archive says. Linux only.</summary>
/// <remarks>
/// Nothing is written through a link. Links are made when their target stays inside. Devices, FIFOs and sockets are skipped, the bits
/// for setuid, setgid and sticky are dropped. Of several entries of one name the last one counts. What a refused archive wrote before
/// stays: the caller removes the directory.
/// </remarks>
public static class Extraction
{
    /// <summary>What the only file of a <see cref="ArchiveKind.Gzip"/> archive is called by <see cref="Run"/>.</summary>
    public const string OnlyFile = "content";

    /// <summary>Unpacks a whole archive. Blocks until it is done: give it a thread of its own.</summary>
    /// <param name="archive">Read from front to back on another thread, until this returns; not disposed.</param>
    /// <param name="owner">User and group id of all that is made; null for the server's own.</param>
    /// <exception cref="ArchiveException">The archive is refused.</exception>
    /// <exception cref="RootedPathException">The system refuses something that the archive is not to blame for, such as NoSpace.</exception>
    /// <exception cref="IOException">Writing failed, ENOSPC in its HResult when the volume is full.</exception>
    public static ExtractionReport Run(
        Stream archive, ArchiveKind kind, RootedDirectory into, ArchiveLimits limits, int? owner, CancellationToken cancellationToken)
    {
        if (kind is ArchiveKind.Gzip)
        {
            return RunFile(archive, into, OnlyFile, limits, owner, cancellationToken);
        }

        using var unpacked = new ReadAhead(kind is ArchiveKind.TarGzip ? new GzipReader(archive, limits) : archive, cancellationToken);
        using var tree = new ExtractedTree(into, limits, owner);
        return new TarExtraction(new TarReader(unpacked, limits), tree, limits, cancellationToken).Run();
    }

    /// <summary>Unpacks a <see cref="ArchiveKind.Gzip"/> archive to a file, which replaces what has its name.</summary>
    /// <param name="path">Its directory exists.</param>
    /// <exception cref="ArchiveException">The archive is refused.</exception>
    /// <exception cref="RootedPathException">As <see cref="Run"/>.</exception>
    /// <exception cref="IOException">As <see cref="Run"/>.</exception>
    public static ExtractionReport RunFile(
        Stream archive, RootedDirectory into, string path, ArchiveLimits limits, int? owner, CancellationToken cancellationToken)
    {
        const UnixFileMode mode = (UnixFileMode)0b110_100_100;
        using var unpacked = new ReadAhead(new GzipReader(archive, limits), cancellationToken);
        using var tree = new ExtractedTree(into, limits, owner);
        using ExtractedFile file = tree.MakeFile(path, mode);
        byte[] buffer = new byte[ExtractedFile.BufferBytes];
        long size = 0;
        while (unpacked.Read(buffer) is var read && read > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (read > limits.FileBytes - size || read > limits.TotalBytes - size)
            {
                throw new ArchiveException(
                    ArchiveFault.TooLarge, $"the file has more than the {Math.Min(limits.FileBytes, limits.TotalBytes)} bytes that are allowed");
            }

            file.Write(buffer.AsSpan(0, read), size);
            size += read;
        }

        return new ExtractionReport(1, size);
    }
}
