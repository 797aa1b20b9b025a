using System.Text.Json;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>What the lists look like on the wire; which entries they hold is tested with the catalog.</summary>
public sealed class ListTests(SharedServer server)
{
    [Fact]
    public async Task Folders_have_a_name_and_nothing_else()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("dir/a.txt");
        (await api.SendObjectAsync("POST", bucket, "b.txt", "abc", ("cache-control", "max-age=9"))).Expect(200);

        JsonElement[] entries = [.. (await api.PostAsync($"{Root}/object/list/{bucket}", """{"prefix":""}""")).Expect(200).Json.EnumerateArray()];

        Assert.Equal(["b.txt", "dir"], entries.Select(entry => entry.Text("name")));
        Assert.Equal("""{"name":"dir","id":null,"updated_at":null,"created_at":null,"last_accessed_at":null,"metadata":null}""", entries[1].GetRawText());
        JsonElement metadata = entries[0].GetProperty("metadata");
        Assert.Equal(("\"900150983cd24fb0d6963f7d28e17f72\"", 3, "text/plain", "max-age=9"), (metadata.Text("eTag")!, metadata.Number("size")!.Value, metadata.Text("mimetype")!, metadata.Text("cacheControl")!));
        Assert.Equal(["a.txt"], await api.NamesAsync(bucket, new { prefix = "dir" }));
        Assert.Equal(["a.txt"], await api.NamesAsync(bucket, new { prefix = "dir/", search = "A", limit = "1" }));
        Assert.Equal(["dir", "b.txt"], await api.NamesAsync(bucket, new { prefix = "", sortBy = new { column = "created_at", order = "desc" } }));
    }

    [Theory]
    [InlineData("name", "asc", "a b dir")]
    [InlineData("name", "desc", "dir b a")]
    [InlineData("created_at", "asc", "dir b a")] // folders first
    [InlineData("created_at", "desc", "dir a b")]
    [InlineData("updated_at", "desc", "dir a b")]
    public async Task The_first_version_sorts_both_ways(string column, string order, string names)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("b");
        foreach (string key in new[] { "dir/x", "a" })
        {
            await Task.Delay(5); // times are kept in milliseconds
            (await api.SendObjectAsync("POST", bucket, key, "x")).Expect(200);
        }

        Assert.Equal(names.Split(' '), await api.NamesAsync(bucket, new { prefix = "", sortBy = new { column, order } }));
    }

    /// <param name="names">Page by page; each has its folders first.</param>
    [Theory]
    [InlineData("name", "asc", "a/ b | d/ c")]
    [InlineData("name", "desc", "d/ c | a/ b")]
    [InlineData("created_at", "desc", "d/ b | a/ c")]
    public async Task Pages_go_on_where_they_ended_in_the_order_that_they_began_with(string column, string order, string names)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        foreach (string key in new[] { "c", "a/1", "a/2", "b", "d/1" })
        {
            await Task.Delay(5); // times are kept in milliseconds
            (await api.SendObjectAsync("POST", bucket, key, "x")).Expect(200);
        }

        List<string> seen = [];
        string? cursor = null;
        do
        {
            Answer page = (await api.PostAsync(
                $"{Root}/object/list-v2/{bucket}",
                new { limit = 2, with_delimiter = true, cursor, sortBy = cursor is null ? new { column, order } : new { column = "updated_at", order = "asc" } })).Expect(200);
            seen.Add(string.Join(' ', page.Json.Items("folders").Concat(page.Json.Items("objects")).Select(entry => entry.Text("name"))));
            cursor = page.Json.Text("nextCursor");
            Assert.Equal(page.Json.Flag("hasNext"), cursor is not null);
        }
        while (cursor is not null);

        Assert.Equal(names, string.Join(" | ", seen));
    }

    [Fact]
    public async Task Pages_have_as_many_entries_as_was_asked_for_up_to_a_limit()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        await Parallel.ForAsync(0, 1501, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            (await api.SendObjectAsync("POST", bucket, $"{i:d4}", "x")).Expect(200));

        Assert.Equal(100, (await api.NamesAsync(bucket)).Length);
        Assert.Equal(1500, (await api.NamesAsync(bucket, new { prefix = "", limit = 1_000_000 })).Length);
        Assert.Equal(["1500"], await api.NamesAsync(bucket, new { prefix = "", limit = 1_000_000, offset = 1500 }));
        foreach (object asked in new object[] { new { }, new { limit = 1_000_000 } })
        {
            Answer page = (await api.PostAsync($"{Root}/object/list-v2/{bucket}", asked)).Expect(200);
            Assert.Equal((1000, true, "0999"), (page.Json.Items("objects").Length, page.Json.Flag("hasNext"), page.Json.Text("nextCursorKey")!));
        }
    }

    [Fact]
    public async Task A_page_with_folders_names_the_last_parts()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("x/dir/a.txt");
        (await api.SendObjectAsync("POST", bucket, "x/b.txt", "x")).Expect(200);

        Answer page = (await api.PostAsync($"{Root}/object/list-v2/{bucket}", new { prefix = "x/", with_delimiter = "true" })).Expect(200);

        Assert.Equal(("dir", "x/dir/"), (page.Json.Items("folders")[0].Text("key"), page.Json.Items("folders")[0].Text("name")));
        Assert.Equal(("b.txt", "x/b.txt"), (page.Json.Items("objects")[0].Text("key"), page.Json.Items("objects")[0].Text("name")));
    }

    [Fact]
    public async Task Deleting_many_answers_the_rows_that_went()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");
        (await api.SendObjectAsync("POST", bucket, "a/b", "x")).Expect(200);

        Answer answer = (await api.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf("""{"prefixes":["nothing","a"]}""", "application/json"))).Expect(200);

        Assert.Equal("a", Assert.Single(answer.Json.EnumerateArray()).Text("name"));
        Assert.Equal(["a"], await api.NamesAsync(bucket)); // the folder: keys are whole, not prefixes
        (await api.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf("""{"prefixes":[]}""", "application/json"))).ExpectRefusal(400, "InvalidRequest", "Error");
        (await api.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf("""{"prefixes":[{"path":"a","versionId":"b"}]}""", "application/json"))).ExpectRefusal(400, "InvalidRequest", "Error");
    }
}
