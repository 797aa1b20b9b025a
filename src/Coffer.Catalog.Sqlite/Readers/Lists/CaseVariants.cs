namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The texts that differ from one only in the letter case of ASCII, in the order of their bytes. None of them is listed: there are too many.</summary>
/// <param name="folded">The one in lower case, which is the last.</param>
internal sealed class CaseVariants(byte[] folded)
{
    public byte[] Folded => folded;

    /// <summary>All in capitals.</summary>
    public byte[] First => Complete(folded, 0, capital: true);

    public bool IsBeginningOf(ReadOnlySpan<byte> key) => KeyBytes.StartsWithFolded(key, folded);

    /// <summary>The first one that is at or above a key.</summary>
    public byte[]? AtOrAbove(ReadOnlySpan<byte> key)
    {
        int matching = Matching(key);
        if (matching == folded.Length && key.Length == folded.Length)
        {
            return key.ToArray();
        }

        if (matching == key.Length && matching < folded.Length)
        {
            return Complete(key, matching, capital: true);
        }

        if (matching < folded.Length)
        {
            byte lower = folded[matching];
            byte capital = Capital(lower);
            if (capital > key[matching])
            {
                return Complete(key, matching, capital: true);
            }

            if (lower > key[matching])
            {
                return Turn(key, matching, lower, capital: true);
            }
        }

        for (int i = matching - 1; i >= 0; i--)
        {
            if (key[i] != folded[i]) // a capital, for which the small letter can stand
            {
                return Turn(key, i, folded[i], capital: true);
            }
        }

        return null;
    }

    /// <summary>The last one that is below a key and is not its beginning.</summary>
    public byte[]? Below(ReadOnlySpan<byte> key)
    {
        int matching = Matching(key);
        if (matching < folded.Length && matching < key.Length)
        {
            byte lower = folded[matching];
            if (lower < key[matching])
            {
                return Complete(key, matching, capital: false);
            }

            if (Capital(lower) < key[matching])
            {
                return Turn(key, matching, Capital(lower), capital: false);
            }
        }

        for (int i = matching - 1; i >= 0; i--)
        {
            byte capital = Capital(folded[i]);
            if (key[i] != capital)
            {
                return Turn(key, i, capital, capital: false);
            }
        }

        return null;
    }

    private static byte Capital(byte letter) => letter is >= (byte)'a' and <= (byte)'z' ? (byte)(letter & ~0x20) : letter;

    /// <summary>How many bytes of a key could begin one of them.</summary>
    private int Matching(ReadOnlySpan<byte> key)
    {
        int length = Math.Min(key.Length, folded.Length);
        int at = 0;
        while (at < length && (key[at] == folded[at] || key[at] == Capital(folded[at])))
        {
            at++;
        }

        return at;
    }

    private byte[] Turn(ReadOnlySpan<byte> beginning, int at, byte letter, bool capital)
    {
        byte[] variant = Complete(beginning, at, capital);
        variant[at] = letter;
        return variant;
    }

    /// <summary>The first or last one that begins as a text does.</summary>
    private byte[] Complete(ReadOnlySpan<byte> beginning, int kept, bool capital)
    {
        var variant = new byte[folded.Length];
        beginning[..kept].CopyTo(variant);
        for (int i = kept; i < variant.Length; i++)
        {
            variant[i] = capital ? Capital(folded[i]) : folded[i];
        }

        return variant;
    }
}
