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
    public async Task A_bucket_goes_by_its_id_and_is_shown_by_its_name()
    {
        Api api = await server.Accounts.NewAsync();
        Api other = await server.Accounts.NewAsync();
        string id = NewName("id");
        Assert.Equal("""{"name":"Holiday photos"}""", (await api.PostAsync($"{Root}/bucket", new { id, name = "Holiday photos", @public = true })).Expect(200).Text);
        await CreateAsync(api, NewName("a-id"), "Z last");

        Answer shown = (await api.GetAsync($"{Root}/bucket/{id}")).Expect(200);
        Assert.Equal((id, "Holiday photos"), (shown.Json.Text("id"), shown.Json.Text("name")));
        (await api.GetAsync($"{Root}/bucket/Holiday%20photos")).ExpectRefusal(404, "NoSuchBucket");
        Assert.Equal(["Holiday photos"], await NamesAsync("?search=HOLIDAY"));
        Assert.Empty(await NamesAsync($"?search={id}"));
        Assert.Equal(["Holiday photos", "Z last"], (await NamesAsync("?sortColumn=name")).Where(name => name.Contains(' ')));
        Assert.Equal(["Z last", "Holiday photos"], (await NamesAsync("?sortColumn=id")).Where(name => name.Contains(' ')));

        (await api.SendObjectAsync("POST", id, "k", "text")).Expect(200);
        Assert.Equal(id, (await api.InfoAsync(id, "k")).Expect(200).Json.Text("bucket_id"));
        Assert.Equal("text", (await api.WithKey(null).GetAsync($"{Root}/object/public/{id}/k")).Expect(200).Text);
        Assert.Equal("text", (await api.GetAsync(await api.SignedUrlAsync(id, "k"))).Expect(200).Text);
        Assert.Equal("1", (await api.BeginAsync(id, "pieces", 3, "abc"u8.ToArray())).Expect(201).Header("Tus-Complete"));
        (await api.BeginAsync("Holiday photos", "k", 3)).ExpectTus(404, "Bucket not found");
        (await api.SendObjectAsync("POST", "Holiday%20photos", "k", "text")).ExpectRefusal(404, "NoSuchBucket");

        (await api.PostAsync($"{Root}/bucket", new { id = NewName(), name = "Holiday photos" })).ExpectRefusal(409, "BucketAlreadyExists");
        (await api.PostAsync($"{Root}/bucket", new { name = "Holiday photos" })).ExpectRefusal(409, "BucketAlreadyExists");
        (await api.PostAsync($"{Root}/bucket", new { id, name = NewName() })).ExpectRefusal(409, "BucketAlreadyExists");
        await CreateAsync(other, NewName(), "Holiday photos"); // names are an account's own

        (await api.SendAsync("PUT", $"{Root}/bucket/{id}", TextOf("""{"name":"renamed","public":false}""", "application/json"))).Expect(200);
        Assert.Equal("Holiday photos", (await api.GetAsync($"{Root}/bucket/{id}")).Json.Text("name"));
        (await api.PostAsync($"{Root}/bucket/{id}/empty", "{}")).Expect(200);
        (await api.DeleteAsync($"{Root}/bucket/{id}")).Expect(200);
        await CreateAsync(api, NewName(), "Holiday photos"); // free again

        async Task<string[]> NamesAsync(string query) =>
            [.. (await api.GetAsync($"{Root}/bucket{query}")).Expect(200).Json.EnumerateArray().Select(bucket => bucket.Text("name")!)];

        static async Task CreateAsync(Api api, string id, string name) => (await api.PostAsync($"{Root}/bucket", new { id, name })).Expect(200);
    }

    [Theory]
    [InlineData("a/b", "good"), InlineData("good", "a/b"), InlineData("..", "good"), InlineData("good", " "), InlineData("good", "naïve")]
    [InlineData("good", "objects-another"), InlineData("objects-another", "good")]
    public async Task Id_and_name_both_keep_to_the_rules(string id, string name)
    {
        Api api = await server.Accounts.NewAsync();
        (await api.PostAsync($"{Root}/bucket", new { id, name })).ExpectRefusal(400, "InvalidBucketName");
    }

    [Fact]
    public async Task An_id_is_the_name_when_it_is_left_out_and_stands_for_no_name()
    {
        Api api = await server.Accounts.NewAsync();
        (await api.PostAsync($"{Root}/bucket", new { id = NewName() })).ExpectRefusal(400, "InvalidRequest", "Error");
        string name = NewName();
        (await api.PostAsync($"{Root}/bucket", new { id = "", name })).Expect(200);
        Assert.Equal(name, (await api.GetAsync($"{Root}/bucket/{name}")).Expect(200).Json.Text("id"));
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
