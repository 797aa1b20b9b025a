using System.Runtime.InteropServices;

namespace Coffer.Bench.Load;

/// <summary>Bytes that do not compress, different for each seed and the same at each call (SplitMix64).</summary>
internal static class Incompressible
{
    public static byte[] Make(int length, long seed)
    {
        byte[] bytes = new byte[length];
        Fill(bytes, seed);
        return bytes;
    }

    /// <param name="bytes">A multiple of 8 long.</param>
    public static void Fill(Span<byte> bytes, long seed)
    {
        ulong state = (ulong)seed * 0xD1342543DE82EF95;
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            state += 0x9E3779B97F4A7C15;
            ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            word = mixed ^ (mixed >> 31);
        }
    }
}
