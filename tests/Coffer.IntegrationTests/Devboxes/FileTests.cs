using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

public sealed class FileTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;
    private string _id = "";

    private string Root => server.Process.RootOf(_id);

    public async ValueTask InitializeAsync()
    {
        _api = await server.Accounts.NewAsync();
        _id = await _api.NewBoxAsync();
    }

    public async ValueTask DisposeAsync() => await _api.ShutdownAsync(_id);

    [Fact]
    public async Task What_is_written_is_read()
    {
        Answer written = (await _api.WriteAsync(_id, "/home/user/a/b.txt", "täxt 🎉\n")).Expect(200);
        Assert.Equal((_id, 0L, ""), (written.Json.Text("devbox_id"), written.Json.Number("exit_status"), written.Json.Text("stdout")));

        Answer read = (await _api.ReadAsync(_id, "a/b.txt")).Expect(200);
        Assert.Equal("täxt 🎉\n", read.Text);
        Assert.Equal("text/plain", read.ContentHeaders.ContentType!.MediaType);
        Assert.Equal("nosniff", read.Header("X-Content-Type-Options"));
        (await _api.WriteAsync(_id, "a/b.txt", "")).Expect(200);
        Assert.Equal("", await _api.TextAsync(_id, "/home/user/a/b.txt"));
        Assert.Equal("0", (await _api.ReadAsync(_id, "a/b.txt")).Header("Content-Length"));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_is_uploaded_is_downloaded(bool isPathFirst)
    {
        byte[] bytes = [.. Bytes.Random(700_000), 0xFF, 0];
        (await _api.UploadAsync(_id, "/data/blob", bytes, isPathFirst)).Expect(200);

        Answer read = (await _api.DownloadAsync(_id, "/data/blob")).Expect(200);
        Assert.Equal(bytes, read.Body);
        Assert.Equal("application/octet-stream", read.ContentHeaders.ContentType!.MediaType);
        (await _api.UploadAsync(_id, "/data/blob", [1, 2], isPathFirst)).Expect(200);
        Assert.Equal([1, 2], (await _api.DownloadAsync(_id, "/data/blob")).Expect(200).Body);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root, "../incoming")));
    }

    [Fact]
    public async Task A_file_that_is_written_over_keeps_its_mode()
    {
        (await _api.WriteAsync(_id, "run.sh", "x")).Expect(200);
        string path = Path.Combine(Root, "home/user/run.sh");
        const UnixFileMode runs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(path, runs);

        (await _api.WriteAsync(_id, "run.sh", "y")).Expect(200);

        Assert.Equal(runs, File.GetUnixFileMode(path));
        Assert.Equal("y", await _api.TextAsync(_id, "run.sh"));
    }

    [Fact]
    public async Task A_missing_file_is_not_found()
    {
        (await _api.ReadAsync(_id, "/none")).ExpectError(404, "file_not_found");
        (await _api.ReadAsync(_id, "none/at/all")).ExpectError(404, "file_not_found");
        (await _api.DownloadAsync(_id, "/none")).ExpectError(404, "file_not_found");
        (await _api.ReadAsync(_id, "/etc/hostname")).ExpectError(404, "file_not_found"); // the machine's is not the devbox's
    }

    [Theory]
    [InlineData("/home/user"), InlineData("/"), InlineData("/tmp/"), InlineData(".")]
    public async Task A_folder_is_no_file(string path)
    {
        (await _api.ReadAsync(_id, path)).ExpectError(400, "invalid_argument");
        (await _api.DownloadAsync(_id, path)).ExpectError(400, "invalid_argument");
        (await _api.WriteAsync(_id, path, "x")).ExpectError(400, "invalid_argument");
        (await _api.UploadAsync(_id, path, [1])).ExpectError(400, "invalid_argument");
    }

    [Theory]
    [InlineData("../../../etc/passwd"), InlineData("/../etc/passwd"), InlineData("/tmp/../../etc/passwd"), InlineData("")]
    [InlineData("/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a")]
    [InlineData("a\0b"), InlineData("/proc/../../self/environ")]
    public async Task A_path_that_leads_out_is_refused(string path)
    {
        (await _api.ReadAsync(_id, path)).ExpectError(400, "invalid_argument");
        (await _api.DownloadAsync(_id, path)).ExpectError(400, "invalid_argument");
        (await _api.WriteAsync(_id, path, "x")).ExpectError(400, "invalid_argument");
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused()
    {
        (await _api.ReadAsync(_id, new string('n', 300))).ExpectError(400, "invalid_argument");
        (await _api.WriteAsync(_id, new string('n', 300), "x")).ExpectError(400, "invalid_argument");
        (await _api.ReadAsync(_id, string.Concat(Enumerable.Repeat("/dir", 2000)))).ExpectError(400, "invalid_argument");
    }

    [Fact]
    public async Task Planted_links_lead_nowhere_else()
    {
        string outside = Path.Combine(Path.GetTempPath(), $"coffer-outside-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(outside, "outside", TestContext.Current.CancellationToken);
        try
        {
            File.CreateSymbolicLink(Path.Combine(Root, "tmp/shadow"), "/etc/shadow");
            File.CreateSymbolicLink(Path.Combine(Root, "tmp/absolute"), outside);
            File.CreateSymbolicLink(Path.Combine(Root, "tmp/up"), "../../../../../../../../" + outside);
            File.CreateSymbolicLink(Path.Combine(Root, "tmp/round"), "round");
            File.CreateSymbolicLink(Path.Combine(Root, "tmp/self"), "/proc/self/environ");
            foreach (string name in (string[])["shadow", "absolute", "up", "round", "self"])
            {
                (await _api.ReadAsync(_id, $"/tmp/{name}")).ExpectError(400, "invalid_argument");
                (await _api.DownloadAsync(_id, $"/tmp/{name}")).ExpectError(400, "invalid_argument");
            }

            (await _api.WriteAsync(_id, "/tmp/absolute", "inside")).Expect(200); // as an absolute link does anywhere: from the root
            Assert.Equal("outside", await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
            Assert.Equal("inside", await File.ReadAllTextAsync(Root + outside, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [Fact]
    public async Task Links_inside_lead_where_they_lead_in_the_devbox()
    {
        (await _api.WriteAsync(_id, "/data/file", "text")).Expect(200);
        File.CreateSymbolicLink(Path.Combine(Root, "tmp/link"), "/data/file");
        File.CreateSymbolicLink(Path.Combine(Root, "tmp/folder"), "../data");

        Assert.Equal("text", await _api.TextAsync(_id, "/tmp/link"));
        Assert.Equal("text", await _api.TextAsync(_id, "/tmp/folder/file"));
        (await _api.WriteAsync(_id, "/tmp/folder/other", "more")).Expect(200);
        Assert.Equal("more", await _api.TextAsync(_id, "/data/other"));
    }

    [Fact]
    public async Task A_planted_fifo_or_socket_holds_nobody_up()
    {
        await RunCommand.RunAsync("mkfifo", [Path.Combine(Root, "tmp/pipe")], "/");
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        string short_ = Path.Combine(Path.GetTempPath(), $"s{Guid.NewGuid():N}");
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(short_));
        File.Move(short_, Path.Combine(Root, "tmp/socket"));

        foreach (string name in (string[])["/tmp/pipe", "/tmp/socket"])
        {
            (await _api.ReadAsync(_id, name)).ExpectError(400, "invalid_argument");
            (await _api.DownloadAsync(_id, name)).ExpectError(400, "invalid_argument");
            (await _api.WriteAsync(_id, name, "x")).ExpectError(400, "invalid_argument");
            (await _api.UploadAsync(_id, name, [1])).ExpectError(400, "invalid_argument");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE }), InlineData(new byte[] { 0x61, 0xC3 }), InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public async Task What_is_no_text_is_only_downloaded(byte[] bytes)
    {
        (await _api.UploadAsync(_id, "f", bytes)).Expect(200);

        Answer refused = (await _api.ReadAsync(_id, "f")).ExpectError(400, "invalid_argument");
        Assert.Contains("not UTF-8", refused.Json.Text("message"), StringComparison.Ordinal);
        Assert.Equal(bytes, (await _api.DownloadAsync(_id, "f")).Expect(200).Body);
    }

    [Theory]
    [InlineData((256 << 10) - 1), InlineData((256 << 10) - 2), InlineData((256 << 10) - 3), InlineData((512 << 10) - 1)]
    public async Task Text_whose_characters_lie_across_a_step_is_text(int before)
    {
        string text = new string('x', before) + "🎉🎉" + new string('y', 1000);
        (await _api.UploadAsync(_id, "f", Encoding.UTF8.GetBytes(text))).Expect(200);
        Assert.Equal(text, await _api.TextAsync(_id, "f"));
    }

    [Fact]
    public async Task A_long_text_is_written()
    {
        string text = new('x', 5 << 20);
        (await _api.WriteAsync(_id, "f", text)).Expect(200);
        Assert.Equal(text, await _api.TextAsync(_id, "f"));
        (await _api.WriteAsync(_id, "f", new string('x', (16 << 20) + 1))).ExpectError(413, "too_large");
        Assert.Equal(text, await _api.TextAsync(_id, "f"));
    }

    [Theory]
    [InlineData("""{}""", "file_path is required"), InlineData("""{"file_path":1}""", "file_path is not a text"), InlineData("[]", "not a JSON object")]
    [InlineData("""{"file_path":"a","contents":null}""", "contents is required"), InlineData("{", "not valid JSON")]
    public async Task A_body_that_names_nothing_is_refused(string body, string reason)
    {
        Answer refused = (await _api.PostAsync($"/v1/devboxes/{_id}/write_file_contents", body)).ExpectError(400, "invalid_argument");
        Assert.Contains(reason, refused.Json.Text("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{}", "is no form"), InlineData("multipart/form-data", "x", "is no form")]
    [InlineData("multipart/form-data; boundary=b", "--b--\r\n", "no file")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n", "no path")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\nf\r\n--b--\r\n", "no file")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\nf\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nx", "ends before")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n", "no name")]
    public async Task A_form_that_is_broken_or_lacks_a_part_changes_nothing(string type, string body, string reason)
    {
        (await _api.WriteAsync(_id, "f", "before")).Expect(200);

        Answer refused = (await _api.SendAsync("POST", $"/v1/devboxes/{_id}/upload_file", new StringContent(body), [("Content-Type", type)])).ExpectError(400, "invalid_argument");

        Assert.Contains(reason, refused.Json.Text("message"), StringComparison.Ordinal);
        Assert.Equal("before", await _api.TextAsync(_id, "f"));
    }
}
