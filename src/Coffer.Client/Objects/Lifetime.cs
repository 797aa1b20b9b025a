namespace Coffer.Client;

/// <summary>Durations as the wire counts them.</summary>
internal static class Lifetime
{
    public static TimeSpan? NotNegative(TimeSpan? value)
    {
        if (value is { } duration)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero, nameof(value));
        }

        return value;
    }

    public static long? Milliseconds(TimeSpan? value) => RoundedUp(value, TimeSpan.TicksPerMillisecond);

    public static long? Seconds(TimeSpan? value) => RoundedUp(NotNegative(value), TimeSpan.TicksPerSecond);

    // Up, because 0 means "without end" for a lifetime and "an hour" for a link.
    private static long? RoundedUp(TimeSpan? value, long unit) =>
        value is { } duration ? (duration.Ticks / unit) + (duration.Ticks % unit > 0 ? 1 : 0) : null;
}
