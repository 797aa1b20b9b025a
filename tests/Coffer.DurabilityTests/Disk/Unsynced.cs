namespace Coffer.DurabilityTests.Disk;

/// <summary>What a power cut does to changes that no sync covered.</summary>
internal readonly record struct Unsynced
{
    private Unsynced(int? seed) => Seed = seed;

    /// <summary>None of them reached the disk.</summary>
    public static Unsynced Dropped => default;

    internal int? Seed { get; }

    /// <summary>
    /// Some of them did, in any order: each 4 KiB page of a write, each change of a size and each change of a name (a
    /// rename within one directory is one) by its own lot. The same seed draws the same lots.
    /// </summary>
    public static Unsynced Sampled(int seed) => new(seed);

    public override string ToString() => Seed is { } seed ? $"sampled with seed {seed}" : "dropped";
}
