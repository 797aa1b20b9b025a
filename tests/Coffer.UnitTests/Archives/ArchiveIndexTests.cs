using System.Security.Cryptography;
using Coffer.Archives;
using Coffer.Archives.Index;

namespace Coffer.UnitTests.Archives;

public sealed class ArchiveIndexTests
{
    private static readonly byte[] Fingerprint = new byte[IndexLayout.FingerprintSize];

    [Theory]
    [InlineData(ArchiveKind.Tar)]
    [InlineData(ArchiveKind.TarGzip)]
    public void Entries_are_in_order_and_their_content_is_found(ArchiveKind kind)
    {
        byte[] tar = new TarBuilder()
            .File("b", "2").Directory("a/").File("a/x", "1").SymbolicLink("l", "a/x").HardLink("h", "a/x").File("b", "3")
            .Pax('x', ("GNU.sparse.size", "6"), ("GNU.sparse.map", "4,1"), ("GNU.sparse.name", "s")).File("s", "s")
            .End();
        byte[] archive = kind is ArchiveKind.Tar ? tar : Samples.Gzip(tar);
        using ArchiveIndex index = Index(archive, kind);

        Assert.Equal(["a", "a/x", "b", "h", "l", "s"], Enumerable.Range(0, index.Count).Select(place => index[place].Path));
        Assert.Equal("1"u8.ToArray(), Content(index, "a/x", archive));
        Assert.Equal("3"u8.ToArray(), Content(index, "b", archive));
        Assert.Equal("1"u8.ToArray(), Content(index, "h", archive));
        Assert.Equal("\0\0\0\0s\0"u8.ToArray(), Content(index, "s", archive));
        Assert.Equal(("a/x", 1L, ArchiveEntryKind.HardLink), (index[3].Target, index[3].SizeBytes, index[3].Kind));
        Assert.Equal(~1, index.Find("a/"));
        Assert.Equal(~6, index.Find("z"));
    }

    [Fact]
    public void An_entry_far_back_takes_little_of_the_archive()
    {
        var random = new Random(3);
        TarBuilder tar = new();
        for (int i = 0; i < 60; i++)
        {
            byte[] content = new byte[1 << 20];
            random.NextBytes(content);
            content.AsSpan(0, 1 << 19).Clear();
            tar.Entry('0', $"{i:00}", content);
        }

        byte[] archive = Samples.Gzip(tar.End());
        using ArchiveIndex index = Index(archive, ArchiveKind.TarGzip);

        for (int i = 0; i < 60; i += 7)
        {
            Counted? opened = null;
            IndexedEntry entry = index[index.Find($"{i:00}")];
            using Stream content = index.OpenContent(entry, offset => opened = new Counted(archive) { Position = offset }, new ArchiveLimits());
            byte[] bytes = new byte[entry.SizeBytes];
            content.ReadExactly(bytes);

            Assert.Equal(0, bytes.AsSpan(0, 1 << 19).IndexOfAnyExcept((byte)0) + 1);
            Assert.InRange(opened!.Taken, 1, archive.Length / 10);
        }
    }

    [Fact]
    public void A_damaged_index_is_noticed()
    {
        using var made = new MemoryStream();
        IndexBuilder.Build(
            new MemoryStream(new TarBuilder().File("a", "b").End()), ArchiveKind.Tar, Fingerprint, new ArchiveLimits(), made, TestContext.Current.CancellationToken);
        byte[] right = made.ToArray();
        Assert.NotNull(ArchiveIndex.Open(new IndexFile(right), Fingerprint));

        for (int at = 0; at < right.Length; at++)
        {
            byte[] changed = [.. right];
            changed[at] ^= 1;
            Assert.Null(ArchiveIndex.Open(new IndexFile(changed), Fingerprint));
            Assert.Null(ArchiveIndex.Open(new IndexFile(right.AsMemory(0, at)), Fingerprint));
        }

        Assert.Null(ArchiveIndex.Open(new IndexFile(right), new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }));
    }

    [Fact]
    public void Names_that_imply_too_many_directories_are_refused()
    {
        byte[] archive = new TarBuilder().File(string.Join('/', Enumerable.Repeat("d", 45)), "").End();

        ArchiveException refused = Assert.Throws<ArchiveException>(() => Index(archive, ArchiveKind.Tar, new ArchiveLimits { Entries = 40 }));

        Assert.Equal(ArchiveFault.TooLarge, refused.Fault);
    }

    /// <summary>Whether an archive is taken; if so its list has to tell what the extracted directory shows.</summary>
    internal static bool Agrees(byte[] archive, string? extracted)
    {
        ArchiveIndex index;
        try
        {
            index = Index(archive, ArchiveKind.Tar, new ArchiveLimits { TotalBytes = 1 << 20 });
        }
        catch (ArchiveException)
        {
            return false;
        }

        using (index)
        {
            if (extracted is null) return true;
            SortedDictionary<string, string> tree = TestFolder.Tree(extracted);
            for (int place = 0; place < index.Count; place++)
            {
                IndexedEntry entry = index[place];
                Assert.True(tree.TryGetValue(entry.Path, out string? found), $"{entry.Path} is listed only");
                long time = Math.DivRem(entry.ModifiedAtNs, 1_000_000_000, out long rest) - (rest < 0 ? 1 : 0);
                string expected = entry.Kind switch
                {
                    ArchiveEntryKind.SymbolicLink => $"link {entry.Target}",
                    ArchiveEntryKind.Directory => $"directory {entry.Mode} {time}",
                    _ => $"file {entry.Mode} {time} {Convert.ToHexString(SHA256.HashData(Content(index, entry.Path, archive)))}",
                };
                Assert.Equal(expected, found);
            }

            int listed = tree.Count(found => !found.Value.StartsWith("directory", StringComparison.Ordinal));
            Assert.Equal(listed, Enumerable.Range(0, index.Count).Count(place => index[place].Kind is not ArchiveEntryKind.Directory));
        }

        return true;
    }

    internal static ArchiveIndex Index(byte[] archive, ArchiveKind kind, ArchiveLimits? limits = null)
    {
        using var made = new MemoryStream();
        IndexBuilder.Build(new Trickle(archive), kind, Fingerprint, limits ?? new ArchiveLimits(), made, TestContext.Current.CancellationToken);
        return ArchiveIndex.Open(new IndexFile(made.ToArray()), Fingerprint)!;
    }

    private static byte[] Content(ArchiveIndex index, string path, byte[] archive)
    {
        using Stream content = index.OpenContent(
            index[index.Find(path)], offset => new MemoryStream(archive) { Position = offset }, new ArchiveLimits());
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private sealed class Counted(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public long Taken { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            Taken += read;
            return read;
        }
    }
}
