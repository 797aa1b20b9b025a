using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

public sealed class DownloadTests(SharedServer server)
{
    [Theory]
    [InlineData("/object/")]
    [InlineData("/object/authenticated/")]
    [InlineData("/object/public/")]
    public async Task Ranges_and_conditions_work_on_every_route(string route)
    {
        Api api = await server.Accounts.NewAsync();
        string path = $"{Root}{route}{await api.NewBucketWithAsync("a", "0123456789", isPublic: true)}/a";
        string etag = (await api.GetAsync(path)).Expect(200).Header("ETag")!;

        Assert.Equal("\"781e5e245d69b566979b86e28d23f2c7\"", etag);
        Answer part = (await api.GetAsync(path, ("Range", "bytes=2-4"))).Expect(206);
        Assert.Equal(("234", "bytes 2-4/10", "bytes"), (part.Text, part.Header("Content-Range"), part.Header("Accept-Ranges")));
        Assert.Equal("789", (await api.GetAsync(path, ("Range", "bytes=-3"))).Expect(206).Text);
        Assert.Equal("89", (await api.GetAsync(path, ("Range", "bytes=8-99"))).Expect(206).Text);
        Assert.Equal("0123456789", (await api.GetAsync(path, ("Range", "bytes=2-4"), ("If-Range", "\"other\""))).Expect(200).Text);
        Assert.Equal("0123456789", (await api.GetAsync(path, ("Range", "lines=2-4"))).Expect(200).Text); // another unit counts for nothing
        (await api.GetAsync(path, ("If-None-Match", etag))).Expect(304);
        (await api.GetAsync(path, ("If-None-Match", "\"other\""))).Expect(200);
        (await api.GetAsync(path, ("If-Modified-Since", DateTimeOffset.UtcNow.AddMinutes(1).ToString("R")))).Expect(304);
        (await api.GetAsync(path, ("If-Match", etag))).Expect(200);
        (await api.GetAsync(path, ("If-Match", "\"other\""))).ExpectRefusal(412, "PreconditionFailed", http: 412);
        (await api.GetAsync(path, ("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT"))).ExpectRefusal(412, "PreconditionFailed", http: 412);
        Answer head = (await api.SendAsync("HEAD", path)).Expect(200);
        Assert.Equal((10, etag, 0), (head.ContentHeaders.ContentLength, head.Header("ETag"), head.Body.Length));
    }

    [Fact]
    public async Task A_private_bucket_opens_by_token_only()
    {
        Api api = await server.Accounts.NewAsync();
        Api nobody = api.WithKey(null);
        string bucket = await api.NewBucketWithAsync("a");

        (await api.ReadAsync(bucket, "a")).Expect(200);
        (await nobody.ReadAsync(bucket, "a")).ExpectRefusal(404, "NoSuchBucket");
        (await nobody.InfoAsync(bucket, "a")).ExpectRefusal(404, "NoSuchBucket");
        (await api.GetAsync($"{Root}/object/public/{bucket}/a")).ExpectRefusal(404, "NoSuchBucket");
        (await api.GetAsync($"{Root}/object/info/public/{bucket}/a")).ExpectRefusal(404, "NoSuchBucket");
    }

    [Fact]
    public async Task A_public_bucket_opens_for_all_until_it_is_private_again()
    {
        Api api = await server.Accounts.NewAsync();
        Api nobody = api.WithKey(null);
        string bucket = await api.NewBucketWithAsync("a", isPublic: true);
        string[] paths = [$"/object/public/{bucket}/a", $"/object/{bucket}/a", $"/object/info/public/{bucket}/a", $"/object/info/{bucket}/a"];

        foreach (string path in paths)
        {
            (await nobody.GetAsync(Root + path)).Expect(200);
            (await nobody.WithKey("good for nothing").GetAsync(Root + path)).Expect(200);
        }

        (await nobody.GetAsync($"{Root}/object/authenticated/{bucket}/a")).ExpectRefusal(400, "InvalidRequest");
        (await api.SendAsync("PUT", $"{Root}/bucket/{bucket}", TextOf("""{"public":false}""", "application/json"))).Expect(200);
        foreach (string path in paths)
        {
            (await nobody.GetAsync(Root + path)).ExpectRefusal(404, "NoSuchBucket");
        }
    }

    [Theory]
    [InlineData("?download", "attachment;")]
    [InlineData("?download=", "attachment;")]
    [InlineData("?&download=", "attachment;")]
    [InlineData("?download=true", "attachment; filename=true; filename*=UTF-8''true")]
    [InlineData("?download=a%20%C3%A4%22(1).txt", "attachment; filename=a%20%C3%A4%22(1).txt; filename*=UTF-8''a%20%C3%A4%22(1).txt")]
    [InlineData("?cacheNonce=1&versionId=2", null)]
    [InlineData("?", null)]
    public async Task The_parameter_download_names_the_file(string query, string? disposition)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        Answer answer = (await api.GetAsync($"{Root}/object/{bucket}/a{query}")).Expect(200);

        Assert.Equal(disposition, answer.Header("Content-Disposition"));
    }

    [Theory]
    [InlineData("text/html", "text/plain")]
    [InlineData("TEXT/HTML; charset=utf-8", "text/plain")]
    [InlineData("image/svg+xml", "image/svg+xml")]
    [InlineData("application/xhtml+xml", "application/xhtml+xml")]
    public async Task Active_content_does_not_run(string stored, string sent)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(isPublic: true);
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", TextOf("<svg/>", stored))).Expect(200);

        Answer answer = (await api.WithKey(null).GetAsync($"{Root}/object/public/{bucket}/a")).Expect(200);

        Assert.Equal(sent, answer.Header("Content-Type"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("sandbox; default-src 'none'", answer.Header("Content-Security-Policy"));
        Assert.Equal("none", answer.Header("X-Robots-Tag"));
    }

    [Fact]
    public async Task Pages_of_any_origin_read_but_without_cookies()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        Answer preflight = await api.WithKey(null).SendAsync(
            "OPTIONS", $"{Root}/object/{bucket}/a", null,
            [("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization, x-upsert, apikey, x-client-info")]);
        preflight.Expect(204);
        Assert.Equal("*", preflight.Header("Access-Control-Allow-Origin"));
        Assert.Equal("PUT", preflight.Header("Access-Control-Allow-Methods"));
        Assert.Equal("authorization, x-upsert, apikey, x-client-info", preflight.Header("Access-Control-Allow-Headers"));

        foreach (string path in new[] { $"{Root}/object/{bucket}/a", $"{Root}/object/{bucket}/nothing", $"{Root}/nothing", $"{Root}/bucket" })
        {
            Answer answer = await api.GetAsync(path, ("Origin", "https://a.example"));
            Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
            Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
            Assert.Contains("ETag", answer.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Objects_of_the_other_API_are_read_and_deleted_but_never_overwritten()
    {
        string account = await server.Accounts.NewNameAsync();
        Api api = await server.Accounts.KeyAsync(account);
        string id = await api.StoreAsync("from the other API");
        string bucket = $"objects-{account}";

        Assert.Equal("from the other API", (await api.ReadAsync(bucket, id)).Expect(200).Text);
        (await api.SendObjectAsync("PUT", bucket, id, "over it")).Expect(400);
        Assert.Equal("from the other API", (await api.ReadAsync(bucket, id)).Expect(200).Text);
        (await api.DeleteAsync($"{Root}/object/{bucket}/{id}")).Expect(200);
        (await api.ReadAsync(bucket, id)).ExpectRefusal(404, "NoSuchKey");
    }

    [Fact]
    public async Task The_status_routes_answer()
    {
        Assert.Empty((await server.Api.WithKey(null).GetAsync($"{Root}/status")).Expect(200).Body);
        Assert.Matches(@"^\d+\.\d+\.\d+", (await server.Api.WithKey(null).GetAsync($"{Root}/version")).Expect(200).Text);
        Assert.Equal("""{"healthy":true}""", (await server.Api.GetAsync($"{Root}/health")).Expect(200).Text);
    }
}
