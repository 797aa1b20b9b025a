using System.Globalization;

namespace Coffer.Http;

/// <summary>Whole numbers as callers write them, of any length: limits and caps hold beyond 64 bits too.</summary>
public static class WholeNumber
{
    /// <returns>False when the text is no whole number. One that 64 bits cannot hold gives the nearest that they can.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        bool isSigned = text is ['-' or '+', ..];
        ReadOnlySpan<char> digits = isSigned ? text[1..] : text;
        value = text is ['-', ..] ? long.MinValue : long.MaxValue;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
