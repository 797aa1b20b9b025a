using System.Text;
using Coffer.Archives;
using Coffer.Archives.Tar;

namespace Coffer.UnitTests.Archives;

public sealed class TarReaderTests
{
    private static readonly string LongName = string.Join('/', Enumerable.Repeat("a-name-of-some-length", 20));

    [Fact]
    public void An_entry_is_what_its_header_says()
    {
        byte[] archive = new TarBuilder().File("dir/file", "content", mode: 0b100_110_100_000).SymbolicLink("link", "dir/file").End();

        List<(ArchiveEntry Entry, string Content)> entries = Read(archive);

        Assert.Equal(("dir/file", ArchiveEntryKind.File, 7L, 1_700_000_000_000_000_000L, "content"),
            (entries[0].Entry.Name, entries[0].Entry.Kind, entries[0].Entry.SizeBytes, entries[0].Entry.ModifiedAtNs, entries[0].Content));
        Assert.Equal((UnixFileMode)0b100_110_100_000, entries[0].Entry.Mode);
        Assert.Equal(("link", ArchiveEntryKind.SymbolicLink, "dir/file"), (entries[1].Entry.Name, entries[1].Entry.Kind, entries[1].Entry.Target));
    }

    [Theory]
    [InlineData('L', "name")]
    [InlineData('x', "name")]
    [InlineData('g', "name")]
    public void Long_names_come_before_their_entry(char form, string name)
    {
        TarBuilder archive = form == 'L'
            ? new TarBuilder().Entry('L', "././@LongLink", Encoding.ASCII.GetBytes(LongName + "\0"))
            : new TarBuilder().Pax(form, ("path", LongName));

        Assert.Equal(LongName, Read(archive.File(name, "").End()).Single().Entry.Name);
    }

    [Fact]
    public void Extended_headers_say_more_and_the_last_one_counts()
    {
        byte[] archive = new TarBuilder()
            .Pax('g', ("mtime", "1000.5"), ("comment", "for all"))
            .File("first", "1")
            .Pax('x', ("mtime", "-2.25"), ("mtime", "3.000000001"), ("size", "2"), ("linkpath", "unused"))
            .Entry('0', "second", "22"u8.ToArray(), size: "00000000000")
            .Pax('x', ("mtime", ""))
            .File("third", "3")
            .Pax('x', ("linkpath", LongName))
            .SymbolicLink("fourth", "short")
            .End();

        List<(ArchiveEntry Entry, string Content)> entries = Read(archive);

        Assert.Equal([1_000_500_000_000L, 3_000_000_001L, 1_700_000_000_000_000_000L, 1_000_500_000_000L], entries.Select(found => found.Entry.ModifiedAtNs));
        Assert.Equal(["1", "22", "3", ""], entries.Select(found => found.Content));
        Assert.Equal(LongName, entries[3].Entry.Target);
    }

    [Fact]
    public void Numbers_may_be_of_base_256()
    {
        byte[] archive = new TarBuilder()
            .Entry('0', "a", "abc"u8.ToArray(), change: header =>
            {
                header.AsSpan(124, 12).Clear();
                (header[124], header[135]) = (0x80, 3);
                header.AsSpan(136, 12).Fill(0xFF); // -1
            })
            .End();

        (ArchiveEntry entry, string content) = Read(archive).Single();

        Assert.Equal(("abc", -1_000_000_000L), (content, entry.ModifiedAtNs));
    }

    [Fact]
    public void Names_that_are_not_utf8_are_read_byte_by_byte()
    {
        byte[] archive = new TarBuilder().Entry('0', "caf?", [], change: header => header[3] = 0xE9).End();

        Assert.Equal("café", Read(archive).Single().Entry.Name);
    }

    [Fact]
    public void Sums_of_signed_bytes_are_right_too()
    {
        byte[] archive = new TarBuilder().Entry('0', "caf?", [], change: header => header[3] = 0xE9).End();
        TarBuilder.Octal(archive, 148, 7, archive.Take(512).Select((value, at) => at is >= 148 and < 156 ? ' ' : (int)(sbyte)value).Sum());

        Assert.Equal("café", Read(archive).Single().Entry.Name);
    }

    [Fact]
    public void Labels_are_passed_over_and_unknown_types_are_files()
    {
        byte[] archive = new TarBuilder().Entry('V', "volume 1", []).Entry('Z', "odd", "content"u8.ToArray()).Directory("d").Entry('0', "old/", []).End();

        Assert.Equal(
            [("odd", ArchiveEntryKind.File), ("d", ArchiveEntryKind.Directory), ("old/", ArchiveEntryKind.Directory)],
            Read(archive).Select(found => (found.Entry.Name, found.Entry.Kind)));
    }

    [Fact]
    public void An_archive_of_nothing_is_one()
    {
        Assert.Empty(Read(new TarBuilder().End()));
    }

    public static TheoryData<string> Refused => new(HostileArchives.Forms.Keys);

    [Theory, MemberData(nameof(Refused))]
    public void Refused_is(string what)
    {
        (ArchiveFault fault, byte[] archive) = HostileArchives.Forms[what];

        Assert.Equal(fault, Assert.Throws<ArchiveException>(() => Read(archive)).Fault);
    }

    [Theory]
    [InlineData("0,2,6,2", "10", "abcd", "ab\0\0\0\0cd\0\0")]
    [InlineData("3,1,10,0", "10", "x", "\0\0\0x\0\0\0\0\0\0")]
    [InlineData("", "4", "", "\0\0\0\0")]
    public void Holes_are_read_as_zeros(string map, string size, string stored, string content)
    {
        Assert.Equal(content, Read(HostileArchives.Sparse(map, size, stored)).Single().Content);
        Assert.Equal("sparse.dat", Read(HostileArchives.Sparse(map, size, stored)).Single().Entry.Name);
    }

    [Fact]
    public void Cut_at_every_block_it_is_an_error()
    {
        byte[] archive = new TarBuilder()
            .Pax('x', ("path", LongName)).File("a", new string('a', 3000)).Directory("d").Entry('L', "l", Encoding.ASCII.GetBytes(LongName)).File("b", "b").End();
        for (int length = 0; length < archive.Length - 512; length += 512)
        {
            ArchiveException cut = Assert.Throws<ArchiveException>(() => Read(archive[..length]));
            Assert.True(cut.Fault is ArchiveFault.Truncated || length == 0, $"{length}: {cut.Message}");
        }

        Assert.Equal(3, Read(archive[..^512]).Count); // GNU tar takes one block of zeros for the end, too
    }

    [Fact]
    public void More_entries_than_allowed_are_not_read()
    {
        TarBuilder archive = new();
        for (int i = 0; i < 11; i++) archive.File($"{i}", "");

        Assert.Equal(ArchiveFault.TooLarge, Assert.Throws<ArchiveException>(() => Read(archive.End(), new ArchiveLimits { Entries = 10 })).Fault);
    }

    [Fact]
    public void More_bytes_than_allowed_are_not_read()
    {
        byte[] archive = new TarBuilder().File("a", "12345").File("b", "12345").End();

        Assert.Equal(2, Read(archive, new ArchiveLimits { TotalBytes = 10 }).Count);
        Assert.Equal(ArchiveFault.TooLarge, Assert.Throws<ArchiveException>(() => Read(archive, new ArchiveLimits { TotalBytes = 9 })).Fault);
        Assert.Equal(ArchiveFault.TooLarge, Assert.Throws<ArchiveException>(() => Read(archive, new ArchiveLimits { FileBytes = 4 })).Fault);
    }

    private static List<(ArchiveEntry Entry, string Content)> Read(byte[] archive, ArchiveLimits? limits = null)
    {
        var reader = new TarReader(new Trickle(archive), limits ?? new ArchiveLimits { FileBytes = 1L << 32 });
        var entries = new List<(ArchiveEntry Entry, string Content)>();
        byte[] buffer = new byte[100];
        while (reader.Next() is { } entry)
        {
            using var content = new MemoryStream();
            while (reader.Read(buffer) is var read && read > 0) content.Write(buffer, 0, read);
            entries.Add((entry, Encoding.UTF8.GetString(content.ToArray())));
        }

        return entries;
    }
}
