using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Coffer.Client;
using Coffer.ClientTests.Serving;

namespace Coffer.ClientTests.Packing;

public sealed class DirectoryPackingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Everything_below_a_directory_is_packed_in_order_and_with_its_mode(bool async)
    {
        string script = _folder.Write("b.sh", "echo");
        _folder.Write("a/z.txt", "zz");
        _folder.Write(".hidden", "h");
        _folder.Write("B", "");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), "a/z.txt");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "broken"), "../nowhere");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "dirlink"), "a");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_000);
        File.SetLastWriteTimeUtc(script, new DateTime(2024, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc));

        List<TarEntry> entries = await PackAsync(new(), async);

        Assert.Equal(
            ["./", ".hidden", "B", "a/", "a/z.txt", "b.sh", "broken", "dirlink", "empty/", "link"], entries.Select(entry => entry.Name));
        TarEntry packed = entries[5];
        Assert.Equal((UnixFileMode)0b111_101_000, packed.Mode);
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), packed.ModificationTime);
        Assert.Equal((0, 0), (packed.Uid, packed.Gid));
        Assert.Equal(TarEntryType.Directory, entries[8].EntryType);
        Assert.Equal([(TarEntryType.SymbolicLink, "../nowhere"), (TarEntryType.SymbolicLink, "a")], entries[6..8].Select(e => (e.EntryType, e.LinkName)));
        Assert.Equal("zz", new StreamReader(entries[4].DataStream!).ReadToEnd());
    }

    [Fact]
    public async Task The_same_tree_gives_the_same_bytes_both_ways()
    {
        for (int i = 0; i < 20; i++)
        {
            _folder.Write($"{Guid.NewGuid():N}/{new string('n', 150)}{i}.txt", Guid.NewGuid().ToString());
        }

        Assert.Equal(await BytesAsync(new(), async: true), await BytesAsync(new(), async: true));
        Assert.Equal(await BytesAsync(new(), async: true), await BytesAsync(new(), async: false));
    }

    [Fact]
    public async Task A_file_that_is_overwritten_while_it_is_packed_ends_the_archive()
    {
        string path = _folder.Write("a.bin", new byte[1000]);
        using var slice = new FileSlice(LocalFile.OpenRead(path), 1000);
        await slice.ReadExactlyAsync(new byte[500], TestContext.Current.CancellationToken);

        OnBytes.Overwrite(path, [1]);

        await Assert.ThrowsAsync<FileChangedException>(() => slice.ReadExactlyAsync(new byte[500], TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Another_tar_reads_the_archive()
    {
        _folder.Write($"{new string('d', 120)}/{new string('f', 120)}", "deep");
        string archive = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.tgz");
        await File.WriteAllBytesAsync(archive, await BytesAsync(new(), async: true));
        try
        {
            using Process tar = Process.Start(new ProcessStartInfo("tar", ["tzf", archive]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            string listing = await tar.StandardOutput.ReadToEndAsync();
            await tar.WaitForExitAsync();

            Assert.Equal(0, tar.ExitCode);
            Assert.Contains($"{new string('d', 120)}/{new string('f', 120)}\n", listing, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(archive);
        }
    }

    [Fact]
    public async Task By_default_an_ignore_file_is_a_file_like_any_other()
    {
        _folder.Write(".dockerignore", "a.txt");
        _folder.Write("a.txt");

        Assert.Equal(["./", ".dockerignore", "a.txt"], await NamesAsync(new()));
    }

    [Fact]
    public async Task The_sources_of_patterns_follow_each_other()
    {
        _folder.Write(".dockerignore", "*.txt\n# no\n");
        string more = _folder.Write("more.ignore", "*.md\r\n!b.txt\r\n");
        foreach (string name in (string[])["a.txt", "b.txt", "c.md", "d.md", "e.cs"])
        {
            _folder.Write(name);
        }

        Assert.Equal(
            ["./", "b.txt", "d.md", "e.cs"],
            await NamesAsync(new() { UseDockerIgnore = true, IgnoreFile = more, IgnorePatterns = ["!d.md", "more.ignore"] }));
        Assert.Equal(10 - 2, (await NamesAsync(new() { IgnoreFile = "/no-such-file" })).Count);
    }

    [Fact]
    public async Task What_is_taken_back_in_brings_its_directories_along()
    {
        _folder.Write("build/out/keep/a.txt");
        _folder.Write("build/out/b.txt");
        _folder.Write("build/other/c.txt");

        Assert.Equal(
            ["./", "build/", "build/out/", "build/out/keep/", "build/out/keep/a.txt"],
            await NamesAsync(new() { IgnorePatterns = ["build", "!build/out/keep"] }));
    }

    [Fact]
    public async Task A_callback_leaves_out_whole_directories_and_changes_modes()
    {
        _folder.Write("skip/a.txt");
        _folder.Write("keep/b.txt");

        List<TarEntry> entries = await PackAsync(new()
        {
            Ignore = entry =>
            {
                entry.Mode = UnixFileMode.UserRead;
                entry.ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(-1);
                return entry.Path == "skip";
            },
        });

        Assert.Equal(["./", "keep/", "keep/b.txt"], entries.Select(entry => entry.Name));
        Assert.Equal(UnixFileMode.UserRead, entries[2].Mode);
        Assert.Equal(DateTimeOffset.UnixEpoch, entries[2].ModificationTime);
    }

    [Fact]
    public async Task A_directory_goes_up_under_its_own_name_and_again_after_a_passing_failure()
    {
        int puts = 0;
        await using ScriptedServer server = await ScriptedServer.StartAsync(Answers.Store(
            put: http => Interlocked.Increment(ref puts) == 1 ? Answers.Status(503, ("retry-after-ms", "1"))(http) : Task.CompletedTask));
        using CofferClient client = server.Client();
        _folder.Write("a.txt", "a");

        await client.StorageObjects.UploadFromDirectoryAsync(_folder.Path + "/");

        Assert.Equal($$"""{"name":"{{Path.GetFileName(_folder.Path)}}.tar.gz","content_type":"tgz"}""", server.Seen[0].Text);
        Assert.Equal(server.Seen[1].Body, server.Seen[2].Body);
        Assert.NotEmpty(server.Seen[1].Body);
        Assert.Equal("chunked", server.Seen[1]["Transfer-Encoding"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_file_that_goes_missing_while_packing_throws_its_own_error(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Answers.Store());
        using CofferClient client = server.Client();
        string doomed = _folder.Write("b.txt", new string('x', 10));
        _folder.Write("a.txt", "a");
        var options = new DirectoryUploadOptions
        {
            Ignore = entry =>
            {
                if (entry.Path == "b.txt")
                {
                    File.Delete(doomed);
                }

                return false;
            },
        };

        await Assert.ThrowsAsync<FileNotFoundException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromDirectoryAsync(_folder.Path, options: options),
            () => client.StorageObjects.UploadFromDirectory(_folder.Path, options: options)));

        Assert.DoesNotContain(server.Seen, seen => seen.Target.EndsWith("/complete", StringComparison.Ordinal));
    }

    private async Task<List<string>> NamesAsync(DirectoryUploadOptions options) =>
        [.. (await PackAsync(options)).Select(entry => entry.Name)];

    private async Task<List<TarEntry>> PackAsync(DirectoryUploadOptions options, bool async = true)
    {
        using var packed = new MemoryStream(await BytesAsync(options, async));
        using var unzipped = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        List<TarEntry> entries = [];
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private async Task<byte[]> BytesAsync(DirectoryUploadOptions options, bool async)
    {
        using var packed = new MemoryStream();
        using var source = new DirectorySource(_folder.Path, options);
        ValueTask writing = source.WriteToAsync(async, packed, CancellationToken.None);
        Assert.True(async || writing.IsCompleted);
        await writing;
        return packed.ToArray();
    }
}
