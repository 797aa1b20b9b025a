using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coffer;

/// <summary>Ids of 128 bits. Text form: a prefix, then 26 characters of Crockford's base32 in lower case.</summary>
internal static class Bits128
{
    private const int Digits = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private static readonly sbyte[] Values = MakeValues();

    /// <summary>Bits that nobody can guess.</summary>
    public static UInt128 Random()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return BinaryPrimitives.ReadUInt128BigEndian(random);
    }

    public static string TextOf(string prefix, UInt128 value) => string.Create(
        prefix.Length + Digits, (prefix, value), static (text, id) =>
        {
            id.prefix.CopyTo(text);
            UInt128 left = id.value;
            for (int i = text.Length - 1; i >= id.prefix.Length; i--)
            {
                text[i] = Alphabet[(int)(uint)(left & 31)];
                left >>= 5;
            }
        });

    /// <summary>Reads the text form, prefix included; upper case is accepted.</summary>
    public static bool TryParse(string prefix, ReadOnlySpan<char> text, out UInt128 value)
    {
        value = default;
        if (text.Length != prefix.Length + Digits || !text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        UInt128 read = 0;
        ReadOnlySpan<char> digits = text[prefix.Length..];
        for (int i = 0; i < Digits; i++)
        {
            int digit = digits[i] < 128 ? Values[digits[i]] : -1;
            if (digit < 0 || (i == 0 && digit > 7)) // 26 digits hold 130 bits: the first one has room for three
            {
                return false;
            }

            read = (read << 5) | (uint)digit;
        }

        value = read;
        return true;
    }

    private static sbyte[] MakeValues()
    {
        var values = new sbyte[128];
        Array.Fill(values, (sbyte)-1);
        for (int i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
            values[char.ToUpperInvariant(Alphabet[i])] = (sbyte)i;
        }

        return values;
    }
}
