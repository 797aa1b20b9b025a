using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

public sealed class BucketTests(SharedServer server)
{
    [Theory]
    [InlineData("\"1kb\"", 1000)]
    [InlineData("\"1.2345GB\"", 1_230_000_000)]
    [InlineData("\"20MB\"", 20_000_000)]
    [InlineData("\"3B\"", 3)]
    [InlineData("\"1000\"", 1000)]
    [InlineData("0", 0)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public async Task Sizes_are_numbers_or_texts_in_decimal_units(string limit, int? bytes)
    {
        Api api = await server.Accounts.NewAsync();
        string name = NewName();

        (await api.PostAsync($"{Root}/bucket", $$"""{"name":"{{name}}","file_size_limit":{{limit}}}""")).Expect(200);

        Assert.Equal(bytes, (await api.GetAsync($"{Root}/bucket/{name}")).Expect(200).Json.Number("file_size_limit"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("1", true)]
    [InlineData("[true]", true)]
    [InlineData("null", false)]
    [InlineData("\"false\"", false)]
    [InlineData("0", false)]
    public async Task Flags_are_taken_as_clients_spell_them(string flag, bool isPublic)
    {
        Api api = await server.Accounts.NewAsync();
        string name = NewName();

        Assert.Equal($$"""{"name":"{{name}}"}""", (await api.PostAsync($"{Root}/bucket", $$"""{"name":"{{name}}","public":{{flag}}}""")).Expect(200).Text);

        Answer shown = (await api.GetAsync($"{Root}/bucket/{name}")).Expect(200);
        Assert.Equal(isPublic, shown.Json.Flag("public"));
        Assert.Equal("", shown.Json.Text("owner"));
        Assert.False(shown.Json.TryGetProperty("type", out _));
    }

    [Fact]
    public async Task Lists_are_sorted_searched_and_cut()
    {
        Api api = await server.Accounts.NewAsync();
        string begin = NewName("l")[..12];
        foreach (string end in new[] { "b_1", "A%1", "c" })
        {
            (await api.PostAsync($"{Root}/bucket", new { name = begin + end.Replace('%', '$') })).Expect(200);
        }

        Assert.Equal(["b_1", "A$1", "c"], await NamesAsync(""));
        Assert.Equal(["A$1", "b_1", "c"], await NamesAsync("?sortColumn=name"));
        Assert.Equal(["c", "b_1", "A$1"], await NamesAsync("?sortColumn=id&sortOrder=desc"));
        Assert.Equal(["b_1"], await NamesAsync($"?limit=1&offset=1&sortColumn=name&search={begin}"));
        Assert.Equal(["b_1"], await NamesAsync("?search=_1"));
        Assert.Equal(["b_1"], await NamesAsync("?search=B_"));
        Assert.Empty(await NamesAsync("?search=%25"));

        async Task<string[]> NamesAsync(string query) =>
            // Without the bucket that the account has from the beginning.
            [.. (await api.GetAsync($"{Root}/bucket{query}")).Expect(200).Json.EnumerateArray().Select(bucket => bucket.Text("name")!)
                .Where(name => name.StartsWith(begin, StringComparison.Ordinal)).Select(name => name[begin.Length..])];
    }

    [Fact]
    public async Task A_change_without_a_member_is_refused_and_null_clears()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(sizeLimit: 5, types: ["text/plain"]);

        (await PutAsync("""{"name":"other"}""")).ExpectRefusal(400, "InvalidRequest", "Error");
        (await PutAsync("""{"file_size_limit":"7"}""")).Expect(200);
        (await PutAsync("""{"allowed_mime_types":null}""")).Expect(200);

        Answer shown = (await api.GetAsync($"{Root}/bucket/{bucket}")).Expect(200);
        Assert.Equal(7, shown.Json.Number("file_size_limit"));
        Assert.True(shown.Json.IsNullOrAbsent("allowed_mime_types"));

        Task<Answer> PutAsync(string json) => api.SendAsync("PUT", $"{Root}/bucket/{bucket}", TextOf(json, "application/json"));
    }

    [Fact]
    public async Task An_emptied_bucket_is_empty_and_can_go()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => api.SendObjectAsync("POST", bucket, $"k{i}", "x")));

        (await api.PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);

        Assert.Empty(await api.NamesAsync(bucket));
        (await api.DeleteAsync($"{Root}/bucket/{bucket}")).Expect(200);
        (await api.PostAsync($"{Root}/bucket", new { name = bucket })).Expect(200); // the name is free again
    }
}
