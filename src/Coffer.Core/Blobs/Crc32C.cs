using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coffer.Blobs;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), the checksum of every stored block.</summary>
/// <remarks>
/// The processor's instruction starts once a cycle but takes three to answer, so a single chain uses a third of it. Several
/// blocks run side by side; one block is cut into three stripes whose checksums are combined.
/// </remarks>
public static class Crc32C
{
    private const uint Polynomial = 0x82F63B78; // reflected: the coefficient of x^0 is the top bit
    private const int LongStripe = 21_840; // three of them and 16 bytes are a block of 64 KiB
    private const int ShortStripe = 1_360; // three of them and 16 bytes are a page

    private static readonly uint AcrossLongStripe = PowerOfX(8L * LongStripe);
    private static readonly uint AcrossShortStripe = PowerOfX(8L * ShortStripe);

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of some bytes followed by <paramref name="data"/>.</summary>
    /// <param name="crc">Checksum of the bytes before; 0 when there are none.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        crc = Striped(crc, ref data, LongStripe, AcrossLongStripe);
        crc = Striped(crc, ref data, ShortStripe, AcrossShortStripe);
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(data))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in data[(data.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }

    /// <summary>The checksums of blocks that lie one after the other; the last one may be shorter.</summary>
    /// <param name="crcs">Receives one checksum for each block, at least <c>⌈data / block⌉</c>.</param>
    public static void ComputeBlocks(ReadOnlySpan<byte> data, int blockSizeBytes, Span<uint> crcs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSizeBytes);
        int block = 0;
        if (blockSizeBytes % sizeof(ulong) == 0)
        {
            while (data.Length / 4 >= blockSizeBytes)
            {
                FourBlocks(data[..(4 * blockSizeBytes)], crcs.Slice(block, 4));
                data = data[(4 * blockSizeBytes)..];
                block += 4;
            }
        }

        while (!data.IsEmpty)
        {
            int length = Math.Min(blockSizeBytes, data.Length);
            crcs[block++] = Compute(data[..length]);
            data = data[length..];
        }
    }

    private static void FourBlocks(ReadOnlySpan<byte> data, Span<uint> crcs)
    {
        int length = data.Length / 4;
        ref byte first = ref MemoryMarshal.GetReference(data);
        ref byte second = ref Unsafe.Add(ref first, length);
        ref byte third = ref Unsafe.Add(ref second, length);
        ref byte fourth = ref Unsafe.Add(ref third, length);
        uint a = ~0u, b = ~0u, c = ~0u, d = ~0u;
        for (nint at = 0; at < length; at += sizeof(ulong))
        {
            a = BitOperations.Crc32C(a, Word(ref first, at));
            b = BitOperations.Crc32C(b, Word(ref second, at));
            c = BitOperations.Crc32C(c, Word(ref third, at));
            d = BitOperations.Crc32C(d, Word(ref fourth, at));
        }

        crcs[0] = ~a;
        crcs[1] = ~b;
        crcs[2] = ~c;
        crcs[3] = ~d;
    }

    /// <summary>Takes as many times three stripes off the front of <paramref name="data"/> as it holds.</summary>
    /// <param name="across">x to the power of a stripe's bits.</param>
    private static uint Striped(uint crc, ref ReadOnlySpan<byte> data, int stripe, uint across)
    {
        while (data.Length >= 3 * stripe)
        {
            ref byte first = ref MemoryMarshal.GetReference(data);
            ref byte second = ref Unsafe.Add(ref first, stripe);
            ref byte third = ref Unsafe.Add(ref second, stripe);
            uint b = 0, c = 0;
            for (nint at = 0; at < stripe; at += sizeof(ulong))
            {
                crc = BitOperations.Crc32C(crc, Word(ref first, at));
                b = BitOperations.Crc32C(b, Word(ref second, at));
                c = BitOperations.Crc32C(c, Word(ref third, at));
            }

            // Bytes that follow multiply what came before by x^bits; checksums that start from 0 simply add up.
            crc = Multiply(crc, across) ^ b;
            crc = Multiply(crc, across) ^ c;
            data = data[(3 * stripe)..];
        }

        return crc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte start, nint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));

    /// <summary>The product of two polynomials modulo the generator.</summary>
    private static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (int bit = 31; bit >= 0; bit--)
        {
            product ^= right & (uint)-(int)((left >> bit) & 1);
            right = (right >> 1) ^ (Polynomial & (uint)-(int)(right & 1));
        }

        return product;
    }

    /// <summary>x^<paramref name="exponent"/> modulo the generator, by squaring.</summary>
    private static uint PowerOfX(long exponent)
    {
        uint power = 1u << 31; // x^0
        uint square = 1u << 30; // x^1
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) power = Multiply(power, square);
            square = Multiply(square, square);
        }

        return power;
    }
}
