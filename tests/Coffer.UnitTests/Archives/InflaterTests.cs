using System.IO.Compression;
using Coffer.Archives;
using Coffer.Archives.Gzip;

namespace Coffer.UnitTests.Archives;

/// <summary>Our own inflater against the framework's.</summary>
public sealed class InflaterTests
{
    private static readonly ArchiveLimits Wide = new() { ExpansionRatio = 2000 };

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_was_packed_comes_out(CompressionLevel level)
    {
        foreach (byte[] content in Samples.Contents())
        {
            Assert.Equal(content, Unpack(Samples.Gzip(content, level)));
        }
    }

    [Fact]
    public void Members_follow_each_other_and_zeros_may_follow_the_last()
    {
        byte[] packed = [.. Samples.Gzip("one, "u8.ToArray()), .. Samples.Gzip([]), .. Samples.Gzip("two"u8.ToArray()), 0, 0, 0];

        Assert.Equal("one, two"u8.ToArray(), Unpack(packed));
    }

    [Fact]
    public void Every_field_of_a_header_is_skipped()
    {
        byte[] plain = Samples.Gzip("content"u8.ToArray());
        byte[] packed = [0x1F, 0x8B, 8, 0x1E, 1, 2, 3, 4, 0, 3, 2, 0, 9, 9, .. "name\0comment\0"u8, 7, 7, .. plain.AsSpan(10)];

        Assert.Equal("content"u8.ToArray(), Unpack(packed));
    }

    [Fact]
    public void Cut_at_any_byte_it_is_an_error()
    {
        byte[] packed = [.. Samples.Gzip(Samples.Text(3000)), .. Samples.Gzip(Samples.Random(500))];
        int firstMember = Samples.Gzip(Samples.Text(3000)).Length;
        for (int length = 0; length < packed.Length; length++)
        {
            if (length == firstMember) continue; // that is a whole archive

            ArchiveException cut = Assert.Throws<ArchiveException>(() => Unpack(packed.AsSpan(0, length).ToArray()));
            Assert.Equal(length < 2 ? ArchiveFault.NotAnArchive : ArchiveFault.Truncated, cut.Fault);
        }
    }

    [Fact]
    public void A_changed_byte_is_noticed_wherever_it_is()
    {
        byte[] content = Samples.Text(5000);
        byte[] packed = Samples.Gzip(content);
        for (int at = 10; at < packed.Length; at++)
        {
            byte[] changed = [.. packed];
            changed[at] ^= 0x10;
            if (at == packed.Length - 9)
            {
                Assert.Equal(content, Unpack(changed)); // the bits that fill up the last byte of the data mean nothing
                continue;
            }

            Assert.Throws<ArchiveException>(() => Unpack(changed));
        }
    }

    [Fact]
    public void What_follows_the_last_member_has_to_be_nothing()
    {
        byte[] packed = [.. Samples.Gzip("one"u8.ToArray()), .. "more"u8];

        Assert.Equal(ArchiveFault.Damaged, Assert.Throws<ArchiveException>(() => Unpack(packed)).Fault);
    }

    [Fact]
    public void A_bomb_ends_early()
    {
        byte[] packed = Samples.Gzip(new byte[200 << 20]);
        using var reader = new GzipReader(new MemoryStream(packed), new ArchiveLimits());

        ArchiveException bomb = Assert.Throws<ArchiveException>(() => reader.CopyTo(Stream.Null));

        Assert.Equal(ArchiveFault.TooLarge, bomb.Fault);
        Assert.InRange(reader.BytesOut, 64 << 20, 65 << 20);
    }

    [Fact]
    public void Any_bytes_end_as_the_framework_ends_them()
    {
        var random = new Random(20261128);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] packed = round % 2 == 0 ? Deflate(Samples.Mixed(random, 2000)) : new byte[random.Next(1, 300)];
            if (round % 2 == 0)
            {
                for (int i = random.Next(4); i > 0; i--) packed[random.Next(packed.Length)] = (byte)random.Next(256);
            }
            else
            {
                random.NextBytes(packed);
                packed[0] = (byte)((packed[0] & 0xF8) | 4 | (packed[0] & 1)); // codes of its own: the most that can go wrong
            }

            Assert.Equal(ByFramework(packed), ByOurs(packed));
        }
    }

    [Fact]
    public void It_begins_at_any_checkpoint()
    {
        byte[] content = [.. Samples.Text(700_000), .. Samples.Random(300_000), .. Samples.Text(900_000)];
        byte[] packed = [.. Samples.Gzip(content), .. Samples.Gzip(content, CompressionLevel.NoCompression), .. Samples.Gzip(content, CompressionLevel.Fastest)];
        byte[] whole = [.. content, .. content, .. content];
        var checkpoints = new List<(GzipCheckpoint At, byte[] Window, byte[] State)>();
        using (var reader = new GzipReader(new MemoryStream(packed), Wide) { AtCheckpoint = (at, inflater) => checkpoints.Add((at, inflater.Window.ToArray(), inflater.State)) })
        {
            reader.CopyTo(Stream.Null);
        }

        Assert.Equal([0, 1, 2], checkpoints.Select(checkpoint => (int)checkpoint.State[0]).Distinct().Order()); // between blocks, and within both kinds
        Assert.All(checkpoints.Zip(checkpoints.Skip(1)), pair => Assert.InRange(pair.Second.At.Offset - pair.First.At.Offset, 0, 200_000));
        foreach ((GzipCheckpoint at, byte[] window, byte[] state) in checkpoints)
        {
            using var source = new MemoryStream(packed) { Position = at.BitOffset / 8 };
            using var reader = new GzipReader(source, Wide, at, window, state);
            using var rest = new MemoryStream();
            reader.CopyTo(rest);

            Assert.True(whole.AsSpan((int)at.Offset).SequenceEqual(rest.ToArray()), $"from {at}");
        }
    }

    [Fact]
    public void The_checksum_is_the_same_by_table_and_by_folding()
    {
        byte[] content = Samples.Random(5000);
        Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8)); // the check value of CRC-32
        for (int length = 0; length < 400; length++)
        {
            Assert.Equal(~Crc32.ByTable(~7u, content.AsSpan(3, length)), Crc32.Append(7, content.AsSpan(3, length)));
        }

        Assert.Equal(~Crc32.ByTable(~0u, content), Crc32.Append(Crc32.Append(0, content.AsSpan(0, 1234)), content.AsSpan(1234)));
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var reader = new GzipReader(new Trickle(packed), Wide);
        using var unpacked = new MemoryStream();
        reader.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static byte[] Deflate(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal)) deflate.Write(content);
        return packed.ToArray();
    }

    /// <returns>Null for an error. The framework takes a cut for the end, so what is cut counts as whatever came before.</returns>
    private static byte[]? ByFramework(byte[] packed)
    {
        using var deflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        try
        {
            deflate.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static byte[]? ByOurs(byte[] packed)
    {
        var inflater = new Inflater(new BitInput(new MemoryStream(packed), 0));
        inflater.Start([], []);
        using var unpacked = new MemoryStream();
        try
        {
            while (inflater.Next() is { IsEmpty: false } stretch) unpacked.Write(stretch.Span);
            return unpacked.ToArray();
        }
        catch (ArchiveException failed) when (failed.Fault is ArchiveFault.Truncated)
        {
            return ByFramework(packed); // how much of it came out before is not promised
        }
        catch (ArchiveException)
        {
            return null;
        }
    }
}
