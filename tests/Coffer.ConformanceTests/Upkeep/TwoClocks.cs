namespace Coffer.ConformanceTests.Upkeep;

/// <summary>A wall clock and a monotonic clock that stand still until they are moved, together or apart.</summary>
internal sealed class TwoClocks : TimeProvider
{
    private DateTimeOffset _wall = DateTimeOffset.UtcNow;
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _ticks;

    public void Pass(TimeSpan time)
    {
        _ticks += time.Ticks;
        _wall += time;
    }

    /// <summary>Somebody set the wall clock.</summary>
    public void SetWall(TimeSpan by) => _wall += by;
}
