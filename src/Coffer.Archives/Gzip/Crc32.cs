using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coffer.Archives.Gzip;

/// <summary>CRC-32 as gzip has it (RFC 1952 §8).</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320; // reflected
    private const int Folded = 64; // bytes in a step of the folding form, and the fewest that it takes
    private static readonly uint[] Tables = MakeTables();

    /// <summary>The checksum of some bytes followed by <paramref name="data"/>.</summary>
    /// <param name="crc">Checksum of the bytes before; 0 when there are none.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        if (Pclmulqdq.IsSupported && data.Length >= Folded)
        {
            int whole = data.Length & ~15;
            crc = Fold(crc, data[..whole]);
            data = data[whole..];
        }

        return ~ByTable(crc, data);
    }

    /// <summary>Without the processor's help; for others, for ends, and to compare with.</summary>
    internal static uint ByTable(uint crc, ReadOnlySpan<byte> data)
    {
        uint[] tables = Tables;
        for (; data.Length >= 8; data = data[8..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = tables[(7 * 256) + (byte)low] ^ tables[(6 * 256) + (byte)(low >> 8)]
                ^ tables[(5 * 256) + (byte)(low >> 16)] ^ tables[(4 * 256) + (int)(low >> 24)]
                ^ tables[(3 * 256) + (byte)high] ^ tables[(2 * 256) + (byte)(high >> 8)]
                ^ tables[256 + (byte)(high >> 16)] ^ tables[(int)(high >> 24)];
        }

        foreach (byte next in data)
        {
            crc = (crc >> 8) ^ tables[(byte)crc ^ next];
        }

        return crc;
    }

    /// <summary>Folds 64 bytes at a time by multiplication without carry, then reduces.</summary>
    /// <param name="data">A multiple of 16 bytes, at least 64.</param>
    /// <remarks>
    /// Source: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009; the constants
    /// are powers of x modulo the polynomial.
    /// </remarks>
    private static uint Fold(uint crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<Vector128<ulong>> words = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        Vector128<ulong> a = words[0] ^ Vector128.CreateScalar(crc).AsUInt64(), b = words[1], c = words[2], d = words[3];
        Vector128<ulong> by = Vector128.Create(0x0154442bd4ul, 0x01c6e41596ul);
        words = words[4..];
        for (; words.Length >= 4; words = words[4..])
        {
            a = Step(a, by) ^ words[0];
            b = Step(b, by) ^ words[1];
            c = Step(c, by) ^ words[2];
            d = Step(d, by) ^ words[3];
        }

        by = Vector128.Create(0x01751997d0ul, 0x00ccaa009eul);
        a = Step(a, by) ^ b;
        a = Step(a, by) ^ c;
        a = Step(a, by) ^ d;
        foreach (Vector128<ulong> word in words)
        {
            a = Step(a, by) ^ word;
        }

        Vector128<ulong> lowHalves = Vector128.Create(0xFFFF_FFFFul, 0xFFFF_FFFFul);
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by, 0x10);
        a = Sse2.ShiftRightLogical128BitLane(a, 4)
            ^ Pclmulqdq.CarrylessMultiply(a & lowHalves, Vector128.Create(0x0163cd6124ul, 0ul), 0x00);

        Vector128<ulong> barrett = Vector128.Create(0x01db710641ul, 0x01f7011641ul);
        Vector128<ulong> t = Pclmulqdq.CarrylessMultiply(a & lowHalves, barrett, 0x10) & lowHalves;
        return (a ^ Pclmulqdq.CarrylessMultiply(t, barrett, 0x00)).AsUInt32().GetElement(1);
    }

    private static Vector128<ulong> Step(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (Polynomial & (uint)-(int)(crc & 1));
            }

            tables[i] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        }

        return tables;
    }
}
