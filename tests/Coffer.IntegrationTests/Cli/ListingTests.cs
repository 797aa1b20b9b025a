using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Finding, showing, linking and removing: ls, stat, url, publish, unpublish, rm.</summary>
public sealed class ListingTests(SharedServer server) : IAsyncLifetime
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

    [Fact]
    public async Task A_pipe_gets_ids_newest_first()
    {
        string first = await Api.StoreAsync(name: "first");
        string second = await Api.StoreAsync(name: "second");

        Assert.Equal($"{second}\n{first}\n", (await Line.RunAsync("ls")).Expect().Output);
    }

    [Fact]
    public async Task Json_is_one_array_of_views_with_the_names_of_the_wire()
    {
        string id = await Api.StoreAsync("content", "a \"quoted\" Ünï.txt");

        JsonElement list = (await Line.RunAsync("ls", "--json")).Expect().Json;

        JsonElement view = Assert.Single(list.EnumerateArray());
        JsonElement onTheWire = (await Api.RetrieveAsync(id)).Json;
        foreach (string name in (string[])["id", "name", "content_type", "state", "mime_type", "public_url"])
        {
            Assert.Equal(onTheWire.Text(name), view.Text(name));
        }

        foreach (string name in (string[])["create_time_ms", "size_bytes", "delete_after_time_ms"])
        {
            Assert.Equal(onTheWire.Number(name), view.Number(name));
        }

        Assert.Equal(onTheWire.Text("created_at"), view.Text("created_at"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", view.Text("created_at"));
        Assert.Equal(JsonValueKind.Null, onTheWire.GetProperty("metadata").ValueKind);
        Assert.Equal(JsonValueKind.Null, view.GetProperty("metadata").ValueKind);
    }

    [Fact]
    public async Task An_empty_list_is_nothing_or_an_empty_array()
    {
        Assert.Equal("", (await Line.RunAsync("ls")).Expect().Output);
        Assert.Equal("[]\n", (await Line.RunAsync("ls", "--json")).Expect().Output);
        Assert.Equal("[]\n", (await Line.RunAsync("rm", "--all", "--yes", "--json")).Expect().Output);
    }

    [Fact]
    public async Task Twenty_are_listed_unless_more_or_fewer_are_asked_for()
    {
        for (int i = 0; i < 23; i++)
        {
            await Api.CreateAsync();
        }

        Assert.Equal(20, (await Line.RunAsync("ls")).Expect().Lines.Length);
        Assert.Equal(3, (await Line.RunAsync("ls", "--limit", "3")).Expect().Lines.Length);
        Assert.Equal(22, (await Line.RunAsync("ls", "--limit", "22")).Expect().Lines.Length);
        Assert.Equal(23, (await Line.RunAsync("ls", "--all")).Expect().Lines.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(23, (await Line.RunAsync("ls", "--all", "--json")).Expect().Json.GetArrayLength());
    }

    [Fact]
    public async Task Each_filter_lets_through_what_it_names()
    {
        string small = await Api.StoreAsync("a", "Small.txt");
        string table = await Api.StoreAsync("a,b", "table", "text/csv");
        string large = await Api.StoreAsync(new byte[70_000], new { name = "large", content_type = "binary" });
        string open = (await Api.CreateAsync("open")).Id;
        string gone = await Api.StoreAsync("gone", "gone");
        await Api.RemoveAsync(gone);

        await Shows([open, large, table, small]);
        await Shows([small], "--name", "small");
        await Shows([table], "--type", "text/csv");
        await Shows([large], "--type", "binary");
        await Shows([table], "--search", table);
        await Shows([open], "--state", "uploading");
        await Shows([gone], "--state", "DELETED");
        await Shows([large], "--larger-than", "64KiB");
        await Shows([], "--larger-than", "70KB");
        await Shows([large], "--larger-than", "69999");
        await Shows([table], "--state", "read-only", "--name", "tab", "--larger-than", "2B");

        async Task Shows(string[] ids, params string[] filters) =>
            Assert.Equal(ids, (await Line.RunAsync(["ls", .. filters])).Expect().Lines);
    }

    [Fact]
    public async Task Unused_counts_from_the_last_read_or_from_the_creation()
    {
        string id = await Api.StoreAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.1));

        Assert.Equal(id, (await Line.RunAsync("ls", "--unused-for", "2s")).Expect().Line);
        Assert.Empty((await Line.RunAsync("ls", "--unused-for", "1h")).Expect().Lines);
    }

    [Fact]
    public async Task Public_shows_what_others_have_made_public_and_removes_only_ones_own()
    {
        using CommandLine other = await CommandLine.OnAsync(server.Process);
        string theirs = await other.Api!.StoreAsync(name: "theirs", isPublic: true);
        string mine = await Api.StoreAsync(name: "mine", isPublic: true);
        string closed = await Api.StoreAsync(name: "closed");

        string[] shown = (await Line.RunAsync("ls", "--public", "--all")).Expect().Lines;
        Assert.Contains(theirs, shown);
        Assert.Contains(mine, shown);
        Assert.DoesNotContain(closed, shown);

        Assert.Equal([mine], (await Line.RunAsync("rm", "--public", "--yes")).Expect().Lines);
        Assert.Equal([closed], (await Line.RunAsync("ls")).Expect().Lines);
        Assert.Equal("READ_ONLY", (await other.Api.RetrieveAsync(theirs)).Json.Text("state"));
    }

    [Fact]
    public async Task Stat_shows_every_field_to_people_and_programs()
    {
        string id = await Api.StoreAsync("content"u8.ToArray(), new { name = "a.txt", content_type = "text/plain", metadata = new { k = "v" } });

        string text = (await Line.RunAsync("stat", id)).Expect().Output;
        JsonElement json = (await Line.RunAsync("stat", id, "--json")).Expect().Json;

        Assert.Matches("Name +a.txt\n", text);
        Assert.Matches("Size +7 B \\(7 bytes\\)\n", text);
        Assert.Matches("Media type +text/plain\n", text);
        Assert.Matches("Metadata +k=v\n", text);
        Assert.Equal("v", json.GetProperty("metadata").Text("k"));
        Assert.Equal(7, json.Number("size_bytes"));
    }

    [Fact]
    public async Task A_link_works_without_a_key_for_as_long_as_was_asked()
    {
        string id = await Api.StoreAsync("content");

        string url = (await Line.RunAsync("url", id)).Expect().Line;
        JsonElement link = (await Line.RunAsync("url", id, "--expires", "2h", "--json")).Expect().Json;

        Assert.Equal("content", (await Api.WithKey(null).GetAsync(url)).Expect(200).Text);
        Assert.Equal(id, link.Text("id"));
        Assert.Equal(7200, link.Number("expires_in_seconds"));
        Assert.Equal(link.Text("download_url"), link.Text("url"));
        Assert.Equal($"{DateTimeOffset.FromUnixTimeMilliseconds(link.Number("expires_at_ms")!.Value):yyyy-MM-ddTHH:mm:ss.fff}Z", link.Text("expires_at"));
    }

    [Fact]
    public async Task Publishing_opens_and_unpublishing_closes()
    {
        string first = await Api.StoreAsync("content");
        string second = await Api.StoreAsync();

        JsonElement opened = (await Line.RunAsync("publish", first, second, "--json")).Expect().Json;
        string url = opened[0].Text("public_url")!;
        Assert.Equal("content", (await Api.WithKey(null).GetAsync(url)).Expect(200).Text);

        Assert.Equal([first, second], (await Line.RunAsync("unpublish", first, second)).Expect().Lines);
        (await Api.WithKey(null).GetAsync(url)).Expect(404);
    }

    [Fact]
    public async Task Rm_deletes_what_is_there_and_names_what_is_not()
    {
        string first = await Api.StoreAsync();
        string second = await Api.StoreAsync();

        CommandLine.Ended removed = (await Line.RunAsync("rm", first, "obj_aaaaaaaaaaaaaaaaaaaaaaaaaa", second)).Expect(1);

        Assert.Equal([first, second], removed.Lines);
        Assert.Equal("coffer: obj_aaaaaaaaaaaaaaaaaaaaaaaaaa: there is no such object; `coffer ls` shows what there is\n", removed.Errors);
        Assert.Equal(0, await Api.CountAsync());
        Assert.Equal("DELETED", (await Line.RunAsync("rm", first, "--json")).Expect().Json[0].Text("state"));
    }

    [Fact]
    public async Task Rm_by_filter_shows_first_and_deletes_when_told_to()
    {
        string keep = await Api.StoreAsync("a", "keep");
        string large = await Api.StoreAsync(new byte[2000], new { name = "tmp-large", content_type = "binary" });
        string small = await Api.StoreAsync("a", "tmp-small");

        Assert.Equal([small, large], (await Line.RunAsync("rm", "--name", "TMP-", "--dry-run")).Expect().Lines);
        Assert.Equal([keep], (await Line.RunAsync("rm", keep, "--dry-run")).Expect().Lines);
        Assert.Equal(3, await Api.CountAsync());

        Assert.Equal([large], (await Line.RunAsync("rm", "--name", "tmp-", "--larger-than", "1KB", "--yes")).Expect().Lines);
        Assert.Equal([small], (await Line.RunAsync("rm", "--name", "tmp-", "-y")).Expect().Lines);
        Assert.Equal([keep], (await Line.RunAsync("ls")).Lines);
    }

    [Fact]
    public async Task Ids_of_a_listing_feed_the_next_command()
    {
        await Api.StoreAsync();
        await Api.StoreAsync();

        (await Line.ShellAsync("coffer ls | xargs coffer rm")).Expect();

        Assert.Equal(0, await Api.CountAsync());
    }
}
