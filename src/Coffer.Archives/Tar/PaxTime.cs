using System.Buffers.Text;

namespace Coffer.Archives.Tar;

/// <summary>Moments as extended headers have them: seconds since 1970, with any number of decimal places.</summary>
internal static class PaxTime
{
    private const long NsPerSecond = 1_000_000_000;
    private const long MostSeconds = long.MaxValue / NsPerSecond;

    /// <returns>Unix nanoseconds; the nearest that 64 bits hold. Null for what is no time.</returns>
    public static long? Parse(ReadOnlySpan<byte> text)
    {
        bool isNegative = text is [(byte)'-', ..];
        if (isNegative) text = text[1..];
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        if (whole.IsEmpty || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return null;
        if (!Utf8Parser.TryParse(whole, out long seconds, out int used) || used != whole.Length) seconds = MostSeconds;

        long fraction = 0;
        ReadOnlySpan<byte> places = point < 0 ? [] : text[(point + 1)..];
        if (places.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return null;
        for (int i = 0; i < 9; i++)
        {
            fraction = (fraction * 10) + (i < places.Length ? places[i] - '0' : 0);
        }

        long ns = Of(seconds) + (seconds < MostSeconds ? fraction : 0);
        return isNegative ? -ns : ns;
    }

    /// <summary>Unix nanoseconds of a moment in seconds; the nearest that 64 bits hold.</summary>
    public static long Of(long seconds) => Math.Clamp(seconds, -MostSeconds, MostSeconds) * NsPerSecond;
}
