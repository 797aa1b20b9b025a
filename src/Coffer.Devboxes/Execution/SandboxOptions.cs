namespace Coffer.Devboxes.Execution;

/// <summary>Bounds of what commands in devboxes may use.</summary>
public sealed record SandboxOptions
{
    /// <summary>Folder of all devboxes; the trial at start makes one of its own below it.</summary>
    public required string Folder { get; init; }

    /// <summary>A host uid of this range runs the trial at start. Devboxes get theirs from the same range.</summary>
    public int FirstUid { get; init; } = 1_700_000_000;

    /// <summary>A command that runs longer is ended.</summary>
    public TimeSpan CommandTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Memory of all commands of one devbox together, in bytes.</summary>
    public long MemoryBytes { get; init; } = 2L << 30;

    /// <summary>Processes and threads of all commands of one devbox together.</summary>
    public int Processes { get; init; } = 512;

    /// <summary>Bytes on the disk of one devbox, mounts among them; looked at from time to time while commands run.</summary>
    public long MaxBytes { get; init; } = 16L << 30;

    /// <summary>Files, directories and links of one devbox; looked at from time to time while commands run.</summary>
    public long MaxFiles { get; init; } = 1_000_000;

    /// <summary>Largest file that a command can write, in bytes.</summary>
    public long MaxFileBytes { get; init; } = 4L << 30;

    /// <summary>The reserve of the volume: when less is left, all commands are ended. 0 for none, null for the usual one.</summary>
    public long? MinFreeBytes { get; init; } = 0;

    /// <summary>Descriptors of one process.</summary>
    public int OpenFiles { get; init; } = 1024;

    /// <summary>Room of <c>/dev/shm</c>, which is memory, in bytes.</summary>
    public long SharedMemoryBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Address space of one process. Runtimes reserve far more than they use (a WebAssembly memory alone takes 10 GiB), so this is a
    /// bound for mappings; what is really used is bounded by <see cref="MemoryBytes"/>.
    /// </summary>
    public long AddressSpaceBytes => MemoryBytes * 16;
}
