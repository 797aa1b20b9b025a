namespace Coffer;

/// <summary>Moments as Unix milliseconds. What a clock once said may lie where no date is, and is shown as the nearest one.</summary>
public static class UnixTime
{
    private static readonly long FirstMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();

    /// <summary>End of the year 9999.</summary>
    public static long LastMs { get; } = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static DateTimeOffset MomentOf(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMs, FirstMs, LastMs));
}
