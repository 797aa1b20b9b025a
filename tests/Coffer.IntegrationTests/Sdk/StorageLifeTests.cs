using System.Net.Http.Headers;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>The .NET storage client on the real server: buckets and files, by every member, both ways of calling.</summary>
public sealed class StorageLifeTests(SharedServer server) : IAsyncLifetime
{
    private readonly string _bucket = $"life-{Guid.NewGuid():N}";
    private CofferClient? _coffer;
    private Api? _account;

    private StorageClient Storage => _coffer!.Storage;

    private BucketFiles Files => Storage.From(_bucket);

    public async ValueTask InitializeAsync()
    {
        _account = await server.Accounts.NewAsync();
        _coffer = SdkClient.For(_account);
    }

    public ValueTask DisposeAsync()
    {
        _coffer?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_whole_life_of_a_bucket(bool async)
    {
        var settings = new BucketSettings { IsPublic = true, FileSizeLimit = "20kb", AllowedMimeTypes = ["text/*"] };

        Assert.Equal(_bucket, await Twin.Run(
            async, () => Storage.CreateBucketAsync(_bucket, settings: settings), () => Storage.CreateBucket(_bucket, settings: settings)));
        Bucket bucket = await Twin.Run(async, () => Storage.GetBucketAsync(_bucket), () => Storage.GetBucket(_bucket));
        Assert.Equal((_bucket, _bucket, "", true, 20_000L), (bucket.Id, bucket.Name, bucket.Owner, bucket.IsPublic, bucket.FileSizeLimitBytes));
        Assert.Equal(["text/*"], bucket.AllowedMimeTypes!);
        Assert.InRange(bucket.CreatedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));

        var change = new BucketSettings { IsPublic = false, FileSizeLimit = SizeLimit.None, AllowedMimeTypes = [] };
        Assert.NotEmpty(await Twin.Run(async, () => Storage.UpdateBucketAsync(_bucket, change), () => Storage.UpdateBucket(_bucket, change)));
        bucket = Assert.Single(await Twin.Run(async, () => Storage.ListBucketsAsync(new() { Search = "LIFE-" }), () => Storage.ListBuckets(new() { Search = "LIFE-" })));
        Assert.Equal((_bucket, false, null), (bucket.Id, bucket.IsPublic, bucket.FileSizeLimitBytes));
        Assert.True(bucket.AllowedMimeTypes is null or []);
        Assert.Empty(await Twin.Run(async, () => Storage.ListBucketsAsync(new() { Search = "life-", Offset = 1, Limit = 5 }), () => Storage.ListBuckets(new() { Search = "life-", Offset = 1, Limit = 5 })));

        await Twin.Run(async, () => Files.UploadTextAsync("a", "a"), () => Files.UploadText("a", "a"));
        await RefusedAsync(409, "ResourceNotEmpty", () => Twin.Run(async, () => Storage.DeleteBucketAsync(_bucket), () => Storage.DeleteBucket(_bucket)));
        Assert.NotEmpty(await Twin.Run(async, () => Storage.EmptyBucketAsync(_bucket), () => Storage.EmptyBucket(_bucket)));
        Assert.Empty(await Twin.Run(async, () => Files.ListAsync(), () => Files.List()));
        Assert.NotEmpty(await Twin.Run(async, () => Storage.DeleteBucketAsync(_bucket), () => Storage.DeleteBucket(_bucket)));
        await RefusedAsync(404, "NoSuchBucket", () => Twin.Run(async, () => Storage.GetBucketAsync(_bucket), () => Storage.GetBucket(_bucket)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Every_form_of_content_goes_up_and_comes_down(bool async)
    {
        await Storage.CreateBucketAsync(_bucket);
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);
        string local = folder.Write("data.csv", bytes);
        string copy = Path.Combine(folder.Path, "copy.csv");
        var options = new StorageUploadOptions
        {
            ContentType = "image/tiff", CacheControl = TimeSpan.FromDays(1), Metadata = new() { ["deep"] = new System.Text.Json.Nodes.JsonObject { ["ä"] = 1 } },
        };

        StoredFile stored = await Twin.Run(async, () => Files.UploadAsync("/d/a b.tif", bytes, options), () => Files.Upload("/d/a b.tif", bytes, options));
        Assert.Equal(("d/a b.tif", $"{_bucket}/d/a b.tif"), (stored.Path, stored.FullPath));
        Assert.True(Guid.TryParse(stored.Id, out _));
        StorageFileInfo info = await Twin.Run(async, () => Files.InfoAsync("d/a b.tif"), () => Files.Info("d/a b.tif"));
        Assert.Equal(
            (stored.Id, bytes.Length, "image/tiff", "max-age=86400", 1),
            (info.Id, info.SizeBytes, info.ContentType, info.CacheControl, (int?)info.Metadata!["deep"]!["ä"]));
        Assert.Equal(bytes, await Twin.Run(async, () => Files.DownloadAsync("d/a b.tif"), () => Files.Download("d/a b.tif")));

        await Twin.Run(
            async,
            () => Files.UploadAsync("stream", new Unseekable(new MemoryStream(bytes))), () => Files.Upload("stream", new Unseekable(new MemoryStream(bytes))));
        using var into = new MemoryStream();
        await Twin.Run(async, () => Files.DownloadToAsync("stream", into), () => Files.DownloadTo("stream", into));
        Assert.Equal(bytes, into.ToArray());

        await Twin.Run(async, () => Files.UploadFileAsync("file", local), () => Files.UploadFile("file", local));
        await Twin.Run(async, () => Files.DownloadToFileAsync("file", copy), () => Files.DownloadToFile("file", copy));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(copy));
        Assert.Equal("text/csv", (await Files.InfoAsync("file")).ContentType);

        var range = new StorageDownloadOptions { Range = new RangeHeaderValue(100, 199) };
        Assert.Equal(bytes[100..200], await Twin.Run(async, () => Files.DownloadAsync("file", range), () => Files.Download("file", range)));
        await Twin.Run(async, () => Files.UploadTextAsync("text", "grüß 🎉"), () => Files.UploadText("text", "grüß 🎉"));
        Assert.Equal("grüß 🎉", await Twin.Run(async, () => Files.DownloadTextAsync("text"), () => Files.DownloadText("text")));

        await RefusedAsync(409, "KeyAlreadyExists", () => Twin.Run(async, () => Files.UploadTextAsync("text", "again"), () => Files.UploadText("text", "again")));
        string id = (await Files.InfoAsync("text")).Id;
        await Twin.Run(async, () => Files.UploadTextAsync("text", "again", new() { Upsert = true }), () => Files.UploadText("text", "again", new() { Upsert = true }));
        await Twin.Run(async, () => Files.UpdateTextAsync("text", "and again"), () => Files.UpdateText("text", "and again"));
        Assert.Equal((id, 9L), ((await Files.InfoAsync("text")).Id, (await Files.InfoAsync("text")).SizeBytes));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Files_are_listed_moved_copied_and_removed(bool async)
    {
        string other = $"{_bucket}-other";
        await Storage.CreateBucketAsync(_bucket);
        await Storage.CreateBucketAsync(other);
        foreach (string key in (string[])["a.txt", "d/b.txt", "d/e/c.txt", "z.txt"])
        {
            await Files.UploadTextAsync(key, key, new() { Metadata = new() { ["key"] = key } });
        }

        IReadOnlyList<StorageEntry> root = await Twin.Run(async, () => Files.ListAsync(), () => Files.List());
        Assert.Equal([("a.txt", false), ("d", true), ("z.txt", false)], root.Select(entry => (entry.Name, entry.IsFolder)));
        Assert.Equal((5L, "text/plain;charset=UTF-8"), (root[0].Metadata!.SizeBytes, root[0].Metadata!.ContentType));
        Assert.Equal(["b.txt", "e"], (await Twin.Run(async, () => Files.ListAsync("d"), () => Files.List("d"))).Select(entry => entry.Name));

        var pages = new StorageListRequest { Limit = 1 };
        List<string> all = async
            ? await Files.ListAllAsync(pages).Select(entry => entry.Name).ToListAsync()
            : await Twin.Run(false, () => Task.FromResult<List<string>>([]), () => Files.ListAll(pages).Select(entry => entry.Name).ToList());
        Assert.Equal(["a.txt", "d/b.txt", "d/e/c.txt", "z.txt"], all);
        StoragePage page = await Twin.Run(
            async, () => Files.ListV2Async(new() { WithDelimiter = true, Prefix = "d/" }), () => Files.ListV2(new() { WithDelimiter = true, Prefix = "d/" }));
        Assert.Equal(("d/e/", "d/b.txt", false), (Assert.Single(page.Folders).Name, Assert.Single(page.Files).Name, page.HasNext));

        string id = (await Files.InfoAsync("a.txt")).Id;
        await Twin.Run(async, () => Files.MoveAsync("a.txt", "moved.txt", other), () => Files.Move("a.txt", "moved.txt", other));
        StorageFileInfo moved = await Storage.From(other).InfoAsync("moved.txt");
        Assert.Equal((id, "a.txt"), (moved.Id, (string?)moved.Metadata!["key"]));
        Assert.False(await Twin.Run(async, () => Files.ExistsAsync("a.txt"), () => Files.Exists("a.txt")));

        var plain = new StorageCopyOptions
        {
            DestinationBucket = other, CopyMetadata = false, ContentType = "text/css", ContentEncoding = "gzip", Metadata = new() { ["new"] = true },
        };
        StoredFile copied = await Twin.Run(async, () => Files.CopyAsync("z.txt", "c.css", plain), () => Files.Copy("z.txt", "c.css", plain));
        Assert.Equal(("c.css", $"{other}/c.css"), (copied.Path, copied.FullPath));
        StorageFileInfo info = await Storage.From(other).InfoAsync("c.css");
        Assert.Equal(("text/css", "gzip", true, null), (info.ContentType, info.ContentEncoding, (bool?)info.Metadata!["new"], info.Metadata!["key"]));
        await RefusedAsync(409, "KeyAlreadyExists", () => Twin.Run(async, () => Files.CopyAsync("z.txt", "d/b.txt"), () => Files.Copy("z.txt", "d/b.txt")));
        await RefusedAsync(404, "NoSuchKey", () => Twin.Run(async, () => Files.MoveAsync("nowhere", "b"), () => Files.Move("nowhere", "b")));

        IReadOnlyList<StorageEntry> gone = await Twin.Run(async, () => Files.RemoveAsync(["z.txt", "nowhere", "d"]), () => Files.Remove(["z.txt", "nowhere", "d"]));
        Assert.Equal(("z.txt", _bucket), (Assert.Single(gone).Name, gone[0].BucketId));
        Assert.NotEmpty(await Twin.Run(async, () => Files.PurgeCacheAsync("d/b.txt"), () => Files.PurgeCache("d/b.txt")));
        Assert.NotEmpty(await Twin.Run(async, () => Storage.PurgeCacheAsync(_bucket), () => Storage.PurgeCache(_bucket)));
    }

    [Theory]
    [InlineData("a//b"), InlineData("-_.!*'();:@&=+$, x"), InlineData("what?.txt"), InlineData("a/")]
    public async Task A_key_comes_back_letter_for_letter(string key)
    {
        await Storage.CreateBucketAsync(_bucket);

        StoredFile stored = await Files.UploadTextAsync(key, key);

        Assert.Equal(key, stored.Path);
        Assert.Equal(key, await Files.DownloadTextAsync(key));
        Assert.Equal(key, await Task.Run(() => Files.DownloadText(key)));
        Assert.Equal(key, (await Files.InfoAsync(key)).Name);
        Assert.Equal(key, Assert.Single(await Files.ListAllAsync().ToListAsync()).Name);
        Assert.Single(await Files.RemoveAsync([key]));
    }

    [Fact]
    public async Task A_key_that_the_API_does_not_know_is_refused()
    {
        await Storage.CreateBucketAsync(_bucket);

        await RefusedAsync(400, "InvalidKey", () => Files.UploadTextAsync("grüße", ""));
    }

    private static async Task RefusedAsync(int status, string code, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<StorageException>(call);
        Assert.Equal((status, code), (error.StatusCode, error.Code));
    }
}
