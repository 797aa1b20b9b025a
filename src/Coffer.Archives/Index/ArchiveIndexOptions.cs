namespace Coffer.Archives.Index;

/// <summary>Where the indexes of archives are kept, and how much of everything.</summary>
public sealed class ArchiveIndexOptions
{
    /// <summary>Made when it is absent.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of all indexes together. The one that was just made is kept whatever its size.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Reserve of the volume that stays free, in bytes; null for the server's default.</summary>
    public long? MinFreeBytes { get; init; }

    /// <summary>Archives beyond these are refused.</summary>
    public ArchiveLimits Limits { get; init; } = new() { Entries = 500_000, TotalBytes = 256L << 30, FileBytes = 256L << 30 };
}
