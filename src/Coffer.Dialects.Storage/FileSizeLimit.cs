using System.Globalization;

namespace Coffer.Dialects.Storage;

/// <summary>The <c>file_size_limit</c> of a bucket: bytes, or a text such as <c>50MB</c>, in decimal units.</summary>
internal static class FileSizeLimit
{
    private static readonly (string Unit, double Bytes)[] Units = [("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("b", 1)];

    /// <exception cref="StorageRefusal">It is neither.</exception>
    public static long Parse(string text)
    {
        if (StorageBody.Whole(text) is { } bytes)
        {
            return bytes >= 0 ? bytes : throw Invalid();
        }

        foreach ((string unit, double factor) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                ReadOnlySpan<char> number = text.AsSpan(0, text.Length - unit.Length);
                return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                    && value * factor < long.MaxValue
                    ? (long)Math.Round(ThreeDigits(value) * factor)
                    : throw Invalid();
            }
        }

        throw Invalid();
    }

    /// <summary>As the published server rounds what has a unit.</summary>
    private static double ThreeDigits(double value) => double.Parse(value.ToString("E2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static StorageRefusal Invalid() =>
        new(StorageErrors.InvalidRequest, "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B");
}
