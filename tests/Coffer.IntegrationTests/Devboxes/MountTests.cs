using System.Text;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Devboxes;

public sealed class MountTests(SharedServer server) : IAsyncLifetime
{
    private static readonly (string, string)[] Files = [("file1.txt", "one"), ("file/file2.txt", "two")];
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("archive.tar.gz", "tgz", true), InlineData("archive", "tgz", true), InlineData("archive.bin", "application/x-tgz", true)]
    [InlineData("archive.tgz", "unspecified", true), InlineData("archive.tar.gz", "unspecified", true), InlineData("ARCHIVE.TAR.GZ", "unspecified", true)]
    [InlineData("archive.gz", "unspecified", true), InlineData("archive.gz", "gzip", true), InlineData("archive.tar.gz", "gzip", true)]
    [InlineData("archive.tar", "tar", false), InlineData("archive", "tar", false), InlineData("archive.tar", "unspecified", false)]
    public async Task An_archive_is_extracted_into_its_path(string name, string contentType, bool isCompressed)
    {
        byte[] archive = isCompressed ? DevboxApi.Tgz(Files) : DevboxApi.Tar(Files);
        string id = await _api.NewBoxAsync((await _api.StoreAsync(archive, name, contentType), "/home/user/my/archive"));

        Assert.Equal("one", await _api.TextAsync(id, "/home/user/my/archive/file1.txt"));
        Assert.Equal("two", await _api.TextAsync(id, "my/archive/file/file2.txt"));
    }

    [Theory]
    [InlineData("archive.tar.gz", "binary"), InlineData("archive.tar.gz", "text"), InlineData("archive", "unspecified"), InlineData("archive.tar", "unspecified")]
    public async Task What_is_declared_otherwise_or_says_nothing_stays_as_it_is(string name, string contentType)
    {
        byte[] archive = DevboxApi.Tgz(Files);
        string id = await _api.NewBoxAsync((await _api.StoreAsync(archive, name, contentType), "/data/file"));

        Assert.Equal(archive, (await _api.DownloadAsync(id, "/data/file")).Expect(200).Body);
    }

    [Theory]
    [InlineData("log.txt.gz", "gzip", "/var/log", "/var/log"), InlineData("log.txt.gz", "gzip", "/var/log/", "/var/log/log.txt")]
    [InlineData("log.txt.gz", "unspecified", "/var/log/", "/var/log/log.txt"), InlineData("log.txt.gz", "gzip", "/tmp", "/tmp/log.txt")]
    public async Task A_compressed_file_is_unpacked_to_its_path_or_below(string name, string contentType, string path, string expected)
    {
        string id = await _api.NewBoxAsync((await _api.StoreAsync(DevboxApi.Gzip("text"u8.ToArray()), name, contentType), path));

        Assert.Equal("text", await _api.TextAsync(id, expected));
    }

    [Theory]
    [InlineData("/a/b/c", "/a/b/c"), InlineData("/a/", "/a/plain.txt"), InlineData("/", "/plain.txt"), InlineData("//a//./b", "/a/b")]
    public async Task A_file_is_mounted_at_its_path_or_below(string path, string expected)
    {
        string id = await _api.NewBoxAsync((await _api.StoreAsync("text", "plain.txt"), path));

        Assert.Equal("text", await _api.TextAsync(id, expected));
    }

    [Fact]
    public async Task Texts_that_come_along_become_files()
    {
        string id = await _api.NewBoxAsync(new
        {
            file_mounts = new Dictionary<string, string> { ["/home/user/a"] = "from the map", ["/b"] = "täxt 🎉" },
            mounts = new[] { new { type = "file_mount", target = "/home/user/c/d", content = "from the list" } },
        });

        Assert.Equal("from the map", await _api.TextAsync(id, "a"));
        Assert.Equal("täxt 🎉", await _api.TextAsync(id, "/b"));
        Assert.Equal("from the list", await _api.TextAsync(id, "c/d"));
    }

    [Fact]
    public async Task Later_mounts_go_over_earlier_ones()
    {
        string archive = await _api.StoreAsync(DevboxApi.Tgz(Files), "a.tgz", "tgz");
        string other = await _api.StoreAsync(DevboxApi.Tar(("file1.txt", "other"), ("more", "more")), "b.tar", "tar");
        string file = await _api.StoreAsync("third", "c");
        string id = await _api.NewBoxAsync((archive, "/m"), (other, "/m"), (file, "/m/file/file2.txt"));

        Assert.Equal("other", await _api.TextAsync(id, "/m/file1.txt"));
        Assert.Equal("more", await _api.TextAsync(id, "/m/more"));
        Assert.Equal("third", await _api.TextAsync(id, "/m/file/file2.txt"));
    }

    [Fact]
    public async Task What_is_written_in_one_devbox_changes_no_other_and_not_the_object()
    {
        string archive = await _api.StoreAsync(DevboxApi.Tgz(Files), "a.tgz", "tgz");
        string first = await _api.NewBoxAsync((archive, "/m"));
        string second = await _api.NewBoxAsync((archive, "/m"));

        (await _api.WriteAsync(first, "/m/file1.txt", "changed")).Expect(200);

        Assert.Equal("changed", await _api.TextAsync(first, "/m/file1.txt"));
        Assert.Equal("one", await _api.TextAsync(second, "/m/file1.txt"));
        Assert.Equal("one", await _api.TextAsync(await _api.NewBoxAsync((archive, "/m")), "/m/file1.txt"));
    }

    [Fact]
    public async Task A_deleted_object_stays_in_a_running_devbox()
    {
        string archive = await _api.StoreAsync(DevboxApi.Tgz(Files), "a.tgz", "tgz");
        string id = await _api.NewBoxAsync((archive, "/m"));

        (await _api.RemoveAsync(archive)).Expect(200);

        Assert.Equal("one", await _api.TextAsync(id, "/m/file1.txt"));
    }

    [Fact]
    public async Task Objects_of_the_Storage_API_and_public_ones_of_others_are_mounted_too()
    {
        string bucket = await _api.NewBucketWithAsync("some/key.txt");
        string stored = Assert.Single((await _api.GetAsync("/v1/objects")).Expect(200).Json.Ids());
        Api other = await server.Accounts.NewAsync();
        string open = await other.StoreAsync("open", "open.txt", isPublic: true);

        string id = await _api.NewBoxAsync((stored, "/m/"), (open, "/m/"));

        Assert.NotEmpty(bucket);
        Assert.NotEmpty(await _api.TextAsync(id, "/m/key.txt"));
        Assert.Equal("open", await _api.TextAsync(id, "/m/open.txt"));
    }

    [Fact]
    public async Task A_large_object_is_mounted_whole()
    {
        byte[] bytes = Bytes.Random(3_000_017);
        string id = await _api.NewBoxAsync((await _api.StoreAsync(bytes, "large", "binary"), "/large"), (await _api.StoreAsync([], "empty", "text"), "/empty"));

        Assert.Equal(bytes, (await _api.DownloadAsync(id, "/large")).Expect(200).Body);
        Assert.Empty((await _api.DownloadAsync(id, "/empty")).Expect(200).Body);
        Assert.Equal("", await _api.TextAsync(id, "/empty"));
    }

    [Fact]
    public async Task Mounted_files_belong_to_the_devbox_and_can_be_read_by_all_in_it()
    {
        string archive = await _api.StoreAsync(DevboxApi.Tgz(Files), "a.tgz", "tgz");
        string id = await _api.NewBoxAsync((archive, "/m"), (await _api.StoreAsync("x", "y"), "/f"));
        string root = server.Process.RootOf(id);

        foreach (string path in (string[])["f", "m/file1.txt"])
        {
            Assert.True(File.GetUnixFileMode(Path.Combine(root, path)).HasFlag(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        if (Environment.IsPrivilegedProcess)
        {
            var stat = await RunCommand.RunAsync("stat", ["-c", "%u", root, $"{root}/f", $"{root}/m/file/file2.txt", $"{root}/tmp"], "/");
            string[] owners = stat.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Single(owners.Distinct());
            Assert.InRange(int.Parse(owners[0], System.Globalization.CultureInfo.InvariantCulture), 1_700_000_000, 1_700_065_535);
        }

        Assert.Equal(Encoding.UTF8.GetBytes("x"), File.ReadAllBytes(Path.Combine(root, "f")));
    }
}
