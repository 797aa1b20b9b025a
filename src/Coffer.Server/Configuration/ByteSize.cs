using System.Globalization;

namespace Coffer.Server.Configuration;

/// <summary>Sizes as people write them: plain bytes, or a number with a unit such as <c>64KiB</c> or <c>1.5GB</c>.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, decimal Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("B", 1),
    ];

    /// <summary>Reads a size of zero or more; letter case and spaces before the unit do not matter.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        decimal factor = 1;
        foreach (var unit in Units)
        {
            if (number.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^unit.Suffix.Length].TrimEnd();
                factor = unit.Factor;
                break;
            }
        }

        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value > long.MaxValue / factor
            || value * factor != decimal.Truncate(value * factor))
        {
            return false;
        }

        bytes = (long)(value * factor);
        return true;
    }
}
