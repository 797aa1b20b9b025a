namespace Coffer.Catalog.Sqlite.Binding;

/// <summary>A call into SQLite failed.</summary>
/// <param name="code">The extended result code.</param>
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite {code}: {message}")
{
    public int Code { get; } = code;

    /// <summary>The primary result code, without its details.</summary>
    public int Primary => Code & 0xFF;

    /// <summary>Whether there was no room: in the files, or for the shared memory that is made beside them when the first connection opens.</summary>
    public bool IsFull => Primary == NativeSqlite.Full || Code == IoErrorSharedMemorySize;

    /// <summary>Whether a COMMIT that failed so may still be found done after a restart.</summary>
    /// <remarks>
    /// The log's last page is written and synced before the shared memory grows for it: without room for that the commit is on the
    /// disk. A log without room for the page itself, and a lock that is held, are known before.
    /// </remarks>
    public bool LeavesCommitOpen => Primary != NativeSqlite.Full && !IsBusy;

    public bool IsBusy => Primary == NativeSqlite.Busy;

    /// <summary>Whether stored bytes cannot be read, or are not what was stored.</summary>
    public bool IsDamage => Primary is NativeSqlite.Corrupt or NativeSqlite.NotADatabase || Code is IoErrorRead or IoErrorShortRead;

    private const int IoErrorRead = NativeSqlite.IoError | (1 << 8);
    private const int IoErrorShortRead = NativeSqlite.IoError | (2 << 8);
    private const int IoErrorSharedMemorySize = NativeSqlite.IoError | (19 << 8);
}
