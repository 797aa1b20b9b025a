using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Keys in paths: taken from the raw target, decoded once, and never another object's.</summary>
public sealed class KeyTests(SharedServer server)
{
    [Theory]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/..")]
    [InlineData("%2e%2e%2fa")]
    [InlineData("%2E%2E/a")]
    [InlineData("..%2f..%2fa")]
    [InlineData("%252e%252e%252fa")] // decoded once: a percent sign stays, which no key has
    [InlineData("a%25b")]
    [InlineData("smile-%F0%9F%98%80.txt")]
    [InlineData("%ff")]
    [InlineData("a%2")]
    [InlineData("a%0ab")]
    [InlineData("a%22b")]
    [InlineData("")]
    [InlineData("/")]
    public async Task Keys_that_nothing_can_have_are_refused(string key)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer answer = await RawAsync(api, $"POST {Root}/object/{bucket}/{key}", "text");

        answer.ExpectRefusal(400, "InvalidKey");
        Assert.StartsWith("Invalid key: ", answer.Json.Text("message"), StringComparison.Ordinal);
        Assert.Empty(await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task A_NUL_never_reaches_a_key()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        await using RawHttp raw = await RawHttp.ConnectAsync(api.Server);
        await raw.SendAsync($"POST {Root}/object/{bucket}/b%00c HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {api.Token}\r\nContent-Length: 4\r\n\r\ntext");

        await raw.RefusedUnreadAsync(400);
        (await api.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = "a", destinationKey = "b\0c" })).ExpectRefusal(400, "InvalidKey");
        Assert.Equal(["a"], await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Keys_have_up_to_1024_bytes()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        (await api.SendObjectAsync("POST", bucket, new string('k', 1024), "text")).Expect(200);
        (await api.SendObjectAsync("POST", bucket, new string('k', 1025), "text")).ExpectRefusal(400, "InvalidKey");
    }

    [Theory]
    [InlineData("a//b///c", "a//b///c")]
    [InlineData("/leading/slash", "leading/slash")]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%20b+c", "a b+c")]
    [InlineData("%61", "a")]
    [InlineData("what%3F", "what?")]
    [InlineData("a/", "a/")]
    public async Task Keys_are_decoded_once_and_kept_as_they_are(string sent, string key)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer answer = (await RawAsync(api, $"POST {Root}/object/{bucket}/{sent}", "text")).Expect(200);

        Assert.Equal($"{bucket}/{key}", answer.Json.Text("Key"));
        Answer listed = (await api.PostAsync($"{Root}/object/list-v2/{bucket}", "{}")).Expect(200);
        Assert.Equal(key, Assert.Single(listed.Json.Items("objects")).Text("name"));
        Assert.Equal("text", (await RawAsync(api, $"GET {Root}/object/{bucket}/{sent}", "")).Expect(200).Text);
    }

    [Fact]
    public async Task A_path_that_leaves_its_bucket_opens_no_other_one()
    {
        Api api = await server.Accounts.NewAsync();
        string secret = await api.NewBucketWithAsync("a", "secret");
        string open = await api.NewBucketAsync(isPublic: true);

        foreach (string path in new[] { $"{open}/../{secret}/a", $"{open}/%2e%2e/{secret}/a", $"{open}%2f..%2f{secret}/a", $"{open}/..%2f{secret}%2fa" })
        {
            Answer answer = (await RawAsync(api.WithKey(null), $"GET {Root}/object/public/{path}", "")).Expect(400);
            Assert.Equal("application/json", answer.ContentHeaders.ContentType?.MediaType); // not the secret
        }
    }

    [Theory]
    [InlineData("public")]
    [InlineData("authenticated")]
    [InlineData("sign")]
    [InlineData("info")]
    [InlineData("list")]
    [InlineData("list-v2")]
    [InlineData("move")]
    [InlineData("copy")]
    [InlineData("upload")]
    public async Task A_bucket_may_be_named_like_a_route(string word)
    {
        await using CofferProcess own = await CofferProcess.StartAsync(); // such a name there is once
        (await own.Api.PostAsync($"{Root}/bucket", new { name = word })).Expect(200);

        (await own.Api.SendObjectAsync("PUT", word, "a.txt", "text")).Expect(200); // POST of some words is another route's
        Assert.Equal("text", (await own.Api.ReadAsync(word, "a.txt")).Expect(200).Text);
        (await own.Api.DeleteAsync($"{Root}/object/{word}/a.txt")).Expect(200);
        (await own.Api.DeleteAsync($"{Root}/bucket/{word}")).Expect(200);
        (await own.Api.PostAsync($"{Root}/bucket", new { name = $"{word}s" })).Expect(200);
        await own.StopAsync(); // the log is whole then
        string warning = Assert.Single(own.Log.Split('\n'), line => line.Contains("named like a word of a route", StringComparison.Ordinal));
        Assert.Contains($"Bucket {word} is", warning, StringComparison.Ordinal);
    }

    private static async Task<Answer> RawAsync(Api api, string line, string body)
    {
        await using RawHttp raw = await RawHttp.ConnectAsync(api.Server);
        string authorization = api.Token is { } token ? $"Authorization: Bearer {token}\r\n" : "";
        await raw.SendAsync($"{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/plain\r\n{authorization}Content-Length: {body.Length}\r\n\r\n{body}");
        return await raw.AnswerAsync();
    }
}
