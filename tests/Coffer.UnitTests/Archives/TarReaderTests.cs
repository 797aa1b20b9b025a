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

    public static TheoryData<string> Refused => new(Refusals.Keys);

    private static readonly Dictionary<string, (ArchiveFault Fault, byte[] Archive)> Refusals = new(StringComparer.Ordinal)
    {
        ["no bytes"] = (ArchiveFault.NotAnArchive, []),
        ["a text"] = (ArchiveFault.NotAnArchive, Samples.Text(4000)),
        ["a short text"] = (ArchiveFault.NotAnArchive, Samples.Text(40)),
        ["a later header without its checksum"] = (ArchiveFault.Damaged, new TarBuilder().File("a", "b").Raw(Samples.Text(512)).End()),
        ["no end mark"] = (ArchiveFault.Truncated, new TarBuilder().File("a", "b").Cut()),
        ["half a header"] = (ArchiveFault.Truncated, [.. new TarBuilder().File("a", "b").Cut(), .. new byte[100]]),
        ["a long name without an entry"] = (ArchiveFault.Damaged, new TarBuilder().Entry('L', "x", "long\0"u8.ToArray()).End()),
        ["a size of 2^63"] = (ArchiveFault.Damaged, new TarBuilder().Entry('0', "a", [], change: header =>
        {
            header.AsSpan(124, 12).Clear();
            (header[124], header[128]) = (0x80, 0x80);
        }).End()),
        ["a size of 2^63 - 1"] = (ArchiveFault.Damaged, new TarBuilder().Entry('0', "a", [], change: header =>
        {
            header.AsSpan(124, 12).Fill(0xFF);
            header.AsSpan(124, 4).Clear();
            (header[124], header[128]) = (0x80, 0x7F);
        }).End()),
        ["a size below zero"] = (ArchiveFault.Damaged, new TarBuilder().Entry('0', "a", [], change: header => header.AsSpan(124, 12).Fill(0xFF)).End()),
        ["a size that is text"] = (ArchiveFault.Damaged, new TarBuilder().Entry('0', "a", [], size: "12x4").End()),
        ["a size of 2^63 in an extended header"] = (ArchiveFault.Damaged, new TarBuilder().Pax('x', ("size", "9223372036854775808")).File("a", "").End()),
        ["a size below zero in an extended header"] = (ArchiveFault.Damaged, new TarBuilder().Pax('x', ("size", "-1")).File("a", "").End()),
        ["a size beyond the archive"] = (ArchiveFault.Truncated, new TarBuilder().Entry('0', "a", [], size: "00000100000").End()),
        ["a size beyond the limit"] = (ArchiveFault.TooLarge, new TarBuilder().Entry('0', "a", [], size: "77777777777").End()),
        ["a record that is too long"] = (ArchiveFault.Damaged, new TarBuilder().Entry('x', "p", "99 path=a\n"u8.ToArray()).File("a", "").End()),
        ["a record without a name"] = (ArchiveFault.Damaged, new TarBuilder().Entry('x', "p", "8 =abcd\n"u8.ToArray()).File("a", "").End()),
        ["a record of endless digits"] = (ArchiveFault.Damaged, new TarBuilder().Entry('x', "p", "99999999999999999999 path=a\n"u8.ToArray()).File("a", "").End()),
        ["a time that is none"] = (ArchiveFault.Damaged, new TarBuilder().Pax('x', ("mtime", "soon")).File("a", "").End()),
        ["a header of two megabytes"] = (ArchiveFault.TooLarge, new TarBuilder().Entry('x', "p", new byte[2 << 20]).File("a", "").End()),
        ["headers without end"] = (ArchiveFault.TooLarge, Enumerable.Range(0, 50).Aggregate(new TarBuilder(), (archive, _) => archive.Pax('x', ("a", "b"))).File("a", "").End()),
        ["another volume"] = (ArchiveFault.Damaged, new TarBuilder().Entry('M', "a", []).End()),
        ["holes that overlap"] = (ArchiveFault.Damaged, Sparse("0,4,2,4", "8", "12345678")),
        ["a hole beyond the end"] = (ArchiveFault.Damaged, Sparse("6,4", "8", "1234")),
        ["a map of other bytes than are stored"] = (ArchiveFault.Damaged, Sparse("0,4", "8", "12345678")),
        ["half a stretch"] = (ArchiveFault.Damaged, Sparse("0,4,6", "8", "1234")),
        ["a map of 2^63"] = (ArchiveFault.Damaged, Sparse("9223372036854775807,9223372036854775807", "8", "1234")),
        ["a sparse file of 2^62"] = (ArchiveFault.TooLarge, Sparse("0,4", "4611686018427387904", "1234")),
        ["a leading map without end"] = (ArchiveFault.Damaged, LeadingMap(new string('7', 512))),
        ["a leading map of text"] = (ArchiveFault.Damaged, LeadingMap("x\n")),
        ["a leading map of millions"] = (ArchiveFault.TooLarge, LeadingMap("99999999\n")),
    };

    [Theory, MemberData(nameof(Refused))]
    public void Refused_is(string what)
    {
        (ArchiveFault fault, byte[] archive) = Refusals[what];

        Assert.Equal(fault, Assert.Throws<ArchiveException>(() => Read(archive)).Fault);
    }

    [Theory]
    [InlineData("0,2,6,2", "10", "abcd", "ab\0\0\0\0cd\0\0")]
    [InlineData("3,1,10,0", "10", "x", "\0\0\0x\0\0\0\0\0\0")]
    [InlineData("", "4", "", "\0\0\0\0")]
    public void Holes_are_read_as_zeros(string map, string size, string stored, string content)
    {
        Assert.Equal(content, Read(Sparse(map, size, stored)).Single().Content);
        Assert.Equal("sparse.dat", Read(Sparse(map, size, stored)).Single().Entry.Name);
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

    private static byte[] Sparse(string map, string size, string stored) => new TarBuilder()
        .Pax('x', ("GNU.sparse.size", size), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", map), ("GNU.sparse.name", "sparse.dat"))
        .File("GNUSparseFile.0/sparse.dat", stored)
        .End();

    private static byte[] LeadingMap(string map) => new TarBuilder()
        .Pax('x', ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "100"), ("GNU.sparse.name", "sparse.dat"))
        .File("GNUSparseFile.0/sparse.dat", map.PadRight(512, '\0'))
        .End();

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
