namespace Coffer.Archives.Gzip;

/// <summary>A Huffman code as a table that is looked up by the next bits (RFC 1951 §3.2.2).</summary>
/// <remarks>
/// An entry: bits 0-7 how many bits the code takes; 8-12 how many extra bits follow; 13 end or error; 14 look on in a second
/// table; 15 a literal; 16-31 the value, or where the second table begins.
/// </remarks>
internal sealed class HuffmanTable(int bits, int symbols)
{
    public const uint Literal = 1u << 15;
    public const uint Second = 1u << 14;
    public const uint Special = 1u << 13;
    public const uint EndOfBlock = Special;
    public const uint Invalid = Special | (1u << 16);
    public const int MostBits = 15;

    /// <summary>Second tables have an entry for each of the bits that the first one does not look at.</summary>
    private readonly int _secondBits = MostBits - bits;

    public int Bits { get; } = bits;

    public int SecondMask => (1 << _secondBits) - 1;

    public uint[] Entries { get; } = new uint[(1 << bits) + (symbols << (MostBits - bits))];

    /// <summary>Makes the table of a code.</summary>
    /// <param name="lengths">How many bits each symbol takes; 0 for one that does not occur.</param>
    /// <param name="meanings">The entry of each symbol, without its length.</param>
    /// <param name="mayBeIncomplete">Whether a code of a single symbol is taken, which leaves half of all bits without meaning.</param>
    /// <returns>False for lengths that make no code.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> meanings, bool mayBeIncomplete)
    {
        Span<int> counts = stackalloc int[MostBits + 1];
        counts.Clear();
        foreach (byte length in lengths) counts[length]++;
        counts[0] = 0;

        Span<int> next = stackalloc int[MostBits + 1];
        int left = 1, longest = 0, code = 0;
        for (int length = 1; length <= MostBits; length++)
        {
            left = (left << 1) - counts[length];
            if (left < 0) return false;
            if (counts[length] > 0) longest = length;
            code = (code + counts[length - 1]) << 1;
            next[length] = code;
        }

        if (left > 0 && longest > 0 && !(mayBeIncomplete && longest == 1)) return false;

        uint[] entries = Entries;
        int first = 1 << Bits;
        if (left > 0) entries.AsSpan(0, first).Fill(Invalid); // a complete code overwrites every entry
        else if (longest > Bits) entries.AsSpan(0, first).Clear();
        int end = first;
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0) continue;
            int reversed = (int)(BitReverse((uint)next[length]++) >> (32 - length));
            uint entry = meanings[symbol] | (uint)length;
            if (length <= Bits)
            {
                for (int i = reversed; i < first; i += 1 << length) entries[i] = entry;
                continue;
            }

            ref uint head = ref entries[reversed & (first - 1)];
            if ((head & Second) == 0)
            {
                head = Second | ((uint)end << 16);
                end += 1 << _secondBits;
            }

            int begin = (int)(head >> 16);
            for (int i = reversed >> Bits; i <= SecondMask; i += 1 << (length - Bits)) entries[begin + i] = entry;
        }

        return true;
    }

    private static uint BitReverse(uint value)
    {
        value = ((value >> 1) & 0x5555_5555) | ((value & 0x5555_5555) << 1);
        value = ((value >> 2) & 0x3333_3333) | ((value & 0x3333_3333) << 2);
        value = ((value >> 4) & 0x0F0F_0F0F) | ((value & 0x0F0F_0F0F) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);
    }
}
