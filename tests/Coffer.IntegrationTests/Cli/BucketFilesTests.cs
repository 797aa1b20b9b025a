using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Files by their addresses: ls, cat, url, mv, rm.</summary>
public sealed class BucketFilesTests(SharedServer server) : IAsyncLifetime
{
    private CommandLine? _opened;
    private string _bucket = "";

    private CommandLine Line => _opened!;

    public async ValueTask InitializeAsync()
    {
        _opened = await CommandLine.OnAsync(server.Process);
        _bucket = await Line.Api!.NewBucketAsync();
        foreach (string key in new[] { "a.txt", "deep/b.txt", "deep/deeper/c.txt", "deep.txt" })
        {
            (await Line.Api!.SendObjectAsync("POST", _bucket, key, $"bytes of {key}")).Expect(200);
        }
    }

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("", false, "deep/", "a.txt", "deep.txt")]
    [InlineData("", true, "a.txt", "deep.txt", "deep/b.txt", "deep/deeper/c.txt")]
    [InlineData("deep/", false, "deep/deeper/", "deep/b.txt")]
    [InlineData("deep/", true, "deep/b.txt", "deep/deeper/c.txt")]
    [InlineData("deep", false, "deep/", "deep.txt")]
    [InlineData("none/", true)]
    public async Task A_place_is_listed_by_folder_or_whole(string key, bool recursive, params string[] expected)
    {
        string[] arguments = recursive ? ["ls", $"{_bucket}/{key}", "--recursive"] : ["ls", $"{_bucket}/{key}"];

        Assert.Equal(expected.Select(one => $"{_bucket}/{one}"), (await Line.RunAsync(arguments)).Expect().Lines);
    }

    [Fact]
    public async Task A_listing_in_json_says_everything_about_a_file_and_little_about_a_folder()
    {
        JsonElement[] listed = [.. (await Line.RunAsync("ls", $"{_bucket}/", "--json", "--limit", "2")).Expect().Json.EnumerateArray()];

        Assert.Equal(2, listed.Length);
        Assert.All(listed, entry => Assert.Equal(
            ["address", "bucket", "key", "is_folder", "id", "size_bytes", "mime_type", "etag", "cache_control", "created_at", "updated_at"],
            entry.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(($"{_bucket}/deep/", true, null), (listed[0].Text("address"), listed[0].Flag("is_folder"), listed[0].Text("id")));
        Assert.Equal((_bucket, "a.txt", 14, "text/plain"), (listed[1].Text("bucket"), listed[1].Text("key"), listed[1].Number("size_bytes"), listed[1].Text("mime_type")));
        Assert.False(listed[1].Flag("is_folder"));
    }

    [Fact]
    public async Task A_word_without_a_slash_is_no_place_in_a_bucket()
    {
        (await Line.RunAsync("ls", _bucket)).ExpectError(
            2, $"'{_bucket}' is no place in a bucket; write '{_bucket}/' for all of a bucket, or `coffer stat` for an id");
        (await Line.RunAsync("ls", "--recursive")).ExpectError(
            2, "--recursive is for a place in a bucket; write bucket/ or bucket/folder/");
        (await Line.RunAsync("ls", $"{_bucket}/", "--name", "a")).ExpectError(
            2, "filters are for objects by id; a place in a bucket takes --recursive, --limit and --all only");
    }

    [Fact]
    public async Task Cat_takes_an_address_and_an_id()
    {
        string id = await Line.Api!.StoreAsync("by id");

        Assert.Equal("bytes of deep/b.txt", (await Line.RunAsync("cat", $"{_bucket}/deep/b.txt")).Expect().Output);
        Assert.Equal("by id", (await Line.RunAsync("cat", id)).Expect().Output);
        Assert.Equal("by id", (await Line.RunAsync("cat", $"{await ObjectsBucketAsync()}/{id}")).Expect().Output);
        (await Line.RunAsync("cat", $"{_bucket}/none")).ExpectError(1, "object not found; `coffer ls BUCKET/` shows what there is");
        (await Line.RunAsync("cat", $"{_bucket}/deep/")).ExpectError(
            2, $"'{_bucket}/deep/' is a folder; write the whole key, `coffer ls {_bucket}/deep/` shows what there is");
    }

    [Fact]
    public async Task A_link_works_without_a_key_and_a_public_one_only_for_a_public_bucket()
    {
        CommandLine.Ended link = (await Line.RunAsync("url", $"{_bucket}/a.txt", "--expires", "5m")).Expect();
        (await Line.RunAsync("url", $"{_bucket}/a.txt", "--public")).ExpectError(
            1, $"the bucket '{_bucket}' is private; leave out --public, or open it with `coffer bucket update {_bucket} --public`");
        (await Line.RunAsync("bucket", "update", _bucket, "--public")).Expect();
        JsonElement open = (await Line.RunAsync("url", $"{_bucket}/a.txt", "--public", "--json")).Expect().Json;
        JsonElement signed = (await Line.RunAsync("url", $"{_bucket}/a.txt", "--json")).Expect().Json;

        Api nobody = Line.Api!.WithKey(null);
        Assert.Equal("bytes of a.txt", Encoding.UTF8.GetString((await nobody.GetAsync(link.Line)).Expect(200).Body));
        Assert.Equal("bytes of a.txt", Encoding.UTF8.GetString((await nobody.GetAsync(open.Text("url")!)).Expect(200).Body));
        Assert.Equal(($"{_bucket}/a.txt", 3600), (signed.Text("address"), signed.Number("expires_in_seconds")));
        (await Line.RunAsync("url", $"{_bucket}/none")).ExpectError(1, "object not found; `coffer ls BUCKET/` shows what there is");
        (await Line.RunAsync("url", "obj_x", "--public")).Expect(2);
        (await Line.RunAsync("url", $"{_bucket}/a.txt", "--public", "--expires", "1h")).Expect(2);
    }

    [Fact]
    public async Task A_file_is_renamed_within_and_between_buckets()
    {
        string other = await Line.Api!.NewBucketAsync();

        JsonElement moved = Assert.Single((await Line.RunAsync("mv", $"{_bucket}/a.txt", $"{_bucket}/new/a2.txt", "--json")).Expect().Json.EnumerateArray());
        Assert.Equal(
            ("move", $"{_bucket}/a.txt", $"{_bucket}/new/a2.txt", 14),
            (moved.Text("action"), moved.Text("from"), moved.Text("to"), moved.Number("size_bytes")));
        Assert.Equal([$"{other}/a2.txt"], (await Line.RunAsync("mv", $"{_bucket}/new/a2.txt", $"{other}/")).Expect().Lines);
        (await Line.RunAsync("mv", $"{_bucket}/deep/", $"{other}/moved/", "--recursive")).Expect();

        Assert.Equal([$"{_bucket}/deep.txt"], (await Line.RunAsync("ls", $"{_bucket}/", "--recursive")).Expect().Lines);
        Assert.Equal("bytes of deep/deeper/c.txt", (await Line.RunAsync("cat", $"{other}/moved/deeper/c.txt")).Expect().Output);
    }

    [Fact]
    public async Task What_cannot_be_moved_is_refused()
    {
        (await Line.RunAsync("mv", $"{_bucket}/a.txt", $"{_bucket}/deep.txt")).ExpectError(
            1, $"{_bucket}/a.txt: the resource already exists; remove it first, or choose another key");
        (await Line.RunAsync("mv", $"{_bucket}/none", $"{_bucket}/x")).Expect(1);
        (await Line.RunAsync("mv", $"{_bucket}/a.txt", "here.txt")).ExpectError(
            2, "'here.txt' is no place in a bucket; `mv` moves within and between buckets, `coffer cp` to and from this machine");
        (await Line.RunAsync("mv", $"{_bucket}/a.txt", $"{_bucket}/deep.txt", $"{_bucket}/x")).ExpectError(
            2, $"several files need a folder to go to; write {_bucket}/x/");
        Assert.Equal("bytes of a.txt", (await Line.RunAsync("cat", $"{_bucket}/a.txt")).Expect().Output);
    }

    [Fact]
    public async Task Files_are_removed_by_address_and_one_that_is_missing_stops_none()
    {
        CommandLine.Ended removed = (await Line.RunAsync("rm", $"{_bucket}/a.txt", $"{_bucket}/none", $"{_bucket}/deep/b.txt")).Expect(1);

        Assert.Equal([$"{_bucket}/a.txt", $"{_bucket}/deep/b.txt"], removed.Lines);
        Assert.Equal($"coffer: there is no '{_bucket}/none' that you may delete; `coffer ls {_bucket}/` shows what there is\n", removed.Errors);
        Assert.Equal([$"{_bucket}/deep.txt", $"{_bucket}/deep/deeper/c.txt"], (await Line.RunAsync("ls", $"{_bucket}/", "-r")).Expect().Lines);
    }

    [Fact]
    public async Task A_folder_is_removed_only_on_a_clear_word()
    {
        (await Line.RunAsync("rm", $"{_bucket}/deep/")).Expect(2);
        (await Line.RunAsync("rm", $"{_bucket}/deep/", "--recursive")).ExpectError(
            2, "--recursive may choose a lot; look with --dry-run, then add --yes");
        string[] shown = (await Line.RunAsync("rm", $"{_bucket}/deep", "--recursive", "--dry-run")).Expect().Lines;
        Assert.Equal(4, (await Line.RunAsync("ls", $"{_bucket}/", "-r")).Expect().Lines.Length);

        string[] removed = (await Line.RunAsync("rm", $"{_bucket}/deep", "--recursive", "--yes")).Expect().Lines;

        Assert.Equal([$"{_bucket}/deep/b.txt", $"{_bucket}/deep/deeper/c.txt"], shown); // and not deep.txt, which only begins so
        Assert.Equal(shown, removed);
        Assert.Equal([$"{_bucket}/a.txt", $"{_bucket}/deep.txt"], (await Line.RunAsync("ls", $"{_bucket}/", "-r")).Expect().Lines);
    }

    [Fact]
    public async Task Ids_addresses_and_filters_do_not_mix()
    {
        const string said = "ids, addresses and filters exclude each other; give one kind of them";

        (await Line.RunAsync("rm", $"{_bucket}/a.txt", "obj_x")).ExpectError(2, said);
        (await Line.RunAsync("rm", $"{_bucket}/a.txt", "--name", "a")).ExpectError(2, said);
        (await Line.RunAsync("rm", "obj_x", "--recursive")).ExpectError(2, "--recursive is for a folder of a bucket; write bucket/folder/");
        Assert.Equal(4, (await Line.RunAsync("ls", $"{_bucket}/", "-r")).Expect().Lines.Length);
    }

    [Fact]
    public async Task A_terminal_is_asked_and_sees_tables()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");

        string listed = (await Line.OnTerminalAsync("", "ls", $"{_bucket}/")).Expect().Output;
        CommandLine.Ended no = (await Line.OnTerminalAsync("n\n", "rm", $"{_bucket}/deep/", "-r")).Expect(1);
        CommandLine.Ended yes = (await Line.OnTerminalAsync("y\n", "rm", $"{_bucket}/deep/", "-r")).Expect();
        CommandLine.Ended empty = (await Line.OnTerminalAsync("y\n", "bucket", "empty", _bucket)).Expect();

        Assert.Matches("SIZE +CHANGED \\((UTC|LOCAL)\\) +TYPE +ADDRESS\n", listed);
        Assert.Matches($"14 B +\\S+ \\S+ +text/plain +{_bucket}/a.txt\n", listed);
        Assert.Contains("Delete 2 files (45 B) for good? [y/N]", no.Output, StringComparison.Ordinal);
        Assert.Contains("coffer: nothing was deleted; answer y, or add --yes", no.Output, StringComparison.Ordinal);
        Assert.Contains("Deleted 2 files for good.", yes.Output, StringComparison.Ordinal);
        Assert.Contains($"Delete every file of '{_bucket}' for good? [y/N]", empty.Output, StringComparison.Ordinal);
        Assert.Equal("", (await Line.RunAsync("ls", $"{_bucket}/")).Expect().Output);
    }

    /// <summary>The bucket in which the account's objects by id are.</summary>
    private async Task<string> ObjectsBucketAsync() =>
        Assert.Single((await Line.RunAsync("bucket", "list", "--name", "objects")).Expect().Lines, static name => name.StartsWith("objects", StringComparison.Ordinal));
}
