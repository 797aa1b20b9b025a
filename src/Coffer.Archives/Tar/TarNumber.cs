namespace Coffer.Archives.Tar;

/// <summary>Numbers in tar headers: octal digits, or since GNU tar base 256 when the first bit is set.</summary>
internal static class TarNumber
{
    /// <returns>False for what is no number, or is none of 64 bits.</returns>
    public static bool TryParse(ReadOnlySpan<byte> field, out long value) =>
        field[0] < 0x80 ? TryOctal(field, out value) : TryBinary(field, out value);

    /// <summary>Spaces may stand before and after the digits; the first NUL ends the field. An empty one is 0.</summary>
    private static bool TryOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        int end = field.IndexOf((byte)0);
        foreach (byte digit in (end < 0 ? field : field[..end]).Trim((byte)' '))
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>Two's complement, the second bit being the sign; the first only marks the form.</summary>
    private static bool TryBinary(ReadOnlySpan<byte> field, out long value)
    {
        bool isNegative = (field[0] & 0x40) != 0;
        long result = isNegative ? -1 : 0;
        for (int i = 0; i < field.Length; i++)
        {
            long digit = i > 0 ? field[i] : isNegative ? field[0] | 0x80 : field[0] & 0x7F;
            if (result != (result << 8) >> 8)
            {
                value = 0;
                return false;
            }

            result = (result << 8) | digit;
        }

        value = result;
        return result < 0 == isNegative;
    }
}
