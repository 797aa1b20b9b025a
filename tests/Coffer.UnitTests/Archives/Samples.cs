using System.IO.Compression;

namespace Coffer.UnitTests.Archives;

/// <summary>Contents of every kind that compression treats in its own way.</summary>
internal static class Samples
{
    public static IEnumerable<byte[]> Contents()
    {
        yield return [];
        yield return [42];
        yield return new byte[300_000];
        yield return Text(1_000_000);
        yield return Random(500_000);
        yield return [.. Enumerable.Range(0, 400_000).Select(i => (byte)(i % 3))];
        yield return [.. Enumerable.Range(0, 400_000).Select(i => (byte)(i % 11))];
        yield return [.. Text(100_000), .. new byte[70_000], .. Random(100_000), .. Text(200_000)];
    }

    public static byte[] Text(int length)
    {
        var random = new Random(1);
        string[] words = ["object", "store", "blob", "catalog", "bucket", "\n", "sweep", "the ", "a ", "of ", "0x1f", ", "];
        byte[] text = new byte[length];
        for (int at = 0; at < length;)
        {
            foreach (char character in words[random.Next(words.Length)])
            {
                if (at < length) text[at++] = (byte)character;
            }
        }

        return text;
    }

    public static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(2).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Mixed(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(1, most)];
        int alphabet = random.Next(1, 256);
        for (int i = 0; i < bytes.Length; i++)
        {
            int back = random.Next(1, 40);
            bytes[i] = i >= back && random.Next(3) > 0 ? bytes[i - back] : (byte)random.Next(alphabet);
        }

        return bytes;
    }

    public static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (content.Length == 0) return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // the framework writes nothing then
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level)) gzip.Write(content);
        return packed.ToArray();
    }
}
