using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Coffer.Http.Content;

/// <summary>What a Range header asks of content of a known size (RFC 9110 §14).</summary>
/// <param name="Kind">Whole also stands for headers that are not understood, and for several ranges: both may be ignored.</param>
public readonly record struct ByteRange(RangeKind Kind, long Offset, long Count)
{
    private const string Unit = "bytes=";

    public static ByteRange Whole(long sizeBytes) => new(RangeKind.Whole, 0, sizeBytes);

    /// <summary>Whether a Range header asks for bytes; other units are to be ignored (RFC 9110 §14.2).</summary>
    public static bool IsOfBytes([NotNullWhen(true)] string? header) => header?.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) is true;

    public static ByteRange Parse(string? header, long sizeBytes)
    {
        if (!IsOfBytes(header) || header.Contains(',', StringComparison.Ordinal))
        {
            return Whole(sizeBytes);
        }

        ReadOnlySpan<char> spec = header.AsSpan(Unit.Length).Trim();
        int dash = spec.IndexOf('-');
        if (dash < 0)
        {
            return Whole(sizeBytes);
        }

        ReadOnlySpan<char> first = spec[..dash];
        ReadOnlySpan<char> last = spec[(dash + 1)..];
        return first.IsEmpty ? Suffix(last, sizeBytes) : FromTo(first, last, sizeBytes);
    }

    private static ByteRange Suffix(ReadOnlySpan<char> length, long sizeBytes)
    {
        if (!TryNumber(length, out long count))
        {
            return Whole(sizeBytes);
        }

        count = Math.Min(count, sizeBytes);
        return count == 0 ? default(ByteRange) with { Kind = RangeKind.Unsatisfiable } : new(RangeKind.Part, sizeBytes - count, count);
    }

    private static ByteRange FromTo(ReadOnlySpan<char> first, ReadOnlySpan<char> last, long sizeBytes)
    {
        long end = long.MaxValue;
        if (!TryNumber(first, out long start) || (!last.IsEmpty && (!TryNumber(last, out end) || end < start)))
        {
            return Whole(sizeBytes);
        }

        return start >= sizeBytes
            ? default(ByteRange) with { Kind = RangeKind.Unsatisfiable }
            : new(RangeKind.Part, start, Math.Min(end, sizeBytes - 1) - start + 1);
    }

    /// <summary>Digits only; a number too large for 64 bits is as good as the largest.</summary>
    private static bool TryNumber(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            value = long.MaxValue;
        }

        return true;
    }
}

/// <summary>How much of the content a request wants.</summary>
public enum RangeKind
{
    Whole,
    Part,
    Unsatisfiable,
}
