using Coffer.IntegrationTests.Server;
using Coffer.UnitTests.Archives;
using Contents = Coffer.UnitTests.Archives.Samples;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Archives made to do harm, mounted over the wire: the answer says which mount and why, and nothing is left of it anywhere.</summary>
public sealed class HostileArchiveTests(HostileArchiveTests.Server server) : IClassFixture<HostileArchiveTests.Server>
{
    private Api Api => server.Api;

    public static TheoryData<string> Trees => new(HostileArchives.Trees.Keys);

    public static TheoryData<string> Forms => new(HostileArchives.Forms.Keys);

    [Theory, MemberData(nameof(Trees))]
    public async Task Refused_is(string what)
    {
        byte[] archive = HostileArchives.Trees[what].Archive;

        await RefusedAsync(archive, "a.tar", "tar");
        await RefusedAsync(Contents.Gzip(archive), "a.tgz", "tgz");

        Assert.False(File.Exists("/tmp/outside") || File.Exists("/outside"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(server.Process.Folder, "*outside*", SearchOption.AllDirectories));
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task Refused_too_is(string what)
    {
        byte[] archive = HostileArchives.Forms[what].Archive;

        await RefusedAsync(archive, "a.tar", "tar");
        await RefusedAsync(Contents.Gzip(archive), "a", "tgz");
    }

    [Fact]
    public async Task An_archive_cut_at_every_block_is_refused()
    {
        byte[] whole = new TarBuilder().File("file1.txt", new string('x', 1500)).Directory("file").File("file/file2.txt", "two").SymbolicLink("link", "file1.txt").End();
        byte[] packed = Contents.Gzip([.. whole[..^1024], .. new TarBuilder().Entry('0', "random", Bytes.Random(5000)).End()]);
        for (int length = 0; length < packed.Length; length += 512)
        {
            await RefusedAsync(packed[..length], "a.tar.gz", "tgz");
        }

        for (int length = 0; length < whole.Length - 512; length += 512)
        {
            await RefusedAsync(whole[..length], "a.tar", "tar");
        }
    }

    [Fact]
    public async Task A_compressed_file_cut_at_every_block_is_refused()
    {
        byte[] packed = Contents.Gzip(Bytes.Random(5000));
        for (int length = 0; length < packed.Length; length += 512)
        {
            await RefusedAsync(packed[..length], "a.gz", "gzip");
        }
    }

    [Fact]
    public async Task Devices_fifos_sockets_and_special_bits_are_not_made()
    {
        byte[] archive = new TarBuilder()
            .Entry('3', "char", [], change: header => TarBuilder.Octal(header, 329, 8, 1)).Entry('4', "block", []).Entry('6', "fifo", [])
            .Entry('3', "socket", [], mode: 0xC1A4) // as some programs write one
            .File("setuid", "x", mode: 0b110_111_101_101).Directory("sticky", 0b111_111_111_111).File("file", "x").End();
        string id = await Api.NewBoxAsync((await Api.StoreAsync(archive, "a.tar", "tar"), "/m"));

        foreach (string name in (string[])["char", "block", "fifo", "socket"])
        {
            (await Api.ReadAsync(id, $"/m/{name}")).ExpectError(404, "file_not_found");
        }

        string root = server.Process.RootOf(id);
        Assert.Equal("x", await Api.TextAsync(id, "/m/file"));
        Assert.Equal(["file", "setuid", "sticky"], Directory.EnumerateFileSystemEntries(Path.Combine(root, "m")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(root, "m/setuid")));
        Assert.Equal((UnixFileMode)0b111_111_111, File.GetUnixFileMode(Path.Combine(root, "m/sticky")));
        (await Api.ShutdownAsync(id)).Expect(200);
    }

    [Fact]
    public async Task Loops_and_chains_of_links_inside_lead_nowhere_and_hold_nobody_up()
    {
        TarBuilder archive = new TarBuilder().SymbolicLink("self", "self").SymbolicLink("one", "two").SymbolicLink("two", "one").File("l0", "end");
        for (int i = 1; i <= 60; i++)
        {
            archive.SymbolicLink($"l{i}", $"l{i - 1}");
        }

        string id = await Api.NewBoxAsync((await Api.StoreAsync(archive.End(), "a.tar", "tar"), "/m"));

        Assert.Equal("end", await Api.TextAsync(id, "/m/l30"));
        foreach (string name in (string[])["self", "one", "two", "l60", "self/a", "two/a"])
        {
            (await Api.ReadAsync(id, $"/m/{name}")).ExpectError(400, "invalid_argument");
            (await Api.WriteAsync(id, $"/m/{name}", "x")).ExpectError(400, "invalid_argument");
        }

        (await Api.ShutdownAsync(id)).Expect(200);
    }

    private async Task RefusedAsync(byte[] bytes, string name, string contentType)
    {
        string id = await Api.StoreAsync(bytes, name, contentType);

        Answer refused = (await Api.CreateBoxAsync(DevboxApi.MountsOf((id, "/home/user/a")))).ExpectError(400, "archive_invalid");

        Assert.StartsWith($"mounts[0]: the object {id} cannot be unpacked: ", refused.Json.Text("message"), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Json.Text("message")!);
        Assert.Equal("false", refused.Header("x-should-retry") ?? "false");
        Assert.Empty(await Api.BoxesAsync("?status=provisioning"));
        Assert.Empty(await Api.BoxesAsync("?status=failure"));
        Assert.Empty(await Api.BoxesAsync("?status=running"));
        await Leftovers.ExpectNoneButAsync(server.Process, []);
    }

    public sealed class Server : OwnServer;
}
