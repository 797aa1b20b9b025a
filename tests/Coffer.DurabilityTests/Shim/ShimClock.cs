namespace Coffer.DurabilityTests.Shim;

/// <summary>Moves the wall clock of the process under test while it runs. Its monotonic clock goes on untouched.</summary>
internal sealed class ShimClock(ControlPage page)
{
    /// <summary>How far the process's wall clock is ahead of the real one; negative is behind. Whole milliseconds.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromMilliseconds(page.ClockOffsetMilliseconds);
        set => page.ClockOffsetMilliseconds = (long)value.TotalMilliseconds;
    }
}
