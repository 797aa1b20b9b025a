namespace Coffer.ConformanceTests.Catalog;

/// <summary>A wall clock that runs on and can be moved.</summary>
public sealed class ManualClock : TimeProvider
{
    private long _offsetTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public void Move(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);
}
