using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>Keys as the database compares them: as UTF-8 bytes, and folded, with the capital letters of ASCII in lower case.</summary>
internal static class KeyBytes
{
    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Folded(ReadOnlySpan<byte> key)
    {
        var folded = new byte[key.Length];
        Ascii.ToLower(key, folded, out int written);
        for (; written < key.Length; written++) // ToLower stops at bytes that are not ASCII
        {
            folded[written] = key[written] is >= (byte)'A' and <= (byte)'Z' ? (byte)(key[written] | 0x20) : key[written];
        }

        return folded;
    }

    public static bool StartsWithFolded(ReadOnlySpan<byte> key, ReadOnlySpan<byte> folded)
    {
        if (key.Length < folded.Length)
        {
            return false;
        }

        for (int i = 0; i < folded.Length; i++)
        {
            if (key[i] != folded[i] && (key[i] is not (>= (byte)'A' and <= (byte)'Z') || (key[i] | 0x20) != folded[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a key differs from a folded one in letter case only.</summary>
    public static bool AreSpellings(ReadOnlySpan<byte> key, ReadOnlySpan<byte> folded) =>
        key.Length == folded.Length && StartsWithFolded(key, folded);

    /// <summary>The least bytes above all that begin with these. They need not be UTF-8: they are only compared with.</summary>
    /// <returns>Null when nothing is above.</returns>
    public static byte[]? Successor(ReadOnlySpan<byte> prefix)
    {
        if (prefix.IsEmpty)
        {
            return null;
        }

        byte[] next = prefix.ToArray();
        next[^1]++; // no byte of UTF-8 is the highest
        return next;
    }

    /// <summary>As <see cref="Successor"/>, among folded keys, where what follows <c>@</c> is not <c>A</c>.</summary>
    public static byte[]? FoldedSuccessor(ReadOnlySpan<byte> prefix)
    {
        byte[]? next = Successor(prefix);
        if (next is [.., (byte)'A'])
        {
            next[^1] = (byte)'Z' + 1;
        }

        return next;
    }

    /// <summary>The least bytes above these.</summary>
    public static byte[] After(ReadOnlySpan<byte> key) => [.. key, 0];

    /// <summary>Compares where null is above everything.</summary>
    public static int CompareEnds(byte[]? left, byte[]? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => left.AsSpan().SequenceCompareTo(right),
    };
}
