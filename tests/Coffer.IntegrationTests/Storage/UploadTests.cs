using System.Text;
using System.Net.Http.Headers;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Uploads as bodies: limits, headers, races.</summary>
public sealed class UploadTests(SharedServer server)
{
    [Theory]
    [InlineData(1), InlineData(2)]
    public async Task Metadata_in_a_header_may_have_tens_of_kilobytes(int http)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string value = new('m', 30 * 1024); // in base64, 40 KiB

        (await PostAsync("a", Encoded(value))).Expect(200);
        Assert.Equal(value, (await api.InfoAsync(bucket, "a")).Expect(200).Json.GetProperty("metadata").Text("k"));
        if (http == 1)
        {
            await using RawHttp raw = await RawHttp.ConnectAsync(api.Server);
            await raw.SendAsync($"POST {Root}/object/{bucket}/b HTTP/1.1\r\nHost: a\r\nx-metadata: {Encoded(new string('m', 75 * 1024))}\r\n\r\n");
            await raw.RefusedUnreadAsync(431);
        }

        Task<Answer> PostAsync(string key, string metadata) =>
            api.SendAsync("POST", $"{Root}/object/{bucket}/{key}", TextOf("x"), [("x-metadata", metadata)], new Version(http, http == 1 ? 1 : 0));

        static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"k":"{{text}}"}"""));
    }

    [Fact]
    public async Task Headers_are_kept_and_sent_back()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        using HttpContent content = TextOf("text", "text/csv; charset=utf-8");
        content.Headers.ContentEncoding.Add("identity");

        (await api.SendAsync(
            "POST", $"{Root}/object/{bucket}/a", content,
            [("Cache-Control", "max-age=5, immutable"), ("x-robots-tag", "noindex, max-snippet:3"), ("x-metadata", "eyJrIjoidiJ9")])).Expect(200);

        Answer read = (await api.ReadAsync(bucket, "a")).Expect(200);
        Assert.Equal("text/csv; charset=utf-8", read.Header("Content-Type"));
        Assert.Contains("max-age=5", read.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("noindex, max-snippet:3", read.Header("X-Robots-Tag"));
        Assert.Equal("identity", read.Header("Content-Encoding"));
        Assert.Equal("v", (await api.InfoAsync(bucket, "a")).Json.GetProperty("metadata").Text("k"));

        (await api.SendObjectAsync("PUT", bucket, "a", "text")).Expect(200); // a new content says everything anew
        Answer plain = (await api.ReadAsync(bucket, "a")).Expect(200);
        Assert.Equal(("no-cache", "none", null), (plain.Header("Cache-Control"), plain.Header("X-Robots-Tag"), plain.Header("Content-Encoding")));
        Assert.Equal("{}", (await api.InfoAsync(bucket, "a")).Json.GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task By_its_id_an_object_leaves_without_the_coding_that_clients_would_take_off()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        using HttpContent content = TextOf("text that is kept as it is", "text/plain");
        content.Headers.ContentEncoding.Add("gzip");
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", content)).Expect(200);
        string id = (await api.GetAsync("/v1/objects")).Expect(200).Json.Ids().Single();
        (await api.SendAsync("PATCH", $"/v1/objects/{id}", TextOf("""{"is_public":true}""", "application/json"))).Expect(200);

        foreach (string url in (string[])[await api.DownloadUrlAsync(id), $"/v1/objects/{id}/content"])
        {
            Answer read = (await api.GetAsync(url)).Expect(200);
            Assert.Equal(("text that is kept as it is", null), (read.Text, read.Header("Content-Encoding")));
            Assert.Null((await api.SendAsync("HEAD", url)).Expect(200).Header("Content-Encoding"));
        }
    }

    [Fact]
    public async Task A_body_without_type_is_a_stream_of_bytes()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", new ByteArrayContent([1, 2]))).Expect(200);

        Assert.Equal("application/octet-stream", (await api.ReadAsync(bucket, "a")).Expect(200).Header("Content-Type"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Above_the_bucket_s_limit_nothing_is_stored(bool announced)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(sizeLimit: 1000);
        byte[] bytes = new byte[1001];

        HttpContent Body(byte[] content) => announced ? new ByteArrayContent(content) : Unsized(content);
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Body(bytes)))
            .ExpectRefusal(413, "EntityTooLarge", "Payload too large", "The object exceeded the maximum allowed size");
        (await api.SendAsync("PUT", $"{Root}/object/{bucket}/a", Body(new byte[300_000]))).ExpectRefusal(413, "EntityTooLarge");
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(Forms.File(new string('a', 1001)), Forms.End))).ExpectRefusal(413, "EntityTooLarge");

        Assert.Empty(await api.NamesAsync(bucket));
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Body(bytes[..1000]))).Expect(200);
    }

    [Fact]
    public async Task Types_are_judged_without_letter_case_and_parameters()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(types: ["image/*", "text/plain"]);

        foreach (string type in new[] { "image/png", "IMAGE/Png", "text/plain; charset=utf-8" })
        {
            (await api.SendAsync("PUT", $"{Root}/object/{bucket}/a", TextOf("x", type))).Expect(200);
        }

        (await api.SendAsync("PUT", $"{Root}/object/{bucket}/a", TextOf("x", "imagepng/x"))).ExpectRefusal(415, "InvalidMimeType");
        (await api.SendAsync("PUT", $"{Root}/object/{bucket}/a", new ByteArrayContent([1]))).ExpectRefusal(415, "InvalidMimeType");
        using HttpContent placeholder = TextOf("", "application/json");
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/dir/.emptyFolderPlaceholder", placeholder)).Expect(200);
        Assert.Equal(["a", "dir"], await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Of_two_writers_without_upsert_one_wins()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        for (int i = 0; i < 10; i++)
        {
            string key = $"k{i}";
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => api.SendObjectAsync("POST", bucket, key, $"writer {writer}")));

            int winner = Array.FindIndex(answers, answer => (int)answer.Status == 200);
            Assert.All(answers.Where((_, index) => index != winner), answer => answer.ExpectRefusal(409, "KeyAlreadyExists"));
            Assert.Equal($"writer {winner}", (await api.ReadAsync(bucket, key)).Expect(200).Text);
        }
    }

    [Fact]
    public async Task Writers_with_upsert_all_win_and_one_content_stays()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer[] answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(writer => api.SendObjectAsync("POST", bucket, "a", $"writer {writer}", ("x-upsert", "true"))));

        Assert.All(answers, answer => answer.Expect(200));
        Assert.Single(answers.Select(answer => answer.Json.Text("Id")).Distinct());
        Assert.StartsWith("writer ", (await api.ReadAsync(bucket, "a")).Expect(200).Text, StringComparison.Ordinal);
        Assert.Equal(["a"], await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Emptying_a_bucket_while_others_write_takes_what_was_there()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => api.SendObjectAsync("POST", bucket, $"old/{i}", "x")));

        Task<Answer[]> writing = Task.WhenAll(Enumerable.Range(0, 30).Select(i => api.SendObjectAsync("POST", bucket, $"new/{i}", "x")));
        (await api.PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);

        Assert.Empty(await api.NamesAsync(bucket, new { prefix = "old" }));
        Assert.All(await writing, answer => answer.Expect(200));
        foreach (string name in await api.NamesAsync(bucket, new { prefix = "new" }))
        {
            Assert.Equal("x", (await api.ReadAsync(bucket, $"new/{name}")).Expect(200).Text);
        }
    }

    [Fact]
    public async Task No_body_at_all_is_no_content()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        await using RawHttp raw = await RawHttp.ConnectAsync(api.Server);

        await raw.SendAsync($"PUT {Root}/object/{bucket}/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {api.Token}\r\n\r\n");

        Assert.Contains("No content provided", (await raw.AnswerAsync()).Expect(400).Text, StringComparison.Ordinal);
        using var empty = new ByteArrayContent([]);
        empty.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        (await api.SendAsync("PUT", $"{Root}/object/{bucket}/a", empty)).Expect(200); // an empty one is a body
    }
}
