namespace Coffer.Archives.Gzip;

/// <summary>What the symbols of deflate mean (RFC 1951 §3.2.5), as entries of a <see cref="HuffmanTable"/>.</summary>
internal static class DeflateCodes
{
    public const int LiteralSymbols = 288;
    public const int DistanceSymbols = 32;
    public const int LongestMatch = 258;

    /// <summary>Literals, the end of a block, and lengths.</summary>
    public static readonly uint[] Literals = MakeLiterals();

    public static readonly uint[] Distances = MakeDistances();

    /// <summary>The code of the code lengths: each symbol means itself.</summary>
    public static readonly uint[] Lengths = [.. Enumerable.Range(0, 19).Select(symbol => (uint)symbol << 16)];

    /// <summary>In which order the lengths of that code are sent.</summary>
    public static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>The code lengths of blocks that send none.</summary>
    public static byte[] FixedLiterals() =>
    [
        .. Enumerable.Repeat((byte)8, 144), .. Enumerable.Repeat((byte)9, 112), .. Enumerable.Repeat((byte)7, 24), .. Enumerable.Repeat((byte)8, 8),
    ];

    public static byte[] FixedDistances() => [.. Enumerable.Repeat((byte)5, DistanceSymbols)];

    private static uint[] MakeLiterals()
    {
        uint[] meanings = new uint[LiteralSymbols];
        for (uint symbol = 0; symbol < 256; symbol++) meanings[symbol] = HuffmanTable.Literal | (symbol << 16);
        meanings[256] = HuffmanTable.EndOfBlock;
        uint length = 3;
        for (int symbol = 257; symbol < 285; symbol++)
        {
            int extra = symbol < 265 ? 0 : (symbol - 261) / 4;
            meanings[symbol] = (length << 16) | ((uint)extra << 8);
            length += 1u << extra;
        }

        meanings[285] = (uint)LongestMatch << 16;
        meanings[286] = meanings[287] = HuffmanTable.Invalid;
        return meanings;
    }

    private static uint[] MakeDistances()
    {
        uint[] meanings = new uint[DistanceSymbols];
        uint distance = 1;
        for (int symbol = 0; symbol < 30; symbol++)
        {
            int extra = symbol < 4 ? 0 : (symbol - 2) / 2;
            meanings[symbol] = (distance << 16) | ((uint)extra << 8);
            distance += 1u << extra;
        }

        meanings[30] = meanings[31] = HuffmanTable.Invalid;
        return meanings;
    }
}
