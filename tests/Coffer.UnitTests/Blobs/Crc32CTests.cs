using System.Text;
using Coffer.Blobs;

namespace Coffer.UnitTests.Blobs;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Known_texts_have_their_known_checksums(string text, uint crc)
    {
        Assert.Equal(crc, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public void The_vectors_of_RFC_3720_come_out_right()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(n => (byte)n).ToArray()));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute(Enumerable.Range(0, 32).Select(n => (byte)(31 - n)).ToArray()));
    }

    [Fact]
    public void Every_length_and_alignment_agrees_with_the_bytewise_table()
    {
        byte[] data = Random(300_000);
        for (int length = 0; length < data.Length - 8; length = length < 300 ? length + 1 : (length * 5 / 4) + 1)
        {
            ReadOnlySpan<byte> part = data.AsSpan(length % 8, length);
            Assert.Equal(Bytewise(part), Crc32C.Compute(part));
        }
    }

    [Fact]
    public void A_checksum_that_goes_on_equals_one_over_all_the_bytes()
    {
        const int Seed = 11;
        var random = new Random(Seed);
        byte[] data = Random(200_000);
        for (int round = 0; round < 200; round++)
        {
            int cut = random.Next(data.Length + 1);
            uint crc = Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut));
            Assert.True(crc == Crc32C.Compute(data), $"cut at {cut} (seed {Seed})");
        }
    }

    [Theory]
    [InlineData(65_536)]
    [InlineData(4_096)]
    [InlineData(8)]
    [InlineData(1_001)]
    public void Blocks_side_by_side_have_the_checksums_they_have_alone(int block)
    {
        foreach (int length in (int[])[0, 1, block, (3 * block) + 1, 4 * block, (4 * block) + 5, (9 * block) - 1, 16 * block])
        {
            byte[] data = Random(length);
            uint[] crcs = new uint[(length + block - 1) / block];

            Crc32C.ComputeBlocks(data, block, crcs);

            Assert.Equal(data.Chunk(block).Select(part => Bytewise(part)), crcs);
        }
    }

    private static byte[] Random(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    private static uint Bytewise(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        foreach (byte one in data)
        {
            crc = Table[(byte)(crc ^ one)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n =>
    {
        uint crc = (uint)n;
        for (int bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return crc;
    })];
}
