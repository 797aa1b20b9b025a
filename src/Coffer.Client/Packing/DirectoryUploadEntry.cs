namespace Coffer.Client;

/// <summary>A file, directory or link on its way into the archive of a directory.</summary>
public sealed class DirectoryUploadEntry
{
    internal DirectoryUploadEntry(FileSystemInfo info, string path)
    {
        (Info, Path) = (info, path);
        IsDirectory = info is DirectoryInfo && info.LinkTarget is null;
        LinkTarget = info.LinkTarget;
        SizeBytes = info is FileInfo file && LinkTarget is null ? file.Length : 0;
        ModifiedAt = new DateTimeOffset(info.LastWriteTimeUtc);
        Mode = LinkTarget is not null ? (UnixFileMode)0b111_111_111
            : !OperatingSystem.IsWindows() ? info.UnixFileMode
            : (UnixFileMode)(IsDirectory ? 0b111_101_101 : 0b110_100_100);
    }

    /// <summary>Relative to the directory that is uploaded, with <c>/</c> between its parts.</summary>
    public string Path { get; }

    /// <summary>Whether this is a directory; false for a link to one.</summary>
    public bool IsDirectory { get; }

    /// <summary>Where a symbolic link leads, as it is written in the link; null for everything else.</summary>
    public string? LinkTarget { get; }

    /// <summary>The size in bytes; 0 for directories and links.</summary>
    public long SizeBytes { get; }

    /// <summary>The mode that the archive gives the entry.</summary>
    public UnixFileMode Mode { get; set; }

    /// <summary>The time of the last change that the archive gives the entry, cut to whole seconds; not before 1970.</summary>
    public DateTimeOffset ModifiedAt { get; set; }

    internal FileSystemInfo Info { get; }
}
