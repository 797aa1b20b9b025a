namespace Coffer.Archives;

/// <summary>What an archive may take at most. Whatever an archive claims, reading it stops at the first limit that it passes.</summary>
public sealed record ArchiveLimits
{
    /// <summary>Bytes of all files together, holes included.</summary>
    public long TotalBytes { get; init; } = 64L << 30;

    /// <summary>Bytes of one file, holes included.</summary>
    public long FileBytes { get; init; } = 64L << 30;

    /// <summary>Entries, those counted that are skipped.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>How many bytes may come out of one compressed byte, once <see cref="UnratedBytes"/> have come.</summary>
    public int ExpansionRatio { get; init; } = 250;

    /// <summary>Bytes that may come out at any ratio: small archives of repetitive files are common and harmless.</summary>
    public long UnratedBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of one part of a path; Linux has names of 255.</summary>
    public int NameBytes { get; init; } = 255;

    /// <summary>Parts of a path. Deeper trees are made by accident or to harm: each name below costs all those above.</summary>
    public int Depth { get; init; } = 200;

    /// <summary>Bytes of a path or of a link's target; Linux has paths of 4095.</summary>
    public int PathBytes { get; init; } = 4095;
}
