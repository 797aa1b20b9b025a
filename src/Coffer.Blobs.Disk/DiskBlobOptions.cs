namespace Coffer.Blobs.Disk;

/// <summary>Where a <see cref="DiskBlobStore"/> keeps its files, and how much it may take.</summary>
public sealed class DiskBlobOptions
{
    /// <summary>Folder of the finished blobs; made when absent.</summary>
    public required string BlobsDirectory { get; init; }

    /// <summary>Folder of what is being written, on the same file system; made when absent. Nobody else may write to it.</summary>
    public required string StagingDirectory { get; init; }

    /// <summary>Reserve in bytes below which writes are refused; null for the smaller of 256 MiB and 5 % of the volume.</summary>
    public long? MinFreeBytes { get; init; }

    /// <summary>How many files stay open between reads; 8192 by default, half of what the process may open at most.</summary>
    public int CachedHandles { get; init; } = 8192;
}
