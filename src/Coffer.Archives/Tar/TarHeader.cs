namespace Coffer.Archives.Tar;

/// <summary>One header block, field by field.</summary>
/// <remarks>Source: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format" (old GNU).</remarks>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int BlockSize = 512;
    public const int SparseEntrySize = 24;
    private readonly ReadOnlySpan<byte> _block = block;

    public char Type => (char)_block[156];

    public ReadOnlySpan<byte> Name => TarText.Ended(_block[..100]);

    public ReadOnlySpan<byte> LinkName => TarText.Ended(_block.Slice(157, 100));

    public ReadOnlySpan<byte> Mode => _block.Slice(100, 8);

    public ReadOnlySpan<byte> Size => _block.Slice(124, 12);

    public ReadOnlySpan<byte> ModifiedAt => _block.Slice(136, 12);

    /// <summary>The front part of a long name; only POSIX has it, GNU keeps other things there.</summary>
    public ReadOnlySpan<byte> Prefix => _block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? TarText.Ended(_block.Slice(345, 155)) : [];

    /// <summary>The first four stretches of a sparse file of old GNU form.</summary>
    public ReadOnlySpan<byte> SparseEntries => _block.Slice(386, 4 * SparseEntrySize);

    public bool IsSparseExtended => _block[482] != 0;

    public ReadOnlySpan<byte> SparseRealSize => _block.Slice(483, 12);

    /// <summary>The sum of all bytes, the checksum itself counted as spaces. Some old writers added signed bytes.</summary>
    public bool HasRightChecksum
    {
        get
        {
            if (!TarNumber.TryParse(_block.Slice(148, 8), out long stated)) return false;
            int unsigned = 8 * ' ', signed = 8 * ' ';
            for (int i = 0; i < BlockSize; i++)
            {
                if (i is >= 148 and < 156) continue;
                unsigned += _block[i];
                signed += (sbyte)_block[i];
            }

            return stated == unsigned || stated == signed;
        }
    }
}
