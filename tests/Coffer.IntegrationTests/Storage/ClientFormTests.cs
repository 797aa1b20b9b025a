using System.Net.Http.Headers;
using System.Text;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Requests in the forms of published clients that do not run here: the C# client, and storage3 for Python.</summary>
public sealed class ClientFormTests(SharedServer server)
{
    [Fact]
    public async Task The_CSharp_client_names_members_that_mean_nothing_and_sizes_as_texts()
    {
        Api api = await server.Accounts.NewAsync();
        string name = NewName();

        (await api.PostAsync(
            $"{Root}/bucket",
            $$"""{"id":"{{name}}","name":"{{name}}","owner":null,"created_at":null,"updated_at":null,"public":true,"file_size_limit":"1000","allowed_mime_types":["text/plain"]}""")).Expect(200);
        Assert.Equal(1000, (await api.GetAsync($"{Root}/bucket/{name}")).Json.Number("file_size_limit"));

        (await api.SendAsync("PUT", $"{Root}/bucket/{name}", TextOf(
            $$"""{"id":"{{name}}","name":null,"owner":null,"created_at":null,"updated_at":null,"public":false,"file_size_limit":null}""", "application/json"))).Expect(200);
        Answer changed = (await api.GetAsync($"{Root}/bucket/{name}")).Expect(200);
        Assert.Null(changed.Json.Number("file_size_limit"));
        Assert.False(changed.Json.Flag("public"));
        Assert.Equal("""["text/plain"]""", changed.Json.GetProperty("allowed_mime_types").GetRawText()); // not named, so kept
    }

    [Fact]
    public async Task The_CSharp_client_posts_updates()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a.txt");

        Answer answer = await api.SendAsync(
            "POST", $"{Root}/object/{bucket}/a.txt", TextOf("updated"),
            [("cache-control", "max-age=3600"), ("x-upsert", "true"), ("x-metadata", Convert.ToBase64String("""{"n":"1"}"""u8))]);

        Assert.Equal($"{bucket}/a.txt", answer.Expect(200).Json.Text("Key"));
        Assert.Equal("max-age=3600", (await api.ReadAsync(bucket, "a.txt")).Header("Cache-Control"));
    }

    [Fact]
    public async Task The_CSharp_client_posts_to_upload_links_with_the_token_as_key()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        Answer signed = (await api.PostAsync($"{Root}/object/upload/sign/{bucket}/a.txt")).Expect(200);
        string token = signed.Json.Text("token")!;

        Answer answer = await api.WithKey(token).SendAsync("POST", $"{Root}{signed.Json.Text("url")}", TextOf("sent"), [("x-upsert", "false")]);

        Assert.Equal($"{bucket}/a.txt", answer.Expect(200).Json.Text("Key"));
        Assert.Equal("sent", (await api.ReadAsync(bucket, "a.txt")).Text);
    }

    [Fact]
    public async Task Storage3_uploads_forms_with_headers_that_do_not_count()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        MultipartFormDataContent Form(string text) => new()
        {
            { new StringContent("120"), "cacheControl" },
            { File(text), "file", "a.txt" },
        };

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/dir/a.txt", Form("sent"), [("cache-control", "3600"), ("x-upsert", "false")])).Expect(200);
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/dir/a.txt", Form("again"), [("x-upsert", "false")])).ExpectRefusal(409, "KeyAlreadyExists");
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/dir/a.txt", Form("again"), [("x-upsert", "true")])).Expect(200);
        (await api.SendAsync("PUT", $"{Root}/object/{bucket}/dir/a.txt", Form("updated"))).Expect(200);

        Answer read = (await api.ReadAsync(bucket, "dir/a.txt")).Expect(200);
        Assert.Equal(("updated", "max-age=120", "text/plain; charset=UTF-8"), (read.Text, read.Header("Cache-Control"), read.Header("Content-Type")));

        static ByteArrayContent File(string text)
        {
            var file = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            file.Headers.TryAddWithoutValidation("Content-Type", "text/plain; charset=UTF-8");
            return file;
        }
    }

    [Theory]
    [InlineData("metadata", """{"from":"metadata"}""")]
    [InlineData("userMetadata", """{"from":"userMetadata"}""")]
    [InlineData("metadata userMetadata", """{"from":"metadata"}""")]
    [InlineData("", "{}")]
    public async Task Storage3_says_metadata_in_a_field_and_in_a_header_that_does_not_count(string fields, string kept)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        var form = new MultipartFormDataContent();
        foreach (string field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            form.Add(new StringContent($$"""{"from":"{{field}}"}"""), field);
        }

        form.Add(new StringContent("text"), "file", "a.txt");
        string header = Convert.ToBase64String("""{"from":"header"}"""u8);

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a.txt", form, [("x-metadata", header)])).Expect(200);

        Assert.Equal(kept, (await api.InfoAsync(bucket, "a.txt")).Expect(200).Json.GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task Storage3_says_times_as_texts_and_deletes_with_empty_JSON()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        (await api.SignAsync(bucket, "a", new { expiresIn = "3600", download = false })).Expect(200);
        (await api.PostAsync($"{Root}/bucket/{bucket}/empty", "{}")).Expect(200);
        (await api.SendAsync("DELETE", $"{Root}/bucket/{bucket}", TextOf("", "application/json"))).Expect(200);
        string other = await api.NewBucketAsync();
        (await api.PostAsync($"{Root}/bucket/{other}/empty")).Expect(200);
        (await api.SendAsync("DELETE", $"{Root}/bucket/{other}", TextOf("{}", "application/json"))).Expect(200);
    }

    [Fact]
    public async Task Tokens_come_in_either_header_with_or_without_the_scheme()
    {
        Api api = await server.Accounts.NewAsync();
        Api nobody = api.WithKey(null);

        (await nobody.GetAsync($"{Root}/bucket", ("apikey", api.Token!))).Expect(200);
        (await nobody.GetAsync($"{Root}/bucket", ("Authorization", api.Token!))).Expect(200);
        (await nobody.GetAsync($"{Root}/bucket", ("Authorization", $"bearer {api.Token}"))).Expect(200);
        (await nobody.GetAsync($"{Root}/bucket", ("Authorization", $"Bearer {api.Token}"), ("apikey", "another"))).Expect(200);
        (await nobody.GetAsync($"{Root}/bucket", ("Authorization", "Bearer another"), ("apikey", api.Token!))).ExpectRefusal(403, "AccessDenied");
    }

    [Theory]
    [InlineData("User-Agent", "supabase-py/storage3 v0.12.0", false)]
    [InlineData("User-Agent", "supabase-py/storage3 v0.12.1", true)]
    [InlineData("X-Client-Info", "supabase-py/2.17.3", false)]
    [InlineData("X-Client-Info", "supabase-py/2.18.0", true)]
    [InlineData("X-Client-Info", "storage-js/2.119.0", true)]
    public async Task Old_Python_clients_are_spared_a_member_they_do_not_know(string header, string value, bool hasType)
    {
        Api api = await server.Accounts.NewAsync();
        await api.NewBucketAsync();

        Answer answer = (await api.GetAsync($"{Root}/bucket", (header, value))).Expect(200);

        Assert.Equal(hasType, answer.Json[0].TryGetProperty("type", out _));
    }
}
