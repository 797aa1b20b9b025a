using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Bytes in and out: put, get and cat.</summary>
public sealed class PutGetTests(SharedServer server) : IAsyncLifetime
{
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    private Api Api => Line.Api!;

    public async ValueTask InitializeAsync() => _opened = await CommandLine.OnAsync(server.Process);

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(Bytes.Inline), InlineData(Bytes.OneFile), InlineData(Bytes.ManyBlocks)]
    public async Task A_file_comes_back_as_it_was(int size)
    {
        byte[] bytes = Bytes.Random(size);
        Line.Write("in.bin", bytes);

        CommandLine.Ended put = (await Line.RunAsync("put", "in.bin")).Expect();
        CommandLine.Ended got = (await Line.RunAsync("get", put.Line, "-o", "out.bin")).Expect();
        CommandLine.Ended cat = (await Line.RunAsync("cat", put.Line)).Expect();

        Assert.Matches("^obj_[a-z0-9]+\n$", put.Output); // so that id=$(coffer put x) works
        Assert.Equal("out.bin\n", got.Output);
        Assert.Equal(bytes, Line.Read("out.bin"));
        Assert.Equal(bytes, cat.Bytes);
        Assert.Equal("", put.Errors + got.Errors + cat.Errors);
    }

    [Theory]
    [InlineData("table.csv", "text", "text/csv")]
    [InlineData("rows.jsonl", "text", "application/x-ndjson")]
    [InlineData("config.json", "text", "application/json")]
    [InlineData(".env", "text", "text/plain")]
    [InlineData("chart.png", "binary", "image/png")]
    [InlineData("paper.pdf", "binary", "application/pdf")]
    [InlineData("page.html", "text", "text/html")]
    [InlineData("dump.sql", "text", "application/sql")]
    [InlineData("code.tar.gz", "tgz", "application/x-gtar")]
    [InlineData("unknown", "unspecified", null)]
    public async Task The_ending_of_a_name_says_what_a_file_is(string name, string contentClass, string? mediaType)
    {
        Line.Write(name, "content");

        JsonElement stored = (await Line.RunAsync("put", name, "--json")).Expect().Json[0];

        Assert.Equal(name, stored.Text("name"));
        Assert.Equal(contentClass, stored.Text("content_type"));
        Assert.Equal(mediaType, stored.Text("mime_type"));
    }

    [Fact]
    public async Task What_is_said_about_an_object_is_stored_with_it()
    {
        Line.Write("a.txt", "content");

        CommandLine.Ended put = await Line.RunAsync(
            "put", "a.txt", "--name", "Ünï/cödé 📦", "--type", "text/csv", "--public", "--ttl", "12h", "--meta", "project=apollo",
            "--meta", "formula=a=b", "--meta", "empty=", "--json");

        JsonElement stored = put.Expect().Json[0];
        Assert.Equal("Ünï/cödé 📦", stored.Text("name"));
        Assert.Equal("text/csv", stored.Text("mime_type"));
        Assert.True(stored.Flag("is_public"));
        Assert.Equal(stored.Number("create_time_ms") + (12 * 3_600_000), stored.Number("delete_after_time_ms"));
        JsonElement metadata = stored.GetProperty("metadata");
        Assert.Equal(("apollo", "a=b", ""), (metadata.Text("project"), metadata.Text("formula"), metadata.Text("empty")));
        Assert.Equal("content", Encoding.UTF8.GetString((await Api.WithKey(null).GetAsync(stored.Text("public_url")!)).Expect(200).Body));
    }

    [Fact]
    public async Task Several_files_are_stored_one_after_the_other_and_one_that_is_missing_stops_none()
    {
        Line.Write("a.txt", "a");
        Line.Write("c.txt", "c");

        CommandLine.Ended put = (await Line.RunAsync("put", "a.txt", "b.txt", "c.txt")).Expect(1);

        Assert.Equal("coffer: there is no file or directory 'b.txt'; check the path\n", put.Errors);
        Assert.Equal(2, put.Lines.Length);
        Assert.Equal("a", (await Line.RunAsync("cat", put.Lines[0])).Output);
        Assert.Equal("c", (await Line.RunAsync("cat", put.Lines[1])).Output);
    }

    [Fact]
    public async Task What_is_piped_in_is_stored()
    {
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);

        string id = (await Line.RunAsync(bytes, "put", "-", "--name", "dump.sql")).Expect().Line;

        Assert.Equal(bytes, (await Line.RunAsync("cat", id)).Bytes);
        JsonElement view = (await Line.RunAsync("stat", id, "--json")).Json;
        Assert.Equal("dump.sql", view.Text("name"));
        Assert.Equal("application/sql", view.Text("mime_type"));
    }

    [Fact]
    public async Task A_file_that_is_redirected_in_is_stored_from_where_it_stands()
    {
        Line.Write("in.txt", "first line\nrest\n");

        CommandLine.Ended put = (await Line.ShellAsync("id=$(coffer put - < in.txt) && coffer cat $id && coffer stat $id | grep Name")).Expect();

        Assert.Equal("first line\nrest\nName          stdin\n", put.Output);
    }

    [Fact]
    public async Task The_output_of_two_commands_goes_into_one_file()
    {
        Line.Write("a.txt", "one\n");

        (await Line.ShellAsync("id=$(coffer put a.txt); (coffer cat $id; echo two; coffer cat $id) > both.txt")).Expect();

        Assert.Equal("one\ntwo\none\n", Encoding.UTF8.GetString(Line.Read("both.txt")));
    }

    [Fact]
    public async Task A_directory_is_packed_and_comes_back_whole()
    {
        Line.Write("site/index.html", "<p>");
        Line.Write("site/sub/.hidden", "secret");
        Directory.CreateDirectory(Line.PathOf("site/empty"));
        File.CreateSymbolicLink(Line.PathOf("site/link"), "index.html");

        string id = (await Line.RunAsync("put", "site/")).Expect().Line;
        CommandLine.Ended got = (await Line.RunAsync("get", id)).Expect();

        Assert.Equal("site.tar.gz", got.Line);
        Assert.Equal("tgz", (await Line.RunAsync("stat", id, "--json")).Json.Text("content_type"));
        Directory.CreateDirectory(Line.PathOf("back"));
        await using (var archive = new GZipStream(File.OpenRead(Line.PathOf("site.tar.gz")), CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(archive, Line.PathOf("back"), overwriteFiles: false);
        }

        Assert.Equal("<p>", File.ReadAllText(Line.PathOf("back/index.html")));
        Assert.Equal("secret", File.ReadAllText(Line.PathOf("back/sub/.hidden")));
        Assert.True(Directory.Exists(Line.PathOf("back/empty")));
        Assert.Equal("index.html", new FileInfo(Line.PathOf("back/link")).LinkTarget);
    }

    [Fact]
    public async Task A_directory_has_no_other_type()
    {
        Directory.CreateDirectory(Line.PathOf("site"));

        (await Line.RunAsync("put", "site", "--type", "text/html"))
            .ExpectError(2, "'site' is a directory and is stored as tgz; leave out --type");
    }

    [Fact]
    public async Task Get_writes_under_the_objects_name_made_safe()
    {
        string id = await Api.StoreAsync("content", "../reports/Q1: final?.txt");

        CommandLine.Ended got = (await Line.RunAsync("get", id)).Expect();

        Assert.Equal(".._reports_Q1_ final_.txt", got.Line);
        Assert.Equal("content", Encoding.UTF8.GetString(Line.Read(got.Line)));
    }

    [Fact]
    public async Task Get_writes_into_a_folder()
    {
        string id = await Api.StoreAsync("content", "a.txt");
        Directory.CreateDirectory(Line.PathOf("downloads"));

        Assert.Equal("downloads/a.txt", (await Line.RunAsync("get", id, "-o", "downloads")).Expect().Line);
        (await Line.RunAsync("get", id, "-o", "missing/")).ExpectError(1, "there is no folder 'missing/'; make it first");
        Assert.Equal("content", Encoding.UTF8.GetString(Line.Read("downloads/a.txt")));
    }

    [Fact]
    public async Task Get_replaces_a_file_only_when_told_to()
    {
        string id = await Api.StoreAsync("new", "a.txt");
        Line.Write("a.txt", "old");

        (await Line.RunAsync("get", id))
            .ExpectError(1, "'a.txt' is there already; add --force to replace it, or choose another place with -o");
        Assert.Equal("old", Encoding.UTF8.GetString(Line.Read("a.txt")));

        JsonElement got = (await Line.RunAsync("get", id, "--force", "--json")).Expect().Json;
        Assert.Equal("new", Encoding.UTF8.GetString(Line.Read("a.txt")));
        Assert.Equal("a.txt", got.Text("path"));
        Assert.Equal(id, got.Text("id"));
        Assert.Equal(["a.txt"], Directory.GetFileSystemEntries(Line.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Get_does_not_turn_a_device_into_a_file()
    {
        string id = await Api.StoreAsync("content", "a.txt");

        (await Line.RunAsync("get", id, "-o", "/dev/null", "--force"))
            .ExpectError(1, $"'/dev/null' is a device, and would become a file; use `coffer cat {id} > /dev/null`");
    }

    [Fact]
    public async Task What_cannot_be_fetched_leaves_no_file()
    {
        CreatedObject open = await Api.CreateAsync("open.txt");
        string gone = await Api.StoreAsync("content", "gone.txt");
        await Api.RemoveAsync(gone);

        (await Line.RunAsync("get", "obj_aaaaaaaaaaaaaaaaaaaaaaaaaa"))
            .ExpectError(1, "there is no such object; `coffer ls` shows what there is");
        Assert.Equal(409, (await Line.RunAsync("get", open.Id, "--json")).Expect(1).Error.Number("status"));
        Assert.Equal(410, (await Line.RunAsync("get", gone, "--json")).Expect(1).Error.Number("status"));
        Assert.Equal(409, (await Line.RunAsync("cat", open.Id, "--json")).Expect(1).Error.Number("status"));
        Assert.Empty(Directory.GetFileSystemEntries(Line.Folder));
    }

    [Theory]
    [InlineData("coffer put /proc/self/status")]
    [InlineData("coffer put - < /proc/self/status")]
    public async Task A_file_that_says_it_is_empty_is_read_all_the_same(string command)
    {
        CommandLine.Ended put = (await Line.ShellAsync(command)).Expect();

        Assert.StartsWith("Name:\t", (await Api.DownloadAsync(put.Line)).Expect(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_leaves_early_is_no_error()
    {
        string id = await Api.StoreAsync(Bytes.Random(20_000_000), new { name = "big", content_type = "binary" });

        CommandLine.Ended head = await Line.ShellAsync($"{{ coffer cat {id}; echo $? > code; }} | head -c 10 | wc -c");

        Assert.Equal("10", head.Line.Trim());
        Assert.Equal("", head.Errors);
        Assert.Equal("0\n", Encoding.UTF8.GetString(Line.Read("code")));
    }
}
