using Coffer.Client;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

public sealed class BucketTests
{
    private const string Pics =
        """{"id":"pics","name":"Pictures","owner":"","public":true,"file_size_limit":1000,"allowed_mime_types":["image/*"],"created_at":"2030-01-02T03:04:05.678Z","updated_at":"2030-01-02T03:04:06Z","type":"STANDARD","later":{"a":1}}""";

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Every_bucket_call_has_its_route_and_body(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => (http.Request.Method switch
        {
            "GET" when http.Request.Path.Value!.EndsWith("/bucket", StringComparison.Ordinal) => Json($"[{Pics}]"),
            "GET" => Json(Pics),
            "POST" when http.Request.Path.Value!.EndsWith("/bucket", StringComparison.Ordinal) => Json("""{"name":"n"}"""),
            _ => Json("""{"message":"done"}"""),
        })(http));
        using StorageClient storage = server.Storage();
        var settings = new BucketSettings { IsPublic = true, FileSizeLimit = 20_000, AllowedMimeTypes = ["image/*", "text/plain"] };
        var clear = new BucketSettings { FileSizeLimit = SizeLimit.None, AllowedMimeTypes = [] };
        var list = new BucketListRequest { Limit = 2, Offset = 1, Search = "p&q", SortBy = new(SortColumn.CreatedAt, IsDescending: true) };

        await Twin.Run(async, () => storage.CreateBucketAsync("pics"), () => storage.CreateBucket("pics"));
        string name = await Twin.Run(
            async, () => storage.CreateBucketAsync("pics", "Pictures", settings), () => storage.CreateBucket("pics", "Pictures", settings));
        await Twin.Run(
            async,
            () => storage.CreateBucketAsync("b", settings: new() { FileSizeLimit = "1.5gb" }),
            () => storage.CreateBucket("b", settings: new() { FileSizeLimit = "1.5gb" }));
        Bucket bucket = await Twin.Run(async, () => storage.GetBucketAsync("a b/ü?"), () => storage.GetBucket("a b/ü?"));
        await Twin.Run(async, () => storage.ListBucketsAsync(), () => storage.ListBuckets());
        IReadOnlyList<Bucket> buckets = await Twin.Run(async, () => storage.ListBucketsAsync(list), () => storage.ListBuckets(list));
        string updated = await Twin.Run(async, () => storage.UpdateBucketAsync("pics", clear), () => storage.UpdateBucket("pics", clear));
        string emptied = await Twin.Run(async, () => storage.EmptyBucketAsync("pics"), () => storage.EmptyBucket("pics"));
        string deleted = await Twin.Run(async, () => storage.DeleteBucketAsync("pics"), () => storage.DeleteBucket("pics"));
        await Twin.Run(async, () => storage.PurgeCacheAsync(), () => storage.PurgeCache());
        string purged = await Twin.Run(
            async, () => storage.PurgeCacheAsync("pics", transformationsOnly: true), () => storage.PurgeCache("pics", transformationsOnly: true));

        Assert.Equal(
            [
                ("POST", "/storage/v1/bucket", """{"id":"pics","name":"pics"}"""),
                ("POST", "/storage/v1/bucket", """{"id":"pics","name":"Pictures","public":true,"file_size_limit":20000,"allowed_mime_types":["image/*","text/plain"]}"""),
                ("POST", "/storage/v1/bucket", """{"id":"b","name":"b","file_size_limit":"1.5gb"}"""),
                ("GET", "/storage/v1/bucket/a%20b%2F%C3%BC%3F", ""),
                ("GET", "/storage/v1/bucket", ""),
                ("GET", "/storage/v1/bucket?limit=2&offset=1&sortColumn=created_at&sortOrder=desc&search=p%26q", ""),
                ("PUT", "/storage/v1/bucket/pics", """{"file_size_limit":null,"allowed_mime_types":[]}"""),
                ("POST", "/storage/v1/bucket/pics/empty", "{}"),
                ("DELETE", "/storage/v1/bucket/pics", "{}"),
                ("DELETE", "/storage/v1/cdn", ""),
                ("DELETE", "/storage/v1/cdn/pics?transformations=true", ""),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text)));
        Assert.All(server.Seen, seen => Assert.Equal(seen.Body.Length > 0 ? "application/json" : null, seen["Content-Type"]));
        Assert.All(server.Seen, seen => Assert.Equal("Bearer a key", seen["Authorization"]));
        Assert.Equal(("n", "done", "done", "done", "done"), (name, updated, emptied, deleted, purged));
        Assert.Equal(bucket.Id, Assert.Single(buckets).Id);
        Assert.Equal(("pics", "Pictures", "", true, 1000L, "STANDARD"), (bucket.Id, bucket.Name, bucket.Owner, bucket.IsPublic, bucket.FileSizeLimitBytes, bucket.Type));
        Assert.Equal(["image/*"], bucket.AllowedMimeTypes!);
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), bucket.CreatedAt);
    }

    [Fact]
    public async Task A_bucket_may_leave_out_or_null_everything_but_its_id()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json("""{"id":"b","owner":null,"file_size_limit":null,"allowed_mime_types":null,"created_at":null}"""), Json("""{"name":"b"}"""));
        using StorageClient storage = server.Storage();

        Bucket bucket = await storage.GetBucketAsync("b");

        Assert.Equal(("b", "", null, null), (bucket.Id, bucket.Owner, bucket.FileSizeLimitBytes, bucket.CreatedAt));
        await Assert.ThrowsAsync<CofferException>(() => storage.GetBucketAsync("b")); // never null, and never a bucket without an id
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_missing_bucket_throws(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(
            """{"statusCode":"404","error":"Bucket not found","message":"Bucket not found","code":"NoSuchBucket"}""", 400));
        using StorageClient storage = server.Storage();

        var error = await Assert.ThrowsAsync<StorageException>(
            () => Twin.Run(async, () => storage.GetBucketAsync("b"), () => storage.GetBucket("b")));

        Assert.Equal((404, "NoSuchBucket"), (error.StatusCode, error.Code));
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task A_client_is_made_as_the_published_ones_are()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("[]"));
        using (StorageClient storage = StorageClient.Create(
            $"{server.Url}base/", new Dictionary<string, string> { ["apikey"] = "k1", ["authorization"] = "Bearer k2" }, TimeSpan.FromSeconds(5)))
        {
            await storage.ListBucketsAsync();
        }

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("/base/bucket", "k1", "Bearer k2"), (seen.Target, seen["apikey"], seen["Authorization"]));
        Assert.Equal(TimeSpan.FromSeconds(20), new StorageClientOptions().Timeout);
        Assert.Throws<ArgumentException>(() => StorageClient.Create("not a url", new Dictionary<string, string>()));
        Assert.Throws<ArgumentException>(() => new StorageClient(new StorageClientOptions()));
    }

    [Fact]
    public async Task A_client_without_a_key_sends_none()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("[]"));
        using StorageClient storage = server.Storage(options => options.Key = null);

        await storage.ListBucketsAsync();

        Assert.Null(Assert.Single(server.Seen)["Authorization"]);
    }

    [Fact]
    public async Task The_one_client_reaches_the_storage_API_under_its_own_address()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("[]"));
        using CofferClient coffer = server.Client();

        coffer.Storage.Dispose(); // its connections are the client's
        await coffer.Storage.ListBucketsAsync();

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("/storage/v1/bucket", "Bearer My Bearer Token"), (seen.Target, seen["Authorization"]));
    }

    [Fact]
    public async Task One_call_may_differ_from_the_client()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("""{"name":"b"}"""));
        using StorageClient storage = server.Storage();
        var options = new RequestOptions { Headers = { ["Authorization"] = "Bearer user" }, Query = { ["a"] = "b" }, Body = { ["type"] = "STANDARD" } };

        await storage.CreateBucketAsync("b", options: options);

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("/storage/v1/bucket?a=b", "Bearer user"), (seen.Target, seen["Authorization"]));
        Assert.Equal("""{"id":"b","name":"b","type":"STANDARD"}""", seen.Text);
    }

    [Theory]
    [InlineData(""), InlineData(" "), InlineData("."), InlineData("..")]
    public void What_is_no_bucket_costs_no_call(string id)
    {
        using var storage = new StorageClient(new Uri("http://127.0.0.1:9"));

        Assert.Throws<ArgumentException>(() => storage.GetBucket(id));
        Assert.Throws<ArgumentException>(() => storage.From(id));
    }
}
