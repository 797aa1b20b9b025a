using System.Formats.Tar;

namespace Coffer.Cli.Transfers;

/// <summary>Tells files from the pipes, sockets and devices that may lie among them.</summary>
internal static class FileKind
{
    /// <summary>Whether it holds bytes of its own; nothing is opened that could wait for someone.</summary>
    /// <remarks>
    /// .NET has no call that says what a path is, and the system's own differs from one platform to the next. But the writer of
    /// archives asks before it opens anything, and what it finds stands in the head that it writes.
    /// </remarks>
    public static bool IsRegular(FileInfo file)
    {
        if (file.Length > 0 || OperatingSystem.IsWindows())
        {
            return true; // only a file has a length
        }

        try
        {
            using var archive = new MemoryStream();
            using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
            {
                writer.WriteEntry(file.FullName, "file");
            }

            archive.Position = 0;
            using var reader = new TarReader(archive);
            return reader.GetNextEntry()?.EntryType is TarEntryType.RegularFile;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            return true; // of a kind that is opened, which then says why it cannot be
        }
        catch (IOException)
        {
            return false; // a socket has no place in an archive
        }
    }
}
