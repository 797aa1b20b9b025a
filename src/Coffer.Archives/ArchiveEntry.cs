using Coffer.Archives.Tar;

namespace Coffer.Archives;

/// <summary>What an entry of an archive is.</summary>
public enum ArchiveEntryKind
{
    File,
    Directory,
    SymbolicLink,

    /// <summary>A second name of a file that came before it in the archive.</summary>
    HardLink,

    /// <summary>A device, a FIFO or anything else that is skipped.</summary>
    Special,
}

/// <summary>One entry as its archive has it. <see cref="EntryPath"/> says whether the name can be used.</summary>
public sealed record ArchiveEntry
{
    /// <summary>As the archive has it. Bytes that are not UTF-8 are read as Latin-1, so that every name has a text.</summary>
    public required string Name { get; init; }

    public required ArchiveEntryKind Kind { get; init; }

    /// <summary>Size in bytes of the content, holes included; 0 for what is no file.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Permission bits as the archive has them, those for setuid, setgid and sticky included.</summary>
    public UnixFileMode Mode { get; init; }

    /// <summary>When the content was last changed, in Unix nanoseconds.</summary>
    public long ModifiedAtNs { get; init; }

    /// <summary>Where a link leads: for a symbolic link as it is written there, for a hard link the name of another entry.</summary>
    public string? Target { get; init; }

    /// <summary>Where the stored bytes of the content begin, in bytes of the unpacked archive.</summary>
    internal long ContentOffset { get; init; }

    /// <summary>How many bytes are stored: fewer than <see cref="SizeBytes"/> when there are holes.</summary>
    internal long StoredBytes { get; init; }

    /// <summary>Which stretches of the content are stored; null when all of it is.</summary>
    internal SparseMap? Sparse { get; init; }
}
