using System.Formats.Tar;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>What cannot be mounted is refused when the devbox is made: the answer names the object, and no devbox is left.</summary>
public sealed class MountRefusalTests : IClassFixture<MountRefusalTests.Small>, IAsyncLifetime
{
    private readonly Small _server;
    private Api _api;

    public MountRefusalTests(Small server) => (_server, _api) = (server, server.Api);

    public async ValueTask InitializeAsync() => _api = await _server.Process.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_object_that_is_missing() => await RefusedAsync("obj_01000000000000000000000000", "/a", 404, "object_not_found", "there is no object");

    [Fact]
    public async Task An_id_that_is_none() => await RefusedAsync("nonsense", "/a", 404, "object_not_found", "there is no object");

    [Fact]
    public async Task An_object_that_is_deleted()
    {
        string id = await _api.StoreAsync();
        (await _api.RemoveAsync(id)).Expect(200);
        await RefusedAsync(id, "/a", 400, "invalid_argument", "deleted");
    }

    [Fact]
    public async Task An_object_that_is_still_uploaded()
    {
        CreatedObject waiting = await _api.CreateAsync();
        (await _api.UploadAsync(waiting.UploadUrl, "bytes")).Expect(200);
        await RefusedAsync(waiting.Id, "/a", 400, "invalid_argument", "UPLOADING");
    }

    [Fact]
    public async Task An_object_of_another_account()
    {
        Api other = await _server.Process.Accounts.NewAsync();
        await RefusedAsync(await other.StoreAsync(), "/a", 404, "object_not_found", "there is no object");
    }

    [Theory]
    [InlineData("tgz"), InlineData("tar"), InlineData("gzip")]
    public async Task A_declared_archive_that_is_none(string contentType) =>
        await RefusedAsync(await _api.StoreAsync(Bytes.Random(5000), "a", contentType), "/a", 400, "archive_invalid", "cannot be unpacked");

    [Fact]
    public async Task An_archive_that_is_cut()
    {
        byte[] whole = DevboxApi.Tgz(("file1.txt", new string('x', 20_000)), ("file/file2.txt", "two"));
        await RefusedAsync(await _api.StoreAsync(whole[..(whole.Length / 2)], "a.tgz", "tgz"), "/a", 400, "archive_invalid", "cannot be unpacked");
    }

    [Theory]
    [InlineData("../out"), InlineData("/out"), InlineData("a/../../out")]
    public async Task A_member_that_leads_out(string name)
    {
        await RefusedAsync(await _api.StoreAsync(DevboxApi.Tgz(("good", "x"), (name, "y")), "a.tgz", "tgz"), "/tmp/a", 400, "archive_invalid", "cannot be unpacked");
        Assert.False(File.Exists("/out") || File.Exists("/tmp/out"));
    }

    [Fact]
    public async Task A_file_where_a_folder_is()
    {
        await RefusedAsync(await _api.StoreAsync(), "/tmp", 400, "invalid_argument", "directory");
        await RefusedAsync(await _api.StoreAsync(), "/home/user/", 200, "", ""); // below it, it may
    }

    [Fact]
    public async Task A_path_below_a_file()
    {
        string file = await _api.StoreAsync();
        Answer refused = (await _api.CreateBoxAsync(DevboxApi.MountsOf((file, "/a"), (file, "/a/b")))).ExpectError(400, "invalid_argument");
        Assert.Contains($"mounts[1]: the object {file}", refused.Json.Text("message"), StringComparison.Ordinal);
        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task A_path_through_a_link_of_an_earlier_mount()
    {
        using var made = new MemoryStream();
        using (var writer = new TarWriter(made, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "real"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "real" });
        }

        string archive = await _api.StoreAsync(made.ToArray(), "a.tar", "tar");
        (await _api.CreateBoxAsync(DevboxApi.MountsOf((archive, "/m"), (await _api.StoreAsync(), "/m/link/file")))).ExpectError(400, "invalid_argument");
        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task An_object_whose_name_can_be_no_files() =>
        await RefusedAsync(await _api.StoreAsync("text", ".."), "/tmp/", 400, "invalid_argument", "name can be no file's");

    [Fact]
    public async Task More_bytes_than_a_devbox_may_hold()
    {
        await RefusedAsync(await _api.StoreAsync(Bytes.Random(3 << 20), "a", "binary"), "/a", 413, "too_large", "cannot be mounted");
        await RefusedAsync(await _api.StoreAsync(DevboxApi.Gzip(new byte[40 << 20]), "a.gz", "gzip"), "/a", 400, "archive_invalid", "cannot be unpacked");
        await RefusedAsync(await _api.StoreAsync(DevboxApi.Gzip(Bytes.Random(3 << 20)), "a.gz", "gzip"), "/a", 400, "archive_invalid", "cannot be unpacked");
        await RefusedAsync(await _api.StoreAsync(DevboxApi.Tgz(("big", new string('x', 4 << 20))), "a.tgz", "tgz"), "/a", 400, "archive_invalid", "cannot be unpacked");
        string half = await _api.StoreAsync(Bytes.Random(1 << 20), "half", "binary");
        (await _api.CreateBoxAsync(DevboxApi.MountsOf((half, "/a"), (half, "/b"), (half, "/c")))).ExpectError(413, "too_large");
        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task More_files_than_a_devbox_may_have()
    {
        byte[] many = DevboxApi.Tar([.. Enumerable.Range(0, 300).Select(index => ($"f{index}", "x"))]);
        await RefusedAsync(await _api.StoreAsync(many, "a.tar", "tar"), "/a", 400, "archive_invalid", "cannot be unpacked");
    }

    [Fact]
    public async Task One_bad_mount_among_good_ones_leaves_nothing()
    {
        string good = await _api.StoreAsync(DevboxApi.Tgz(("a", "b")), "a.tgz", "tgz");
        string bad = await _api.StoreAsync(Bytes.Random(5000), "b.tgz", "tgz");
        Answer refused = (await _api.CreateBoxAsync(DevboxApi.MountsOf((good, "/a"), (bad, "/b"), (good, "/c")))).ExpectError(400, "archive_invalid");
        Assert.Contains($"mounts[1]: the object {bad}", refused.Json.Text("message"), StringComparison.Ordinal);
        await ExpectNothingLeftAsync();
    }

    private async Task RefusedAsync(string id, string path, int status, string code, string reason)
    {
        Answer refused = await _api.CreateBoxAsync(DevboxApi.MountsOf((id, path)));
        if (status == 200)
        {
            (await _api.ShutdownAsync(refused.Expect(200).Json.Text("id")!)).Expect(200);
            return;
        }

        refused.ExpectError(status, code);
        Assert.Contains(id, refused.Json.Text("message"), StringComparison.Ordinal);
        Assert.Contains(reason, refused.Json.Text("message"), StringComparison.Ordinal);
        await ExpectNothingLeftAsync();
    }

    private async Task ExpectNothingLeftAsync()
    {
        Assert.Empty(await _api.BoxesAsync());
        string folder = Path.Combine(_server.Process.Data, "devboxes");
        for (int tries = 0; Directory.EnumerateDirectories(folder).Any(name => !Path.GetFileName(name).Equals("shared", StringComparison.Ordinal)); tries++)
        {
            Assert.True(tries < 100, "files of a refused devbox are left");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Its devboxes hold little.</summary>
    public sealed class Small : OwnServer
    {
        protected override ServerSetup Setup => new ServerSetup().With("COFFER_DEVBOX_MAX_BYTES", "2500KiB").With("COFFER_DEVBOX_MAX_FILES", "200");
    }
}
