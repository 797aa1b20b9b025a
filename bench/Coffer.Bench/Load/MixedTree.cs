using System.Globalization;
using System.Text;

namespace Coffer.Bench.Load;

/// <summary>
/// Files as archives hold them, the same at each call: from 1 KiB to 512 KiB, small ones more often than large ones, and by turns
/// bytes that do not compress and lines of a log, which gzip makes about a fifth of.
/// </summary>
internal static class MixedTree
{
    private const int FilesInFolder = 100;
    private const int LeastBytes = 1 << 10, MostBytes = 512 << 10;
    private static readonly byte[][] Words = MakeWords();

    public static string PathOf(int file) => string.Create(
        CultureInfo.InvariantCulture, $"folder-{file / FilesInFolder:000}/{(IsText(file) ? "log" : "data")}-{file:00000}.{(IsText(file) ? "txt" : "bin")}");

    public static byte[] ContentOf(int file)
    {
        ulong state = (ulong)file;
        double share = (Next(ref state) >> 11) * (1.0 / (1ul << 53));
        int length = (int)(LeastBytes * Math.Pow(MostBytes / (double)LeastBytes, share)) & ~7;
        return IsText(file) ? MakeText(length, ref state) : Incompressible.Make(length, file + 1_000_000L);
    }

    /// <summary>Writes the files below a folder.</summary>
    public static void Write(string folder, int files)
    {
        for (int file = 0; file < files; file++)
        {
            string path = Path.Combine(folder, PathOf(file));
            if (file % FilesInFolder == 0)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            File.WriteAllBytes(path, ContentOf(file));
        }
    }

    private static bool IsText(int file) => file % 2 == 1;

    private static byte[] MakeText(int length, ref ulong state)
    {
        byte[] text = new byte[length];
        for (int at = 0; at < length;)
        {
            ulong random = Next(ref state);
            if (random % 12 == 0)
            {
                Append(text, ref at, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{random >> 44}\n")));
            }

            Append(text, ref at, Words[(int)(random >> 16) & (Words.Length - 1)]);
        }

        return text;
    }

    private static void Append(byte[] text, ref int at, byte[] what)
    {
        int count = Math.Min(what.Length, text.Length - at);
        what.AsSpan(0, count).CopyTo(text.AsSpan(at));
        at += count;
    }

    private static byte[][] MakeWords()
    {
        ulong state = 7;
        byte[][] words = new byte[1024][];
        for (int i = 0; i < words.Length; i++)
        {
            byte[] word = new byte[4 + (Next(ref state) % 9)];
            for (int at = 0; at < word.Length - 1; at++)
            {
                word[at] = (byte)('a' + (Next(ref state) % 26));
            }

            word[^1] = (byte)' ';
            words[i] = word;
        }

        return words;
    }

    /// <summary>SplitMix64.</summary>
    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
