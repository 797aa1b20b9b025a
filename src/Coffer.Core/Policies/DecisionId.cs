using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coffer.Policies;

/// <summary>Names one refusal, unguessably: <c>dec_</c> and 26 characters of Crockford's base32 for 128 random bits.</summary>
public static class DecisionId
{
    private const string Prefix = "dec_";
    private const int Digits = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static UInt128 New()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return BinaryPrimitives.ReadUInt128BigEndian(random);
    }

    public static string TextOf(UInt128 id) => string.Create(Prefix.Length + Digits, id, static (text, value) =>
    {
        Prefix.CopyTo(text);
        for (int i = text.Length - 1; i >= Prefix.Length; i--)
        {
            text[i] = Alphabet[(int)(uint)(value & 31)];
            value >>= 5;
        }
    });

    public static bool TryParse(string? text, out UInt128 id)
    {
        id = default;
        if (text is null || text.Length != Prefix.Length + Digits || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach ((int place, char character) in text[Prefix.Length..].ToLowerInvariant().Index())
        {
            int digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0 || (place == 0 && digit > 7)) // 26 digits hold 130 bits
            {
                return false;
            }

            id = (id << 5) | (uint)digit;
        }

        return true;
    }
}
