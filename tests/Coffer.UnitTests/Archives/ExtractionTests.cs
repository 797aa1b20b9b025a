using System.Diagnostics;
using System.Text;
using Coffer.Archives;
using Coffer.LocalFiles;

namespace Coffer.UnitTests.Archives;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ExtractionTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private int _runs;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--format=gnu")]
    [InlineData("--format=oldgnu")]
    [InlineData("--format=posix")]
    [InlineData("--format=gnu", "--sparse")]
    [InlineData("--format=posix", "--sparse", "--sparse-version=0.0")]
    [InlineData("--format=posix", "--sparse", "--sparse-version=0.1")]
    [InlineData("--format=posix", "--sparse", "--sparse-version=1.0")]
    [InlineData("--format=ustar", "--exclude=deep*")]
    [InlineData("--format=v7", "--exclude=deep*")]
    public void What_gnu_tar_packs_comes_out_as_gnu_tar_unpacks_it(params string[] options)
    {
        MakeTree(_folder.Make("tree"));
        _folder.Run("tar", [.. options, "-cf", "a.tar", "-C", "tree", "."]);
        _folder.Run("gzip", "-k", "a.tar");
        _folder.Run("tar", "-xf", "a.tar", "-C", _folder.Make("by-tar"));

        string plain = Extract(File.ReadAllBytes(_folder.At("a.tar")), ArchiveKind.Tar);
        string packed = Extract(File.ReadAllBytes(_folder.At("a.tar.gz")), ArchiveKind.TarGzip);

        SortedDictionary<string, string> expected = TestFolder.Tree(_folder.At("by-tar"));
        Assert.Equal(expected, TestFolder.Tree(plain));
        Assert.Equal(expected, TestFolder.Tree(packed));
        Assert.True(SameFile(plain, "file", "second-name"));
        if (options.Contains("--sparse"))
        {
            using RootedDirectory root = RootedDirectory.Open(plain);
            Assert.InRange(root.Stat("sparse", Links.Refuse)!.AllocatedBytes, 1, 200_000);
        }
    }

    [Theory]
    [InlineData("USTAR_FORMAT")]
    [InlineData("GNU_FORMAT")]
    [InlineData("PAX_FORMAT")]
    public void What_python_packs_comes_out_as_python_unpacks_it(string format)
    {
        MakeTree(_folder.Make("tree"), deep: format != "USTAR_FORMAT");
        _folder.Run("python3", "-c", $"""
            import tarfile
            with tarfile.open('a.tgz', 'w:gz', format=tarfile.{format}) as archive: archive.add('tree', arcname='.')
            with tarfile.open('a.tgz') as archive: archive.extractall('by-python', filter='fully_trusted')
            """);

        string packed = Extract(File.ReadAllBytes(_folder.At("a.tgz")), ArchiveKind.TarGzip);

        Assert.Equal(TestFolder.Tree(_folder.At("by-python")), TestFolder.Tree(packed));
    }

    [Fact]
    public void Special_files_are_skipped_and_special_bits_dropped()
    {
        string tree = _folder.Make("tree");
        File.WriteAllText(Path.Combine(tree, "setuid"), "x");
        File.SetUnixFileMode(Path.Combine(tree, "setuid"), (UnixFileMode)0b110_111_101_101);
        _folder.Run("mkfifo", "tree/fifo");
        Directory.CreateDirectory(Path.Combine(tree, "sticky"));
        File.SetUnixFileMode(Path.Combine(tree, "sticky"), (UnixFileMode)0b011_111_111_111);
        _folder.Run("tar", "-cf", "a.tar", "-C", "tree", ".");
        byte[] archive = [.. File.ReadAllBytes(_folder.At("a.tar"))];

        string root = Extract(archive, ArchiveKind.Tar);

        Assert.Equal(["setuid", "sticky"], TestFolder.Tree(root).Keys);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(root, "setuid")));
        Assert.Equal((UnixFileMode)0b111_111_111, File.GetUnixFileMode(Path.Combine(root, "sticky")));
    }

    [Fact]
    public void Devices_are_skipped()
    {
        string root = Extract(new TarBuilder().Entry('3', "char", []).Entry('4', "block", []).Entry('6', "fifo", []).File("file", "x").End(), ArchiveKind.Tar);

        Assert.Equal(["file"], TestFolder.Tree(root).Keys);
    }

    [Fact]
    public void A_directory_without_rights_is_filled_before_it_loses_them()
    {
        string root = Extract(new TarBuilder().Directory("locked", mode: 0).File("locked/file", "x").Directory("locked/below", 0b101_000_000).End(), ArchiveKind.Tar);

        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(root, "locked")));
        File.SetUnixFileMode(Path.Combine(root, "locked"), (UnixFileMode)0b111_000_000);
        Assert.Equal("x", File.ReadAllText(Path.Combine(root, "locked/file")));
    }

    [Fact]
    public void Of_several_entries_of_a_name_the_last_counts()
    {
        byte[] archive = new TarBuilder()
            .File("a", "first").File("name", "kept").HardLink("second", "a").File("a", "last")
            .SymbolicLink("b", "a").File("b", "a file now").File("c", "file").Directory("c").File("c/d", "below")
            .File("./e", "1").File("e", "2").File(".//e", "3")
            .End();

        string root = Extract(archive, ArchiveKind.Tar);

        Assert.Equal("last", File.ReadAllText(Path.Combine(root, "a")));
        Assert.Equal("first", File.ReadAllText(Path.Combine(root, "second")));
        Assert.Equal("a file now", File.ReadAllText(Path.Combine(root, "b")));
        Assert.Equal("below", File.ReadAllText(Path.Combine(root, "c/d")));
        Assert.Equal("3", File.ReadAllText(Path.Combine(root, "e")));
    }

    [Fact]
    public void Links_inside_are_made_as_they_are_written()
    {
        byte[] archive = new TarBuilder()
            .Directory("a").Directory("a/b").File("a/b/file", "x")
            .SymbolicLink("a/b/up", "../../a/b/file").SymbolicLink("here", ".").SymbolicLink("loop", "loop").SymbolicLink("one", "two").SymbolicLink("two", "one")
            .SymbolicLink("missing", "not/there").SymbolicLink("winding", "a/b/../b/file").HardLink("a/b/again", "a/b/up")
            .End();

        string root = Extract(archive, ArchiveKind.Tar);

        Assert.Equal("x", File.ReadAllText(Path.Combine(root, "winding")));
        Assert.Equal("x", File.ReadAllText(Path.Combine(root, "a/b/again")));
        Assert.Equal("loop", new FileInfo(Path.Combine(root, "loop")).LinkTarget);
    }

    public static TheoryData<string> Refused => new(HostileArchives.Trees.Keys);

    [Theory, MemberData(nameof(Refused))]
    public void Refused_is(string what)
    {
        (ArchiveFault fault, byte[] archive) = HostileArchives.Trees[what];
        SortedDictionary<string, string> before = TestFolder.Tree(_folder.Path);

        ArchiveException refusal = Assert.Throws<ArchiveException>(() => Extract(archive, ArchiveKind.Tar));

        Assert.Equal(fault, refusal.Fault);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(before, Outside());
        Assert.False(File.Exists("/tmp/outside"));
        Assert.Equal(fault, Assert.Throws<ArchiveException>(() => ArchiveIndexTests.Index(archive, ArchiveKind.Tar)).Fault); // a list says the same
    }

    [Fact]
    public void A_tar_that_claims_more_than_there_is_leaves_a_clear_error()
    {
        byte[] archive = new TarBuilder().File("a", "x").Entry('0', "b", [], size: "00077777777").End();

        Assert.Equal(ArchiveFault.Truncated, Assert.Throws<ArchiveException>(() => Extract(archive, ArchiveKind.Tar)).Fault);
    }

    [Fact]
    public void Cut_at_every_block_it_is_refused()
    {
        MakeTree(_folder.Make("tree"), sparse: false);
        _folder.Run("tar", "-czf", "a.tgz", "-C", "tree", ".");
        byte[] archive = File.ReadAllBytes(_folder.At("a.tgz"));
        for (int length = 0; length < archive.Length; length += 512)
        {
            ArchiveException cut = Assert.Throws<ArchiveException>(() => Extract(archive[..length], ArchiveKind.TarGzip));
            Assert.True(cut.Fault is ArchiveFault.Truncated || length == 0, cut.Message);
        }
    }

    [Fact]
    public void Bombs_are_stopped_in_time()
    {
        // Members of the same bytes: what takes seconds to unpack is made at once.
        byte[] zeros = Samples.Gzip(new byte[1 << 20]);
        byte[] thousand = Samples.Gzip(Enumerable.Range(0, 1000).Aggregate(new TarBuilder(), (archive, i) => archive.File($"e{i}", "")).Cut());
        byte[] gigabyte = [.. Samples.Gzip(new TarBuilder().Entry('0', "zeros", [], size: "10000000000").Cut()), .. Repeated(zeros, 1024), .. Samples.Gzip(new byte[1024])];
        byte[] millions = [.. Repeated(thousand, 10_000), .. Samples.Gzip(new byte[1024])];
        byte[] deep = Samples.Gzip(new TarBuilder().File(string.Join('/', Enumerable.Repeat("d", 40)), "").End());
        var watch = Stopwatch.StartNew();

        Assert.InRange(gigabyte.Length, 1_000_000, 1_200_000); // 1 GB in 1 MB
        Assert.Contains("bomb", Refuse(gigabyte, new ArchiveLimits()).Message, StringComparison.Ordinal);
        Assert.Contains("1000 entries", Refuse(millions, new ArchiveLimits { Entries = 1000 }).Message, StringComparison.Ordinal);
        Assert.Contains("20000 entries", Refuse(millions, new ArchiveLimits { Entries = 20_000 }).Message, StringComparison.Ordinal);
        Assert.Contains("20 entries", Refuse(deep, new ArchiveLimits { Entries = 20 }).Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(2));

        ArchiveException Refuse(byte[] archive, ArchiveLimits limits)
        {
            ArchiveException refusal = Assert.Throws<ArchiveException>(() => Extract(archive, ArchiveKind.TarGzip, limits));
            Assert.Equal(ArchiveFault.TooLarge, refusal.Fault);
            return refusal;
        }

        static IEnumerable<byte> Repeated(byte[] member, int times) => Enumerable.Repeat(member, times).SelectMany(static bytes => bytes);
    }

    [Fact]
    public void A_nested_bomb_stays_packed()
    {
        byte[] inner = Samples.Gzip(new byte[64 << 20]);
        byte[] archive = Samples.Gzip(new TarBuilder().Entry('0', "inner.gz", inner).End());

        string root = Extract(archive, ArchiveKind.TarGzip);

        Assert.Equal(inner.Length, new FileInfo(Path.Combine(root, "inner.gz")).Length);
    }

    [Fact]
    public void One_compressed_file_is_written_under_its_name()
    {
        byte[] content = Samples.Text(700_000);
        using RootedDirectory root = RootedDirectory.Open(_folder.Make("single"));
        ExtractionReport report = Extraction.RunFile(
            new MemoryStream(Samples.Gzip(content)), root, "notes.txt", new ArchiveLimits(), owner: null, TestContext.Current.CancellationToken);

        Assert.Equal(new ExtractionReport(1, 700_000), report);
        Assert.Equal(content, File.ReadAllBytes(_folder.At("single/notes.txt")));
        Assert.Equal(ArchiveFault.TooLarge, Assert.Throws<ArchiveException>(() => Extraction.Run(
            new MemoryStream(Samples.Gzip(content)), ArchiveKind.Gzip, root, new ArchiveLimits { FileBytes = 600_000 }, null, default)).Fault);
    }

    [Fact]
    public async Task It_can_be_cancelled_also_while_it_waits()
    {
        using var cancellation = new CancellationTokenSource();
        var pipe = new System.IO.Pipelines.Pipe();
        await pipe.Writer.WriteAsync(new TarBuilder().Entry('0', "a", [], size: "00000100000").Cut(), TestContext.Current.CancellationToken);
        using RootedDirectory root = RootedDirectory.Open(_folder.Make("cancelled"));
        Task<ExtractionReport> running = Task.Run(
            () => Extraction.Run(pipe.Reader.AsStream(), ArchiveKind.Tar, root, new ArchiveLimits(), null, cancellation.Token), CancellationToken.None);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(running.IsCompleted);

        await cancellation.CancelAsync();
        await pipe.Writer.CompleteAsync(new OperationCanceledException()); // its owner ends the source as well

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void Owner_and_times_are_given_to_all()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("only root gives files away");
        using RootedDirectory root = RootedDirectory.Open(_folder.Make("owned"));
        Extraction.Run(
            new MemoryStream(new TarBuilder().Directory("d").File("d/f", "x").SymbolicLink("l", "d").File("implied/f", "x").End()),
            ArchiveKind.Tar, root, new ArchiveLimits(), owner: 12345, TestContext.Current.CancellationToken);

        foreach (string name in (string[])["d", "d/f", "l", "implied", "implied/f"])
        {
            RootedEntry found = root.Stat(name, Links.Refuse)!;
            Assert.Equal((12345u, 12345u), (found.Uid, found.Gid));
            if (name != "implied") Assert.Equal(1_700_000_000, found.Modified.ToUnixTimeSeconds());
        }
    }

    [Fact]
    public void Changed_archives_never_crash_and_never_write_outside()
    {
        MakeTree(_folder.Make("tree"), sparse: false);
        byte[][] archives =
        [
            .. ((string[])["gnu", "posix", "ustar"]).Select(format =>
            {
                _folder.Run("tar", $"--format={format}", "--exclude=deep*", "-cf", $"{format}.tar", "-C", "tree", ".");
                return File.ReadAllBytes(_folder.At($"{format}.tar"));
            }),
            new TarBuilder().Directory("a/b").SymbolicLink("a/b/up", "../..").HardLink("h", "a/b/f").Pax('x', ("path", "p"), ("linkpath", "q"), ("size", "3")).File("f", "xyz").End(),
        ];
        SortedDictionary<string, string> before = Outside();
        var random = new Random(42);
        int taken = 0;
        for (int round = 0; round < 600; round++)
        {
            byte[] archive = Mutated(archives[random.Next(archives.Length)], random);
            string? extracted = null;
            try
            {
                extracted = Extract(archive, ArchiveKind.Tar, new ArchiveLimits { TotalBytes = 1 << 20 });
            }
            catch (Exception refused) when (refused is ArchiveException or RootedPathException)
            {
            }

            Assert.Equal(before, Outside());
            Assert.Equal(extracted is not null, ArchiveIndexTests.Agrees(archive, extracted));
            taken += extracted is null ? 0 : 1;
            using RootedDirectory all = RootedDirectory.Open(_folder.Path);
            all.RemoveTree("extracted");
        }

        Assert.InRange(taken, 50, 550); // some pass, some are refused: both sides were tried
    }

    /// <summary>Changes bytes, mostly of headers, and makes their checksums right again, so that what is behind them is reached.</summary>
    private static byte[] Mutated(byte[] archive, Random random)
    {
        byte[] changed = [.. archive];
        string[] words = ["../", "/", "..", "./", "\0", "a/b/up", "C:\\", "\u00ff", "99999999999", "-1", "x", "2", "1", "S"];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int block = random.Next(archive.Length / 512) * 512;
            int at = block + (random.Next(3) switch { 0 => 0, 1 => 157, _ => random.Next(512) });
            byte[] bytes = random.Next(3) == 0 ? [(byte)random.Next(256)] : Encoding.Latin1.GetBytes(words[random.Next(words.Length)]);
            bytes.AsSpan(0, Math.Min(bytes.Length, archive.Length - at)).CopyTo(changed.AsSpan(at));
            if (random.Next(3) == 0) changed[block + 156] = (byte)"01234567xgLKSDV"[random.Next(15)];
            byte[] header = changed[block..(block + 512)];
            TarBuilder.Sum(header);
            header.CopyTo(changed, block);
        }

        return random.Next(10) == 0 ? changed[..random.Next(changed.Length)] : changed;
    }

    private string Extract(byte[] archive, ArchiveKind kind, ArchiveLimits? limits = null)
    {
        string path = _folder.Make($"extracted/{_runs++}");
        using RootedDirectory root = RootedDirectory.Open(path);
        Extraction.Run(new Trickle(archive), kind, root, limits ?? new ArchiveLimits(), owner: null, TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Everything of this test's folder that is not extracted.</summary>
    private SortedDictionary<string, string> Outside() => new(
        TestFolder.Tree(_folder.Path).Where(found => !found.Key.StartsWith("extracted", StringComparison.Ordinal)).ToDictionary(), StringComparer.Ordinal);

    private static bool SameFile(string root, string one, string other)
    {
        using RootedDirectory directory = RootedDirectory.Open(root);
        return directory.Stat(one, Links.Refuse)!.Inode == directory.Stat(other, Links.Refuse)!.Inode;
    }

    private void MakeTree(string tree, bool deep = true, bool sparse = true)
    {
        File.WriteAllText(Path.Combine(tree, "file"), "content\n");
        File.SetUnixFileMode(Path.Combine(tree, "file"), (UnixFileMode)0b100_100_000);
        File.WriteAllBytes(Path.Combine(tree, "empty"), []);
        File.WriteAllBytes(Path.Combine(tree, "größe-日本.bin"), Samples.Random(70_001));
        File.WriteAllBytes(Path.Combine(tree, "text"), Samples.Text(600_000));
        Directory.CreateDirectory(Path.Combine(tree, "read-only/inner"));
        File.WriteAllText(Path.Combine(tree, "read-only/inner/f"), "f");
        File.CreateSymbolicLink(Path.Combine(tree, "read-only/link"), "../file");
        File.CreateSymbolicLink(Path.Combine(tree, "dangling"), "nowhere");
        _folder.Run("ln", Path.Combine(tree, "file"), Path.Combine(tree, "second-name"));
        if (deep)
        {
            string name = $"deep-{new string('n', 150)}";
            Directory.CreateDirectory(Path.Combine(tree, name, name));
            File.WriteAllText(Path.Combine(tree, name, name, name), "deep");
            File.CreateSymbolicLink(Path.Combine(tree, name, "deep-link"), $"{name}/{name}");
        }

        if (sparse)
        {
            using var file = new FileStream(Path.Combine(tree, "sparse"), FileMode.CreateNew);
            for (int i = 1; i <= 9; i++)
            {
                file.Seek(i * 1_000_000, SeekOrigin.Begin);
                file.Write("data in the middle"u8);
            }

            file.SetLength(20_000_000);
        }

        File.SetUnixFileMode(Path.Combine(tree, "read-only"), (UnixFileMode)0b101_101_101);
        foreach (string path in Directory.EnumerateFileSystemEntries(tree, "*", SearchOption.AllDirectories))
        {
            if (new FileInfo(path).LinkTarget is null && !path.Contains("read-only", StringComparison.Ordinal)) File.SetLastWriteTimeUtc(path, new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc));
        }
    }
}
