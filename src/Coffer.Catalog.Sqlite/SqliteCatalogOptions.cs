namespace Coffer.Catalog.Sqlite;

/// <summary>Settings of the embedded catalog.</summary>
public sealed class SqliteCatalogOptions
{
    public const int DefaultInlineMaxBytes = 48 * 1024;

    /// <summary>The database file; <c>-wal</c> and <c>-shm</c> lie beside it. Its folder must exist and have one owner.</summary>
    public required string Path { get; init; }

    /// <summary>A file that takes up room until deletes need it, on the same volume; null for none.</summary>
    public string? BallastPath { get; init; }

    /// <summary>Largest content in bytes that is kept in the catalog; 48 KiB by default, 512 KiB at most, 0 for none but empty ones.</summary>
    public int InlineMaxBytes { get; init; } = DefaultInlineMaxBytes;

    /// <summary>Room in bytes that inline contents leave free; null for the smaller of 256 MiB and 5 % of the volume.</summary>
    public long? MinFreeBytes { get; init; }

    /// <summary>How long a write waits for a place in the queue before it is refused as Busy.</summary>
    public TimeSpan BusyAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a filtered list may look for matches.</summary>
    public TimeSpan SearchTime { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How many filtered lists look for matches at once; further ones wait.</summary>
    public int SearchLanes { get; init; } = Math.Max(2, Environment.ProcessorCount / 2);

    /// <summary>How long a filtered list waits for others before it is refused as Busy.</summary>
    public TimeSpan SearchBusyAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a list of a bucket may read. An offset of 500,000 is counted in a fraction of a second when the index is in memory, and in some
    /// seconds when it has to come from a disk.
    /// </summary>
    public TimeSpan ListTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long such a list waits for others before it is refused as Busy. As many run at once as searches do.</summary>
    public TimeSpan ListBusyAfter { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Entries of a long folder that are counted together, so that an offset behind them need not count them again.</summary>
    internal int FolderStretchEntries { get; init; } = 2048;

    /// <summary>Memory in bytes for what is remembered of long folders.</summary>
    internal long FolderPositionsBytes { get; init; } = 8L << 20;

    /// <summary>How long a write-ahead log may hold bytes that were deleted. Less than ten minutes minus the time of a checkpoint.</summary>
    public TimeSpan ScrubLogAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the writer is idle before it copies the write-ahead log into the database.</summary>
    public TimeSpan IdleCheckpointAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pages of 4 KiB in the write-ahead log after which the writer copies them into the database.</summary>
    public int CheckpointPages { get; init; } = 1000;

    /// <summary>Size in bytes of the write-ahead log at which new reads wait until it could be reset.</summary>
    public long MaxLogBytes { get; init; } = 64L << 20;

    /// <summary>Memory in bytes for opened objects, so that the next download of one reads nothing; 0 for none.</summary>
    public long OpenedObjectsBytes { get; init; } = 32L << 20;

    /// <summary>How many connections read at once; further reads wait. Searches have others.</summary>
    public int Readers { get; init; } = Math.Clamp(2 * Environment.ProcessorCount, 4, 32);
}
