using Coffer.Archives.Tar;

namespace Coffer.Archives.Index;

/// <summary>An entry of an archive as extraction would leave it.</summary>
public sealed record IndexedEntry
{
    /// <summary>Parts joined by <c>/</c>, without <c>.</c> and a slash at the end.</summary>
    public required string Path { get; init; }

    /// <summary>Never <see cref="ArchiveEntryKind.Special"/>: those are skipped.</summary>
    public required ArchiveEntryKind Kind { get; init; }

    /// <summary>Size in bytes; of a hard link that of its file.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The permissions that extraction gives it.</summary>
    public required UnixFileMode Mode { get; init; }

    /// <summary>In Unix nanoseconds.</summary>
    public required long ModifiedAtNs { get; init; }

    /// <summary>Of a symbolic link as it is written there, of a hard link the path of its file; null for others.</summary>
    public string? Target { get; init; }

    internal long ContentOffset { get; init; }

    internal long StoredBytes { get; init; }

    internal SparseMap? Sparse { get; init; }
}
