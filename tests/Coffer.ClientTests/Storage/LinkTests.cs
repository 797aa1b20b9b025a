using Coffer.Client;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

/// <summary>Addresses that are built, and those that are asked for.</summary>
public sealed class LinkTests
{
    [Theory]
    [MemberData(nameof(PublicUrls.All), MemberType = typeof(PublicUrls), DisableDiscoveryEnumeration = true)]
    public void A_public_address_is_built_without_a_call(string path, StorageLinkOptions? options, string expected)
    {
        using var storage = new StorageClient(new Uri("http://127.0.0.1:9/storage/v1/"));

        Assert.Equal($"http://127.0.0.1:9/storage/v1{expected}", storage.From("pics").GetPublicUrl(path, options));
    }

    // What ends a path in an address is escaped, where the JavaScript client makes an address of another file.
    [Fact]
    public void A_question_mark_in_a_key_stays_in_the_key()
    {
        using var storage = new StorageClient(new Uri("http://127.0.0.1:9"));

        Assert.Equal("http://127.0.0.1:9/object/public/pics/what%3F%23.txt", storage.From("pics").GetPublicUrl("what?#.txt"));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_signed_link_is_whole_and_says_what_it_does(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("""{"signedURL":"/object/sign/pics/a ü%3F.png?token=ey.J-_.x"}"""));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("pics");
        var options = new StorageLinkOptions { Download = "n m.png", CacheNonce = "1", Transform = new() { Width = 5 } };

        string plain = await Twin.Run(
            async, () => files.CreateSignedUrlAsync("a ü?.png", TimeSpan.FromSeconds(59.2)), () => files.CreateSignedUrl("a ü?.png", TimeSpan.FromSeconds(59.2)));
        string named = await Twin.Run(
            async, () => files.CreateSignedUrlAsync("a", TimeSpan.FromDays(1), options), () => files.CreateSignedUrl("a", TimeSpan.FromDays(1), options));

        Assert.Equal($"{server.Url}storage/v1/object/sign/pics/a%20%C3%BC%3F.png?token=ey.J-_.x", plain);
        Assert.Equal($"{plain}&download=n+m.png&cacheNonce=1", named);
        Assert.Equal(
            [
                ("POST", "/storage/v1/object/sign/pics/a%20%C3%BC%3F.png", """{"expiresIn":60}"""),
                ("POST", "/storage/v1/object/sign/pics/a", """{"expiresIn":86400,"transform":{"width":5}}"""),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => files.CreateSignedUrlAsync("a", TimeSpan.Zero));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Of_many_links_each_has_its_own_result(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(
            """[{"error":null,"path":"a b","signedURL":"/object/sign/pics/a b?token=t"},{"error":"Either the object does not exist or you do not have access to it","path":"x","signedURL":null},{"path":null}]"""));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("pics");
        string[] paths = ["a b", "/x", "y"];

        IReadOnlyList<SignedUrlResult> links = await Twin.Run(
            async,
            () => files.CreateSignedUrlsAsync(paths, TimeSpan.FromMinutes(1), new() { Download = "" }),
            () => files.CreateSignedUrls(paths, TimeSpan.FromMinutes(1), new() { Download = "" }));

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("/storage/v1/object/sign/pics", """{"expiresIn":60,"paths":["a b","x","y"]}"""), (seen.Target, seen.Text));
        Assert.Equal(new SignedUrlResult("a b", $"{server.Url}storage/v1/object/sign/pics/a%20b?token=t&download=", null), links[0]);
        Assert.Equal(("x", null, "Either the object does not exist or you do not have access to it"), (links[1].Path, links[1].Url, links[1].Error));
        Assert.Equal(("y", null), (links[2].Path, links[2].Url));
        Assert.NotNull(links[2].Error);
        await Assert.ThrowsAsync<CofferException>(() => files.CreateSignedUrlsAsync(["one"], TimeSpan.FromMinutes(1))); // three came
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_link_for_an_upload_is_made_and_used_without_the_key(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => (http.Request.Method == "POST"
            ? Json("""{"url":"/object/upload/sign/pics/a b?token=t.o-k","token":"t.o-k"}""")
            : Json("""{"Key":"pics/a b"}"""))(http));
        using StorageClient storage = server.Storage();
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.csv", "file");
        BucketFiles files = storage.From("pics");
        var options = new StorageUploadOptions { ContentType = "image/x", Metadata = new() { ["a"] = 1 }, Upsert = true };

        SignedUploadUrl link = await Twin.Run(async, () => files.CreateSignedUploadUrlAsync("/a b"), () => files.CreateSignedUploadUrl("/a b"));
        await Twin.Run(async, () => files.CreateSignedUploadUrlAsync("a b", upsert: true), () => files.CreateSignedUploadUrl("a b", upsert: true));
        StoredFile stored = await Twin.Run(
            async,
            () => files.UploadToSignedUrlAsync(link.Path, link.Token, "bytes"u8.ToArray(), options),
            () => files.UploadToSignedUrl(link.Path, link.Token, "bytes"u8.ToArray(), options));
        await Twin.Run(
            async,
            () => files.UploadToSignedUrlAsync("a b", "t/+", new MemoryStream("stream"u8.ToArray())),
            () => files.UploadToSignedUrl("a b", "t/+", new MemoryStream("stream"u8.ToArray())));
        await Twin.Run(async, () => files.UploadTextToSignedUrlAsync("a b", "t", "text"), () => files.UploadTextToSignedUrl("a b", "t", "text"));
        await Twin.Run(async, () => files.UploadFileToSignedUrlAsync("a b", "t", local), () => files.UploadFileToSignedUrl("a b", "t", local));

        Assert.Equal(new SignedUploadUrl($"{server.Url}storage/v1/object/upload/sign/pics/a%20b?token=t.o-k", "t.o-k", "a b"), link);
        Assert.DoesNotContain("t.o-k", link.ToString(), StringComparison.Ordinal);
        Assert.Equal(new StoredFile(null, "a b", "pics/a b"), stored);
        const string Route = "/storage/v1/object/upload/sign/pics/a%20b";
        Assert.Equal(
            [
                ("POST", Route, "{}", "Bearer a key", null, "application/json"),
                ("POST", Route, "{}", "Bearer a key", "true", "application/json"),
                ("PUT", Route + "?token=t.o-k", "bytes", null, null, "image/x"),
                ("PUT", Route + "?token=t%2F%2B", "stream", null, null, "application/octet-stream"),
                ("PUT", Route + "?token=t", "text", null, null, "text/plain;charset=UTF-8"),
                ("PUT", Route + "?token=t", "file", null, null, "text/csv"),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text, seen["Authorization"], seen["x-upsert"], seen["Content-Type"])));
        Assert.Equal(("max-age=3600", Convert.ToBase64String("""{"a":1}"""u8)), (server.Seen[2]["Cache-Control"], server.Seen[2]["x-metadata"]));
    }

    [Fact]
    public async Task An_upload_link_without_a_token_is_none()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json("""{"url":"/object/upload/sign/pics/a?token=from-the-link"}"""), Json("""{"url":"/object/upload/sign/pics/a"}"""));
        using StorageClient storage = server.Storage();

        Assert.Equal("from-the-link", (await storage.From("pics").CreateSignedUploadUrlAsync("a")).Token);
        await Assert.ThrowsAsync<CofferException>(() => storage.From("pics").CreateSignedUploadUrlAsync("a"));
    }
}
