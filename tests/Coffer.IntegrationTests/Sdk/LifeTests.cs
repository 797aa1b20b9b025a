using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>The .NET client on the real server: the life of an object, by every helper, both ways of calling.</summary>
public sealed class LifeTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_whole_life_of_an_object(bool async)
    {
        using CofferClient coffer = SdkClient.For(_api);
        var wanted = new ObjectCreateRequest
        {
            Name = "life.txt",
            ContentType = "text/plain",
            Metadata = new Dictionary<string, string> { ["stage"] = "test" },
            TimeToLive = TimeSpan.FromHours(1),
        };

        StorageObject made = await Twin.Run(async, () => coffer.StorageObjects.CreateAsync(wanted), () => coffer.StorageObjects.Create(wanted));
        ObjectView view = await Twin.Run(async, () => made.GetInfoAsync(), () => made.GetInfo());
        Assert.NotNull(made.UploadUrl);
        Assert.Equal((ObjectState.Uploading, (long?)null, "life.txt"), (view.State, view.SizeBytes, view.Name));
        Assert.Equal(("text", "text/plain"), (view.ContentType.Value, view.MimeType));
        Assert.Equal(view.CreatedAt.AddHours(1), view.DeleteAfter);
        Assert.Equal("test", view.Metadata!["stage"]);
        Assert.Null(view.UploadUrl);

        await Twin.Run(async, () => made.UploadContentAsync("first"), () => made.UploadContent("first"));
        await Twin.Run(async, () => made.UploadContentAsync("Hello, wörld! 🎉"), () => made.UploadContent("Hello, wörld! 🎉"));
        view = await Twin.Run(async, () => made.CompleteAsync(), () => made.Complete());
        Assert.Equal((ObjectState.ReadOnly, Encoding.UTF8.GetByteCount("Hello, wörld! 🎉")), (view.State, (int)view.SizeBytes!));
        Assert.Null(made.UploadUrl);

        StorageObject found = coffer.StorageObjects.FromId(made.Id);
        Assert.Equal("Hello, wörld! 🎉", await Twin.Run(async, () => found.DownloadAsTextAsync(), () => found.DownloadAsText()));
        ObjectDownloadUrl link = await Twin.Run(async, () => found.GetDownloadUrlAsync(60), () => found.GetDownloadUrl(60));
        Assert.Equal((60, link.DownloadUrl), (link.ExpiresInSeconds, link.Url));
        Assert.InRange(link.ExpiresAt!.Value, DateTimeOffset.UtcNow.AddSeconds(30), DateTimeOffset.UtcNow.AddSeconds(61));
        StorageObjectPage page = await Twin.Run(async, () => coffer.StorageObjects.ListAsync(), () => coffer.StorageObjects.List());
        Assert.Equal((made.Id, 1L, false), (Assert.Single(page.Items).Id, page.TotalCount, page.HasMore));

        view = await Twin.Run(async, () => found.DeleteAsync(), () => found.Delete());
        Assert.Equal((ObjectState.Deleted, "life.txt"), (view.State, view.Name));
        view = await Twin.Run(async, () => found.DeleteAsync(), () => found.Delete());
        Assert.Equal(ObjectState.Deleted, view.State);
        Assert.Equal(ObjectState.Deleted, (await Twin.Run(async, () => found.RefreshAsync(), () => found.Refresh())).State);
        (await _api.GetAsync(link.DownloadUrl)).Expect(410);
        page = await Twin.Run(async, () => coffer.StorageObjects.ListAsync(), () => coffer.StorageObjects.List());
        Assert.Equal((0, 0L), (page.Items.Count, page.TotalCount));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Every_upload_helper_stores_what_it_was_given(bool async)
    {
        using CofferClient coffer = SdkClient.For(_api);
        StorageObjectsClient objects = coffer.StorageObjects;
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);
        string path = folder.Write("data.csv", bytes);
        var options = new UploadOptions
        {
            Metadata = new Dictionary<string, string> { ["by"] = "helper" }, TimeToLive = TimeSpan.FromMilliseconds(3_600_123), IsPublic = true,
        };

        StorageObject text = await Twin.Run(
            async, () => objects.UploadFromTextAsync("grüß", "t", options: options), () => objects.UploadFromText("grüß", "t", options: options));
        ObjectView view = await StoredAsync(text, "grüß"u8.ToArray(), "t", "text");
        Assert.Equal(("helper", true, 3_600_123L), (view.Metadata!["by"], view.IsPublic, view.DeleteAfterTimeMs - view.CreateTimeMs));

        StorageObject memory = await Twin.Run(
            async,
            () => objects.UploadFromBytesAsync(bytes, "b", ObjectContentType.Binary),
            () => objects.UploadFromBytes(bytes, "b", ObjectContentType.Binary));
        await StoredAsync(memory, bytes, "b", "binary");

        StorageObject file = await Twin.Run(async, () => objects.UploadFromFileAsync(path), () => objects.UploadFromFile(path));
        await StoredAsync(file, bytes, "data.csv", "text");
        StorageObject named = await Twin.Run(
            async, () => objects.UploadFromFileAsync(path, "n", "image/png"), () => objects.UploadFromFile(path, "n", "image/png"));
        Assert.Equal("image/png", (await StoredAsync(named, bytes, "n", "binary")).MimeType);

        using var seekable = new MemoryStream(bytes) { Position = 1000 };
        StorageObject rest = await Twin.Run(
            async, () => objects.UploadFromStreamAsync(seekable, "s", "gzip"), () => objects.UploadFromStream(seekable, "s", "gzip"));
        await StoredAsync(rest, bytes[1000..], "s", "gzip");
        using var pipe = new Unseekable(new MemoryStream(bytes));
        StorageObject chunked = await Twin.Run(
            async, () => objects.UploadFromStreamAsync(pipe, "c", "tar"), () => objects.UploadFromStream(pipe, "c", "tar"));
        await StoredAsync(chunked, bytes, "c", "tar");
        StorageObject archive = await Twin.Run(
            async, () => objects.UploadFromDirectoryAsync(folder.Path, "d.tgz"), () => objects.UploadFromDirectory(folder.Path, "d.tgz"));
        Assert.Equal("tgz", (await archive.GetInfoAsync()).ContentType.Value);
    }

    [Theory]
    [InlineData(true, 0), InlineData(true, 1), InlineData(true, 65_536), InlineData(true, 65_537), InlineData(true, Bytes.ManyBlocks)]
    [InlineData(false, 0), InlineData(false, 1), InlineData(false, 65_536), InlineData(false, 65_537), InlineData(false, Bytes.ManyBlocks)]
    public async Task Every_way_of_downloading_gives_the_bytes_and_reports_them(bool async, int size)
    {
        using CofferClient coffer = SdkClient.For(_api);
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes.Random(size);
        var up = new ProgressLog();
        var upload = new UploadOptions { Progress = up };
        StorageObject stored = await Twin.Run(
            async,
            () => coffer.StorageObjects.UploadFromBytesAsync(bytes, "a", "binary", upload),
            () => coffer.StorageObjects.UploadFromBytes(bytes, "a", "binary", upload));

        Assert.Equal(bytes, await Twin.Run(async, () => stored.DownloadAsBytesAsync(), () => stored.DownloadAsBytes()));

        using var copy = new MemoryStream();
        await Twin.Run(async, () => stored.DownloadToAsync(copy), () => stored.DownloadTo(copy));
        Assert.Equal(bytes, copy.ToArray());

        string path = folder.Write("old", "older and longer than the new content may be");
        var down = new ProgressLog();
        var download = new DownloadOptions { Progress = down, LinkLifetime = TimeSpan.FromMinutes(1) };
        await Twin.Run(async, () => stored.DownloadToFileAsync(path, download), () => stored.DownloadToFile(path, download));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));

        using Stream open = await Twin.Run(async, () => stored.OpenReadAsync(), () => stored.OpenRead());
        var first = new byte[Math.Min(size, 10)];
        open.ReadExactly(first);
        Assert.Equal(bytes[..first.Length], first);

        foreach (ProgressLog log in size > 0 ? [up, down] : Array.Empty<ProgressLog>())
        {
            Assert.Equal(new TransferProgress(size, size), log.Reports[^1]);
            Assert.Equal(log.Reports.Order(Comparer<TransferProgress>.Create((a, b) => a.BytesDone.CompareTo(b.BytesDone))), log.Reports);
        }
    }

    [Theory]
    [InlineData("grüße 🎉.txt"), InlineData("日本語 — ファイル"), InlineData("../etc/passwd"), InlineData("a%2Fb c?d#e&f=g+h"), InlineData("\"quoted\\\"; filename=x")]
    [InlineData(" "), InlineData("e\u0301 and \u00e9")]
    public async Task A_name_is_any_text(string name)
    {
        using CofferClient coffer = SdkClient.For(_api);

        StorageObject stored = await coffer.StorageObjects.UploadFromTextAsync(name, name);

        Assert.Equal(name, (await stored.GetInfoAsync()).Name);
        Assert.Equal(name, await stored.DownloadAsTextAsync());
        Assert.Equal(stored.Id, Assert.Single((await coffer.Objects.ListAsync(new() { Name = name })).Objects).Id);
        Assert.Equal(stored.Id, Assert.Single(coffer.Objects.List(new() { Search = name }).Objects).Id);
        Assert.Equal(name, (await stored.DeleteAsync()).Name);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Each_member_can_be_changed(bool async)
    {
        using CofferClient coffer = SdkClient.For(_api);
        StorageObject stored = await coffer.StorageObjects.UploadFromTextAsync("bytes", "before");
        var change = new ObjectUpdateRequest
        {
            Name = "after", IsPublic = true, TimeToLive = TimeSpan.FromDays(1), Metadata = new Dictionary<string, string> { ["k"] = "v" },
        };

        ObjectView view = await Twin.Run(
            async, () => coffer.Objects.UpdateAsync(stored.Id, change), () => coffer.Objects.Update(stored.Id, change));

        Assert.Equal(("after", true, "v"), (view.Name, view.IsPublic, view.Metadata!["k"]));
        Assert.InRange(view.DeleteAfter!.Value, DateTimeOffset.UtcNow.AddHours(23), DateTimeOffset.UtcNow.AddHours(24.1));
        ObjectView now = coffer.Objects.Retrieve(stored.Id);
        Assert.Equal((view.Name, view.DeleteAfterTimeMs, view.PublicUrl), (now.Name, now.DeleteAfterTimeMs, now.PublicUrl));
        Assert.Equal("bytes", (await _api.WithKey(null).GetAsync(view.PublicUrl!)).Expect(200).Text);

        var back = new ObjectUpdateRequest { IsPublic = false };
        view = await Twin.Run(async, () => coffer.Objects.UpdateAsync(stored.Id, back), () => coffer.Objects.Update(stored.Id, back));
        Assert.Equal(("after", false), (view.Name, view.IsPublic));
        (await _api.WithKey(null).GetAsync($"/v1/objects/{stored.Id}/content")).Expect(404);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_file_of_64_MiB_comes_back_the_same()
    {
        using CofferClient coffer = SdkClient.For(_api);
        using var folder = new TemporaryFolder();
        string path = folder.Write("large.bin", Bytes.Random(64 << 20));
        string back = Path.Combine(folder.Path, "back.bin");

        StorageObject stored = await coffer.StorageObjects.UploadFromFileAsync(path);
        await stored.DownloadToFileAsync(back);
        Assert.Equal(await HashAsync(path), await HashAsync(back));

        File.Delete(back);
        coffer.StorageObjects.UploadFromFile(path).DownloadToFile(back);
        Assert.Equal(await HashAsync(path), await HashAsync(back));

        static async Task<string> HashAsync(string file)
        {
            await using FileStream stream = File.OpenRead(file);
            return Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(stream));
        }
    }

    private async Task<ObjectView> StoredAsync(StorageObject stored, byte[] bytes, string name, string contentClass)
    {
        ObjectView view = await stored.GetInfoAsync();
        Assert.Equal((name, contentClass, ObjectState.ReadOnly, bytes.Length), (view.Name, view.ContentType.Value, view.State, (int)view.SizeBytes!));
        Assert.Null(stored.UploadUrl);
        Assert.Equal(bytes, (await _api.DownloadAsync(stored.Id)).Expect(200).Body); // without the SDK, which could err twice alike
        return view;
    }
}
