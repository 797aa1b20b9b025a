namespace Coffer.DurabilityTests.Shim;

/// <summary>What the shim counts and can make fail. The bits are those of <c>enum operation</c> in powercut.c.</summary>
[Flags]
internal enum DiskOperations
{
    None = 0,

    /// <summary>write, pwrite, writev, pwritev.</summary>
    Write = 1 << 0,

    /// <summary>ftruncate, fallocate, opening with O_TRUNC.</summary>
    Resize = 1 << 1,

    /// <summary>fsync and fdatasync of files and directories, syncfs, sync.</summary>
    Sync = 1 << 2,

    /// <summary>rename and link.</summary>
    Rename = 1 << 3,

    /// <summary>Opening a file that was not there, mkdir.</summary>
    Create = 1 << 4,

    /// <summary>unlink, rmdir.</summary>
    Remove = 1 << 5,
}

/// <summary>Linux error numbers that a disk gives.</summary>
internal enum DiskError
{
    None = 0,
    InputOutput = 5,
    NoSpace = 28,
    ReadOnly = 30,
    Quota = 122,
}

/// <summary>Syncs that report success and make nothing durable. The bits are those of <c>enum lie</c> in powercut.c.</summary>
[Flags]
internal enum LyingSyncs
{
    None = 0,
    Directories = 1 << 0,

    /// <summary>Write-ahead logs: files named <c>…-wal</c>.</summary>
    Logs = 1 << 1,

    /// <summary>All other files.</summary>
    Files = 1 << 2,
}

/// <summary>
/// The <paramref name="At"/>-th matching operation (counted from 1 when the plan is set) fails without effect. A failed
/// sync of a file loses what it should have covered, as on Linux: later syncs succeed and do not bring it to the disk.
/// </summary>
internal sealed record FaultPlan(DiskOperations Of, long At, DiskError Error)
{
    /// <summary>All later matching operations fail too, until <see cref="ShimmedDisk.Heal"/>.</summary>
    public bool Onwards { get; init; }

    /// <summary>The first failing write stores half of its bytes and says so; the next one gets the error.</summary>
    public bool HalfWritten { get; init; }

    /// <summary>Only paths that contain this; at most 127 bytes. For a rename it is the new path.</summary>
    public string PathContains { get; init; } = "";

    /// <summary>The last matching operation that fails.</summary>
    internal long Last => Onwards ? long.MaxValue : HalfWritten ? At + 1 : At;
}
