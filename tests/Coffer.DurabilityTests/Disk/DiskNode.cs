namespace Coffer.DurabilityTests.Disk;

/// <summary>A file or a directory on a <see cref="DiskImage"/>.</summary>
internal abstract class DiskNode
{
    /// <summary>Starts a sync of what changed until now; call what comes back at its end, with true on success.</summary>
    public abstract Action<bool> BeginSync();
}

/// <summary>Decides which unsynced changes are on the disk after a cut.</summary>
internal sealed class Lots
{
    private readonly Random? _random;
    private readonly double _odds;
    private readonly Dictionary<int, bool> _drawn = [];

    public Lots(Unsynced unsynced)
    {
        if (unsynced.Seed is not { } seed) return;
        _random = new Random(seed);
        _odds = new[] { 0.1, 0.5, 0.9 }[_random.Next(3)]; // nearly nothing, half and nearly everything fail differently
    }

    public bool Draw() => _random?.NextDouble() < _odds;

    /// <summary>One lot for all changes that carry the same number.</summary>
    public bool Draw(int unit)
    {
        if (!_drawn.TryGetValue(unit, out bool kept)) _drawn[unit] = kept = Draw();
        return kept;
    }
}
