namespace Coffer.Devboxes;

/// <summary>Bounds of devboxes, and where they are.</summary>
public sealed record DevboxOptions
{
    /// <summary>Folder of all devboxes, which only the server can enter.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes on the disk that the files of one devbox may take.</summary>
    public long MaxBytes { get; init; } = 10L << 30;

    /// <summary>Files, directories and links that one devbox may have.</summary>
    public int MaxFiles { get; init; } = 1_000_000;

    /// <summary>Bytes on the disk that extracted archives, which devboxes share, may take together.</summary>
    public long SharedMaxBytes { get; init; } = 20L << 30;

    /// <summary>Users of the machine that devboxes get, one each, where the server is root; both ends included.</summary>
    public (int First, int Last) Uids { get; init; } = (1_700_000_000, 1_700_065_535);

    /// <summary>Room on the volume that is held back; null for the smaller of 256 MiB and 5 % of the volume.</summary>
    public long? MinFreeBytes { get; init; }

    /// <summary>How long a create call waits for its mounts before it answers that the devbox is being made.</summary>
    public TimeSpan CreatePatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often devboxes past their keep-alive time are looked for.</summary>
    public TimeSpan SweepPause { get; init; } = TimeSpan.FromSeconds(2);
}
