using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Buckets themselves: create, list, update, empty, delete.</summary>
public sealed class BucketVerbTests(SharedServer server) : IAsyncLifetime
{
    private readonly string _bucket = StorageCalls.NewName();
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    public async ValueTask InitializeAsync() => _opened = await CommandLine.OnAsync(server.Process);

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_bucket_is_made_as_it_was_asked_for()
    {
        JsonElement made = (await Line.RunAsync(
            "bucket", "create", _bucket, "--public", "--size-limit", "2MB", "--allow-type", "image/*", "--allow-type", "text/csv", "--json")).Expect().Json;

        Assert.Equal(_bucket, made.Text("id"));
        Assert.True(made.Flag("public"));
        Assert.Equal(2_000_000, made.Number("file_size_limit"));
        Assert.Equal(["image/*", "text/csv"], made.GetProperty("allowed_mime_types").EnumerateArray().Select(type => type.GetString()));
        Line.Write("a.html", "<p>");
        (await Line.RunAsync("cp", "a.html", $"{_bucket}/a.html")).ExpectError(
            1, "a.html: mime type text/html is not supported; `coffer bucket list` shows what the bucket takes, --type says another type");
    }

    [Fact]
    public async Task A_title_is_what_lists_show_and_are_searched_by_and_the_name_what_calls_take()
    {
        string title = $"{_bucket} of 2031";
        Assert.Equal($"{_bucket}\n", (await Line.RunAsync("bucket", "create", _bucket, "--title", title)).Expect().Output);

        JsonElement listed = Assert.Single((await Line.RunAsync("bucket", "list", "--name", "OF 2031", "--json")).Expect().Json.EnumerateArray());
        Assert.Equal((_bucket, title), (listed.Text("id"), listed.Text("name")));
        Line.Write("a.txt", "a");
        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a.txt")).Expect();
        Assert.Equal($"{_bucket}/a.txt\n", (await Line.RunAsync("ls", $"{_bucket}/")).Expect().Output);
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        Assert.Contains($"{_bucket} ({title})", (await Line.OnTerminalAsync("", "bucket", "list")).Expect().Output, StringComparison.Ordinal);
        Assert.Contains(title, (await Line.OnTerminalAsync("", "bucket", "update", _bucket, "--public")).Expect().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_is_private_and_without_limits_when_nothing_is_said()
    {
        Assert.Equal($"{_bucket}\n", (await Line.RunAsync("bucket", "create", _bucket)).Expect().Output);

        JsonElement listed = Assert.Single((await Line.RunAsync("bucket", "list", "--name", _bucket.ToUpperInvariant(), "--json")).Expect().Json.EnumerateArray());
        Assert.Equal(
            ["allowed_mime_types", "created_at", "file_size_limit", "id", "name", "owner", "public", "updated_at"],
            listed.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.False(listed.Flag("public"));
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("file_size_limit").ValueKind);
        Assert.Contains(_bucket, (await Line.RunAsync("bucket", "list")).Expect().Lines);
    }

    [Fact]
    public async Task An_update_changes_what_is_said_and_nothing_else()
    {
        (await Line.RunAsync("bucket", "create", _bucket, "--public", "--size-limit", "10", "--allow-type", "image/*")).Expect();

        JsonElement closed = (await Line.RunAsync("bucket", "update", _bucket, "--private", "--json")).Expect().Json;
        JsonElement open = (await Line.RunAsync("bucket", "update", _bucket, "--no-size-limit", "--any-type", "--json")).Expect().Json;

        Assert.Equal((false, 10), (closed.Flag("public"), closed.Number("file_size_limit")));
        Assert.Single(closed.GetProperty("allowed_mime_types").EnumerateArray());
        Assert.False(open.Flag("public"));
        Assert.Equal(JsonValueKind.Null, open.GetProperty("file_size_limit").ValueKind);
        Assert.Equal(JsonValueKind.Null, open.GetProperty("allowed_mime_types").ValueKind);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_what_to_do()
    {
        string bucket = await Line.Api!.NewBucketWithAsync("a.txt");

        (await Line.RunAsync("bucket", "create", bucket)).ExpectError(1, "the resource already exists; choose another name");
        (await Line.RunAsync("bucket", "update", "nowhere", "--public")).ExpectError(1, "bucket not found; `coffer bucket list` shows what there is");
        (await Line.RunAsync("bucket", "update", bucket)).ExpectError(2, "nothing to change; see `coffer bucket update --help`");
        (await Line.RunAsync("bucket", "update", bucket, "--public", "--private")).ExpectError(
            2, "--public and --private exclude each other; keep one of them");
        (await Line.RunAsync("bucket", "delete", bucket)).ExpectError(
            1, $"{bucket}: the bucket you tried to delete is not empty; `coffer bucket empty` empties it");
        JsonElement error = (await Line.RunAsync("bucket", "create", "a/b", "--json")).Expect(1).Error;
        Assert.Equal(("InvalidBucketName", 400), (error.Text("code"), error.Number("status")));
    }

    [Fact]
    public async Task A_bucket_is_emptied_only_on_a_clear_word_and_then_deleted()
    {
        string bucket = await Line.Api!.NewBucketWithAsync("deep/a.txt");

        (await Line.RunAsync("bucket", "empty", bucket)).ExpectError(
            2, $"this deletes every file; look with `coffer ls {bucket}/ --recursive`, then add --yes");
        Assert.Single((await Line.RunAsync("ls", $"{bucket}/", "--recursive")).Expect().Lines);
        Assert.Equal(bucket, (await Line.RunAsync("bucket", "empty", bucket, "--yes", "--json")).Expect().Json.Text("id"));
        Assert.Equal("", (await Line.RunAsync("ls", $"{bucket}/", "--recursive")).Expect().Output);

        CommandLine.Ended deleted = (await Line.RunAsync("bucket", "delete", bucket, "nowhere")).Expect(1);

        Assert.Equal($"{bucket}\n", deleted.Output);
        Assert.Equal("coffer: nowhere: bucket not found; `coffer bucket list` shows what there is\n", deleted.Errors);
        (await Line.RunAsync("ls", $"{bucket}/")).ExpectError(1, "bucket not found; `coffer bucket list` shows what there is");
    }

    [Fact]
    public async Task A_bucket_of_another_account_looks_missing()
    {
        string bucket = await Line.Api!.NewBucketWithAsync("a.txt");
        using CommandLine other = await CommandLine.OnAsync(server.Process);

        Assert.DoesNotContain(bucket, (await other.RunAsync("bucket", "list")).Expect().Lines);
        (await other.RunAsync("ls", $"{bucket}/")).ExpectError(1, "bucket not found; `coffer bucket list` shows what there is");
        (await other.RunAsync("cat", $"{bucket}/a.txt")).Expect(1);
        (await other.RunAsync("rm", $"{bucket}/a.txt")).Expect(1);
        Assert.Equal("content", (await Line.RunAsync("cat", $"{bucket}/a.txt")).Expect().Output);
    }
}
