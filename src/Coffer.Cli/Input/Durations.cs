using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Coffer.Cli.Input;

/// <summary>Lengths of time as people write them: <c>30s</c>, <c>15m</c>, <c>12h</c>, <c>30d</c>, <c>1.5h</c>.</summary>
internal static class Durations
{
    /// <summary>Reads a number, not negative, with one of the units s, m, h, d; a bare number says too little.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        long ticks = trimmed.Length < 2 ? 0 : char.ToLowerInvariant(trimmed[^1]) switch
        {
            's' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMinute,
            'h' => TimeSpan.TicksPerHour,
            'd' => TimeSpan.TicksPerDay,
            _ => 0,
        };

        if (ticks == 0 || trimmed.Length > 12
            || !decimal.TryParse(trimmed[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number * ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(number * ticks));
        return true;
    }

    /// <param name="refuse">What is wrong with a duration, given as it was typed; null when nothing is.</param>
    public static Option<TimeSpan?> Option(
        string name, string description, string example, Func<TimeSpan, string, string?>? refuse = null) => new(name)
    {
        Description = description,
        HelpName = example,
        CustomParser = result => Parse(result, name, refuse),
    };

    private static TimeSpan? Parse(ArgumentResult result, string name, Func<TimeSpan, string, string?>? refuse)
    {
        string text = result.Tokens[0].Value;
        if (!TryParse(text, out TimeSpan duration))
        {
            result.AddError($"{name} '{text}' is no duration; write for example 30s, 15m, 12h or 30d");
            return null;
        }

        if (refuse?.Invoke(duration, text) is { } refusal)
        {
            result.AddError(refusal);
            return null;
        }

        return duration;
    }
}
