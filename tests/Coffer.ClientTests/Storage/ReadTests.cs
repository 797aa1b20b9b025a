using System.Net.Http.Headers;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

public sealed class ReadTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)i)];

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_file_comes_down_in_every_form(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Bytes(Content));
        using StorageClient storage = server.Storage();
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.bin", new byte[400_000]); // a longer file, of which nothing may stay
        BucketFiles files = storage.From("b");
        var progress = new ProgressLog();

        byte[] bytes = await Twin.Run(
            async, () => files.DownloadAsync("a b", new() { Progress = progress }), () => files.Download("a b", new() { Progress = progress }));
        string text = await Twin.Run(async, () => files.DownloadTextAsync("a"), () => files.DownloadText("a"));
        await Twin.Run(async, () => files.DownloadToFileAsync("a", local), () => files.DownloadToFile("a", local));
        using var into = new MemoryStream();
        await Twin.Run(async, () => files.DownloadToAsync("a", into), () => files.DownloadTo("a", into));
        using Stream opened = await Twin.Run(async, () => files.OpenReadAsync("a"), () => files.OpenRead("a"));
        using var read = new MemoryStream();
        await Twin.Run(async, () => opened.CopyToAsync(read), () => opened.CopyTo(read));

        Assert.Equal(Content, bytes);
        Assert.Equal(Encoding.UTF8.GetString(Content), text);
        Assert.Equal(Content, await File.ReadAllBytesAsync(local));
        Assert.Equal(Content, into.ToArray());
        Assert.Equal(Content, read.ToArray());
        Assert.Equal([local], Directory.GetFiles(folder.Path));
        Assert.Equal(new TransferProgress(Content.Length, Content.Length), progress.Reports[^1]);
        Assert.Equal("/storage/v1/object/b/a%20b", server.Seen[0].Target);
        Assert.All(server.Seen, seen => Assert.Equal(
            ("GET", "Bearer a key", "*/*", "identity"), (seen.Method, seen["Authorization"], seen["Accept"], seen["Accept-Encoding"])));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_range_asks_for_a_part_and_takes_nothing_else(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Part, Bytes(Content));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");
        var range = new StorageDownloadOptions { Range = new RangeHeaderValue(5, 9) };

        byte[] part = await Twin.Run(async, () => files.DownloadAsync("a", range), () => files.Download("a", range));
        await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, () => files.DownloadAsync("a", range), () => files.Download("a", range)));

        Assert.Equal(Content[5..10], part);
        Assert.All(server.Seen, seen => Assert.Equal("bytes=5-9", seen["Range"]));

        static Task Part(HttpContext http)
        {
            http.Response.StatusCode = 206;
            return Bytes(Content[5..10])(http);
        }
    }

    [Fact]
    public async Task A_rendered_image_has_another_route()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Bytes([]));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");

        await files.DownloadAsync("a", new() { Transform = new() { Width = 10, Height = 20, Resize = "fill", Format = "origin", Quality = 60 }, CacheNonce = "n 1" });
        await files.DownloadAsync("a", new() { Transform = new() });

        Assert.Equal(
            [
                "/storage/v1/render/image/authenticated/b/a?width=10&height=20&resize=fill&format=origin&quality=60&cacheNonce=n%201",
                "/storage/v1/object/b/a",
            ],
            server.Seen.Select(seen => seen.Target));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_download_that_ends_early_leaves_the_old_file(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        using StorageClient storage = server.Storage();
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.txt", "old");
        BucketFiles files = storage.From("b");

        await Assert.ThrowsAsync<CofferConnectionException>(
            () => Twin.Run(async, () => files.DownloadToFileAsync("a", local), () => files.DownloadToFile("a", local)));

        Assert.Equal("old", await File.ReadAllTextAsync(local));
        Assert.Equal([local], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_redirect_is_followed_without_the_key()
    {
        await using ScriptedServer engine = await ScriptedServer.StartAsync(Bytes("from the engine"u8.ToArray()));
        await using ScriptedServer server = await ScriptedServer.StartAsync(http =>
        {
            http.Response.Redirect($"{engine.Url}bytes?sig=1");
            return Task.CompletedTask;
        });
        using StorageClient storage = server.Storage(options => options.Headers["apikey"] = "a key too");

        Assert.Equal("from the engine", await storage.From("b").DownloadTextAsync("a"));

        SeenRequest seen = Assert.Single(engine.Seen);
        Assert.Equal(("/bytes?sig=1", null, null), (seen.Target, seen["Authorization"], seen["apikey"]));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Info_is_read_whole(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(
            """{"id":"5f","name":"a b","version":"77","bucket_id":"b","size":5000000000,"content_type":"text/plain","cache_control":"max-age=3600","etag":"\"90\"","metadata":{"n":{"deep":[1]}},"last_modified":"2030-01-02T03:04:05.678Z","created_at":"2030-01-02T03:04:05.678Z","content_encoding":null}"""),
            Json("""{"id":"5f","size":null,"metadata":null}"""));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");

        StorageFileInfo info = await Twin.Run(async, () => files.InfoAsync("a b"), () => files.Info("a b"));
        StorageFileInfo bare = await Twin.Run(async, () => files.InfoAsync("a b"), () => files.Info("a b"));

        Assert.Equal("/storage/v1/object/info/b/a%20b", server.Seen[0].Target);
        Assert.Equal(
            ("5f", "a b", "77", "b", 5_000_000_000, "text/plain", "max-age=3600", "\"90\""),
            (info.Id, info.Name, info.Version, info.BucketId, info.SizeBytes, info.ContentType, info.CacheControl, info.ETag));
        Assert.Equal(1, (int?)info.Metadata!["n"]!["deep"]![0]);
        Assert.Equal(678, info.LastModified!.Value.Millisecond);
        Assert.Null(bare.SizeBytes);
    }

    [Theory]
    [InlineData(true, 200, """{"id":"1"}""", true), InlineData(false, 200, """{"id":"1"}""", true)]
    [InlineData(true, 400, """{"statusCode":"404","error":"not_found","code":"NoSuchKey"}""", false)]
    [InlineData(false, 400, """{"statusCode":"404","error":"not_found","code":"NoSuchKey"}""", false)]
    [InlineData(true, 400, """{"statusCode":"404","error":"not_found","message":"Object not found"}""", false)]
    [InlineData(true, 404, "", false)]
    [InlineData(true, 400, """{"statusCode":"404","error":"Bucket not found","code":"NoSuchBucket"}""", null)]
    [InlineData(true, 400, """{"statusCode":"404","error":"Bucket not found"}""", null)]
    [InlineData(true, 400, """{"statusCode":"403","error":"Unauthorized","code":"AccessDenied"}""", null)]
    [InlineData(false, 400, """{"statusCode":"403","error":"Unauthorized","code":"AccessDenied"}""", null)]
    public async Task Only_a_missing_file_does_not_exist(bool async, int status, string body, bool? exists)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(body, status));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");
        Task<bool> Ask() => Twin.Run(async, () => files.ExistsAsync("a"), () => files.Exists("a"));

        if (exists is { } expected)
        {
            Assert.Equal(expected, await Ask());
        }
        else
        {
            await Assert.ThrowsAsync<StorageException>(Ask);
        }

        Assert.Equal("GET", Assert.Single(server.Seen).Method);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_folder_is_listed(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(
            """[{"name":"sub","id":null,"updated_at":null,"created_at":null,"last_accessed_at":null,"metadata":null},{"name":"a.txt","id":"5f","updated_at":"2030-01-02T03:04:05.678+00:00","created_at":"2030-01-02T03:04:05.678Z","last_accessed_at":"2030-01-02T03:04:05.678Z","metadata":{"eTag":"\"90\"","size":3,"mimetype":"text/plain","cacheControl":"max-age=3600","lastModified":"2030-01-02T03:04:05.678Z","contentLength":3,"httpStatusCode":200}}]"""));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");
        var options = new StorageListOptions { Limit = 2, Offset = 3, Search = "a", SortBy = new(SortColumn.LastAccessedAt, IsDescending: true) };

        await Twin.Run(async, () => files.ListAsync(), () => files.List());
        IReadOnlyList<StorageEntry> entries = await Twin.Run(async, () => files.ListAsync("2031", options), () => files.List("2031", options));

        Assert.Equal(
            [
                ("POST", "/storage/v1/object/list/b", """{"prefix":""}"""),
                ("POST", "/storage/v1/object/list/b", """{"prefix":"2031","limit":2,"offset":3,"search":"a","sortBy":{"column":"last_accessed_at","order":"desc"}}"""),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text)));
        Assert.Equal([("sub", true, null), ("a.txt", false, (long?)3)], entries.Select(e => (e.Name, e.IsFolder, e.Metadata?.SizeBytes)));
        StorageMetadata metadata = entries[1].Metadata!;
        Assert.Equal(("\"90\"", "text/plain", "max-age=3600", 200), (metadata.ETag, metadata.ContentType, metadata.CacheControl, metadata.ExtraFields!["httpStatusCode"].GetInt32()));
        Assert.Equal(entries[1].CreatedAt, entries[1].UpdatedAt);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_walk_over_all_pages_follows_the_cursor(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json("""{"hasNext":true,"nextCursor":"c1","nextCursorKey":"b/","folders":[{"key":"b","name":"b/","id":null}],"objects":[{"key":"a","name":"a","id":"1"}]}"""),
            Json("""{"hasNext":false,"folders":[],"objects":[{"key":"c","name":"c","id":"2"}]}"""));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");
        var list = new StorageListRequest { Prefix = "p", Limit = 2, WithDelimiter = true, SortBy = new(SortColumn.Name) };

        List<StorageEntry> entries = async
            ? await files.ListAllAsync(list).ToListAsync()
            : await Twin.Run(false, () => Task.FromResult<List<StorageEntry>>([]), () => files.ListAll(list).ToList());

        Assert.Equal([("b/", true), ("a", false), ("c", false)], entries.Select(e => (e.Name, e.IsFolder)));
        Assert.Equal(
            [
                """{"prefix":"p","limit":2,"with_delimiter":true,"sortBy":{"column":"name","order":"asc"}}""",
                """{"prefix":"p","limit":2,"cursor":"c1","with_delimiter":true,"sortBy":{"column":"name","order":"asc"}}""",
            ],
            server.Seen.Select(seen => seen.Text));
        Assert.All(server.Seen, seen => Assert.Equal("/storage/v1/object/list-v2/b", seen.Target));
    }

    [Fact]
    public async Task A_cursor_that_does_not_move_is_an_error_and_no_endless_walk()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("""{"hasNext":true,"nextCursor":"c1","folders":[],"objects":[]}"""));
        using StorageClient storage = server.Storage();

        await Assert.ThrowsAsync<CofferException>(async () => await storage.From("b").ListAllAsync().CountAsync());

        Assert.Equal(2, server.Seen.Count);
    }
}
