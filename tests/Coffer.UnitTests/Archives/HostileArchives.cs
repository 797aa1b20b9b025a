using Coffer.Archives;

namespace Coffer.UnitTests.Archives;

/// <summary>Archives that nobody makes by accident, and what each is refused as by whoever reads it.</summary>
internal static class HostileArchives
{
    /// <summary>Well-formed archives of trees that must not be made.</summary>
    public static readonly Dictionary<string, (ArchiveFault Fault, byte[] Archive)> Trees = new(StringComparer.Ordinal)
    {
        ["a name with .."] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("../outside", "x").End()),
        ["a name with .. in the middle"] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("a/../../outside", "x").End()),
        ["an absolute name"] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("/tmp/outside", "x").End()),
        ["a drive letter"] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("C:\\outside", "x").End()),
        ["a drive letter with a slash"] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("./c:/outside", "x").End()),
        ["a NUL"] = (ArchiveFault.UnsafeEntry, new TarBuilder().Pax('x', ("path", "a\0b")).File("a", "x").End()),
        ["a name of 4 KB"] = (ArchiveFault.UnsafeEntry, new TarBuilder().Pax('x', ("path", new string('n', 4096))).File("a", "x").End()),
        ["a part of 256 bytes"] = (ArchiveFault.UnsafeEntry, new TarBuilder().Pax('x', ("path", $"a/{new string('é', 128)}/b")).File("a", "x").End()),
        ["a path of 5 KB"] = (ArchiveFault.UnsafeEntry, new TarBuilder().Pax('x', ("path", string.Join('/', Enumerable.Repeat("part", 1000)))).File("a", "x").End()),
        ["an empty name"] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("", "x").End()),
        ["the place itself as a file"] = (ArchiveFault.UnsafeEntry, new TarBuilder().File("./.", "x").End()),
        ["a link to an absolute path"] = (ArchiveFault.UnsafeEntry, new TarBuilder().SymbolicLink("a", "/etc").End()),
        ["a link out"] = (ArchiveFault.UnsafeEntry, new TarBuilder().SymbolicLink("a/b", "../../outside").End()),
        ["an empty link"] = (ArchiveFault.UnsafeEntry, new TarBuilder().SymbolicLink("a", "").End()),
        ["a link out by way of a name"] = (ArchiveFault.UnsafeEntry, new TarBuilder().SymbolicLink("a", "b/../../outside").End()),
        ["a link out by way of a link"] = (
            ArchiveFault.UnsafeEntry, new TarBuilder().Directory("a/b").SymbolicLink("a/b/top", "../..").SymbolicLink("a/b/out", "top/../outside").End()),
        ["a link out by way of a later link"] = (
            ArchiveFault.UnsafeEntry, new TarBuilder().SymbolicLink("out", "a/b/top/../outside").Directory("a/b").SymbolicLink("a/b/top", "../..").End()),
        ["a second name of a link, from where it leads out"] = (
            ArchiveFault.UnsafeEntry, new TarBuilder().SymbolicLink("a/b/up", "../..").HardLink("out", "a/b/up").End()),
        ["a second name of what is outside"] = (ArchiveFault.UnsafeEntry, new TarBuilder().HardLink("a", "../outside").End()),
        ["a second name of an absolute path"] = (ArchiveFault.UnsafeEntry, new TarBuilder().HardLink("a", "/etc/passwd").End()),
        ["a second name of nothing"] = (ArchiveFault.Conflict, new TarBuilder().HardLink("a", "b").End()),
        ["a second name of a directory"] = (ArchiveFault.Conflict, new TarBuilder().Directory("d").HardLink("a", "d").End()),
        ["a file through a link"] = (ArchiveFault.Conflict, new TarBuilder().Directory("d").SymbolicLink("l", "d").File("l/file", "x").End()),
        ["a file through a link to itself"] = (ArchiveFault.Conflict, new TarBuilder().SymbolicLink("l", "l").File("l/file", "x").End()),
        ["a directory through a link"] = (ArchiveFault.Conflict, new TarBuilder().SymbolicLink("l", ".").Directory("l/d").End()),
        ["a second name through a link"] = (ArchiveFault.Conflict, new TarBuilder().Directory("d").File("d/f", "x").SymbolicLink("l", "d").HardLink("a", "l/f").End()),
        ["a file below a file"] = (ArchiveFault.Conflict, new TarBuilder().File("f", "x").File("f/g", "x").End()),
        ["a file in place of a directory"] = (ArchiveFault.Conflict, new TarBuilder().Directory("d").File("d", "x").End()),
        ["a link in place of an implied directory"] = (ArchiveFault.Conflict, new TarBuilder().File("d/f", "x").SymbolicLink("d", "e").End()),
    };

    /// <summary>What is no archive, or a broken one.</summary>
    public static readonly Dictionary<string, (ArchiveFault Fault, byte[] Archive)> Forms = new(StringComparer.Ordinal)
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

    public static byte[] Sparse(string map, string size, string stored) => new TarBuilder()
        .Pax('x', ("GNU.sparse.size", size), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", map), ("GNU.sparse.name", "sparse.dat"))
        .File("GNUSparseFile.0/sparse.dat", stored)
        .End();

    private static byte[] LeadingMap(string map) => new TarBuilder()
        .Pax('x', ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "100"), ("GNU.sparse.name", "sparse.dat"))
        .File("GNUSparseFile.0/sparse.dat", map.PadRight(512, '\0'))
        .End();
}
