using System.Text.Json;

namespace Coffer.Http;

/// <summary>Moments in JSON answers: UTC, always to the millisecond, such as <c>2026-11-20T10:00:12.120Z</c>.</summary>
public static class JsonTime
{
    private const int RoundTripLength = 28;
    private const int Length = 23; // of the round-trip form, whose seven digits the writer would print without trailing zeros

    public static void WriteTime(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long unixMs)
    {
        Span<byte> text = stackalloc byte[RoundTripLength];
        json.WriteString(name, Format(unixMs, text));
    }

    /// <summary>As the other; for lists, which write thousands of them.</summary>
    public static void WriteTime(this Utf8JsonWriter json, JsonEncodedText name, long unixMs)
    {
        Span<byte> quoted = stackalloc byte[RoundTripLength + 2];
        int length = Format(unixMs, quoted[1..]).Length;
        quoted[0] = quoted[length + 1] = (byte)'"';
        json.WritePropertyName(name);
        json.WriteRawValue(quoted[..(length + 2)], skipInputValidation: true); // nothing in it is to be escaped
    }

    private static ReadOnlySpan<byte> Format(long unixMs, Span<byte> text)
    {
        UnixTime.MomentOf(unixMs).UtcDateTime.TryFormat(text, out _, "O", provider: null);
        text[Length] = (byte)'Z';
        return text[..(Length + 1)];
    }
}
