using System.Net;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Devboxes from their making to their end, and their files, by the SDK.</summary>
public sealed class DevboxTests(SharedServer server)
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_devbox_has_what_was_asked_for(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        StorageObject archive = coffer.StorageObjects.FromId(await server.Api.StoreArchiveAsync(("file1.txt", "one"), ("file/file2.txt", "two")));
        StorageObject text = await coffer.StorageObjects.UploadFromTextAsync("as it is", "note.txt");
        var request = new DevboxCreateRequest
        {
            Name = "with mounts",
            Mounts =
            [
                new ObjectMount(archive.Id, "/home/user/archive_dir"), new ObjectMount(text.Id, "/data/"),
                new FileMount("/home/user/archive_dir/file1.txt", "over it: größe 🎉"),
            ],
            EnvironmentVariables = new Dictionary<string, string> { ["MODE"] = "test" },
            Metadata = new Dictionary<string, string> { ["CamelCase key"] = "kept" },
            KeepAlive = TimeSpan.FromMinutes(5.001),
        };

        await using Devbox devbox = await Twin.Run(async, () => coffer.Devboxes.CreateAsync(request), () => coffer.Devboxes.Create(request));

        Assert.Equal("over it: größe 🎉", await ReadAsync("archive_dir/file1.txt"));
        Assert.Equal("two", await ReadAsync("/home/user/archive_dir/file/file2.txt"));
        Assert.Equal("as it is", await ReadAsync("/data/note.txt"));
        DevboxView info = devbox.Info!;
        Assert.Equal((devbox.Id, "with mounts", DevboxStatus.Running), (info.Id, info.Name, info.Status));
        Assert.Equal("kept", Assert.Single(info.Metadata, pair => pair.Key == "CamelCase key").Value);
        Assert.Equal(301, info.LaunchParameters!.Value.GetProperty("keep_alive_time_seconds").GetInt32());
        Assert.InRange(info.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal([DevboxStatus.Provisioning, DevboxStatus.Running], info.StateTransitions.Select(step => step.Status));
        Assert.Null(info.ExtraFields);

        Task<string> ReadAsync(string path) => Twin.Run(async, () => devbox.File.ReadAsync(path), () => devbox.File.Read(path));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Files_go_in_and_come_out_unchanged(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var folder = new TemporaryFolder();
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());
        byte[] large = Bytes.Random(5_000_000);
        string local = folder.Write("local.bin", large);
        string copy = Path.Combine(folder.Path, "copy.bin");
        const string odd = "deep/größe 🎉 100% \"quoted\"; name=path.bin";
        const string text = "größe 🎉\r\nline\0";

        await Twin.Run(async, () => devbox.File.WriteAsync("made/a.txt", text), () => devbox.File.Write("made/a.txt", text));
        Assert.Equal(text, await Twin.Run(async, () => devbox.File.ReadAsync("made/a.txt"), () => devbox.File.Read("made/a.txt")));
        await Twin.Run(async, () => devbox.File.WriteAsync("made/a.txt", ""), () => devbox.File.Write("made/a.txt", ""));
        Assert.Equal("", await Twin.Run(async, () => devbox.File.ReadAsync("made/a.txt"), () => devbox.File.Read("made/a.txt")));

        await Twin.Run(async, () => devbox.File.UploadAsync(odd, large), () => devbox.File.Upload(odd, large));
        Assert.Equal(large, await Twin.Run(async, () => devbox.File.DownloadAsync(odd), () => devbox.File.Download(odd)));

        var heard = new List<TransferProgress>();
        var progress = new Direct(heard.Add);
        await Twin.Run(async, () => devbox.File.UploadFileAsync("/b.bin", local, progress), () => devbox.File.UploadFile("/b.bin", local, progress));
        Assert.Equal((heard[^1].TotalBytes, true), (heard[^1].BytesDone, heard[^1].TotalBytes > large.Length));
        heard.Clear();
        var options = new DownloadOptions { Progress = progress };
        await Twin.Run(async, () => devbox.File.DownloadToFileAsync("/b.bin", copy, options), () => devbox.File.DownloadToFile("/b.bin", copy, options));
        Assert.Equal((large.Length, large.Length), (heard[^1].BytesDone, heard[^1].TotalBytes));
        Assert.Equal(large, await File.ReadAllBytesAsync(copy));

        using var once = new Unseekable(new MemoryStream(large));
        await Twin.Run(async, () => devbox.File.UploadAsync("/c.bin", once), () => devbox.File.Upload("/c.bin", once));
        await using Stream read = await Twin.Run(async, () => devbox.File.OpenReadAsync("/c.bin"), () => devbox.File.OpenRead("/c.bin"));
        using var bytes = new MemoryStream();
        await read.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal(large, bytes.ToArray());
        bytes.SetLength(0);
        await Twin.Run(async, () => devbox.File.DownloadToAsync("made/a.txt", bytes), () => devbox.File.DownloadTo("made/a.txt", bytes));
        Assert.Equal(0, bytes.Length);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Refusals_say_what_is_wrong(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var folder = new TemporaryFolder();
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new() { Mounts = [new FileMount("/dir/file", "x")] });

        Assert.Equal((HttpStatusCode.NotFound, "file_not_found"), await RefusedAsync(() => devbox.File.ReadAsync("/no"), () => devbox.File.Read("/no")));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefusedAsync(() => devbox.File.DownloadAsync("/dir"), () => devbox.File.Download("/dir"))).Status);
        string kept = folder.Write("kept", "older");
        Assert.Equal((HttpStatusCode.NotFound, "file_not_found"), await RefusedAsync(
            async () => { await devbox.File.DownloadToFileAsync("/no", kept); return 0; }, () => { devbox.File.DownloadToFile("/no", kept); return 0; }));
        Assert.Equal(("older", 1), (await File.ReadAllTextAsync(kept), Directory.GetFiles(folder.Path).Length));
        Assert.Equal((HttpStatusCode.NotFound, "devbox_not_found"), await RefusedAsync(
            () => coffer.Devboxes.RetrieveAsync("dbx_none"), () => coffer.Devboxes.Retrieve("dbx_none")));

        DevboxCreateRequest unmountable = new() { Mounts = [new ObjectMount("obj_none", "/home/user/x")] };
        Assert.Equal(HttpStatusCode.NotFound, (await RefusedAsync(
            () => coffer.Devboxes.CreateAsync(unmountable), () => coffer.Devboxes.Create(unmountable))).Status);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => devbox.File.ReadAsync(""));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => coffer.Devboxes.RetrieveAsync("create_and_await_running"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DevboxCreateRequest { KeepAlive = TimeSpan.Zero });

        await devbox.ShutdownAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "devbox_not_running"), await RefusedAsync(() => devbox.File.ReadAsync("/dir/file"), () => devbox.File.Read("/dir/file")));

        async Task<(HttpStatusCode? Status, string? Code)> RefusedAsync<T>(Func<Task<T>> asynchronous, Func<T> blocking)
        {
            var refused = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, asynchronous, blocking));
            return (refused.Status, refused.Code);
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_devbox_ends_when_it_is_disposed_or_told_to(bool async)
    {
        using CofferClient coffer = SdkClient.For(await server.Accounts.NewAsync());
        Devbox disposed = await coffer.Devboxes.CreateAsync(new() { Name = "disposed" });
        Devbox told = await coffer.Devboxes.CreateAsync(new() { Name = "told" });
        Devbox kept = coffer.Devboxes.FromId((await coffer.Devboxes.CreateAsync(new() { Name = "kept" })).Id);

        if (async) await disposed.DisposeAsync();
        else disposed.Dispose();
        DevboxView last = await Twin.Run(async, () => told.ShutdownAsync(), () => told.Shutdown());
        DevboxView again = await Twin.Run(async, () => told.ShutdownAsync(), () => told.Shutdown());

        Assert.Equal((DevboxStatus.Shutdown, "api_shutdown"), (last.Status, last.ShutdownReason));
        Assert.Equal((last.EndTimeMs, last.EndedAt), (again.EndTimeMs, again.EndedAt));
        Assert.Equal(DevboxStatus.Shutdown, (await disposed.RefreshAsync()).Status);
        Assert.Null(kept.Info);
        Assert.Equal(DevboxStatus.Running, (await Twin.Run(async, () => kept.RefreshAsync(), () => kept.Refresh())).Status);
        Assert.Equal("kept", kept.Info!.Name);
        Assert.Equal("kept", (await Twin.Run(async, () => kept.WaitUntilRunningAsync(), () => kept.WaitUntilRunning())).Name);

        List<DevboxView> all = async ? await CollectAsync(coffer.Devboxes.ListAllAsync(new() { Limit = 2 })) : [.. coffer.Devboxes.ListAll(new() { Limit = 2 })];
        Assert.Equal(["kept", "told", "disposed"], all.Select(view => view.Name));
        var running = new DevboxListRequest { Status = DevboxStatus.Running };
        DevboxPage page = await Twin.Run(async, () => coffer.Devboxes.ListAsync(running), () => coffer.Devboxes.List(running));
        Assert.Equal((kept.Id, 1L, false), (Assert.Single(page.Devboxes).Id, page.TotalCount, page.HasMore));
        await kept.DisposeAsync();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Waiting_for_what_will_not_be_ends_at_once_or_in_time(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());
        TimeSpan short_ = TimeSpan.FromSeconds(1.2);

        var late = await Assert.ThrowsAsync<CofferTimeoutException>(() => Twin.Run(
            async, () => coffer.Devboxes.WaitForStatusAsync(devbox.Id, [DevboxStatus.Failure], short_), () => coffer.Devboxes.WaitForStatus(devbox.Id, [DevboxStatus.Failure], short_)));
        Assert.Contains("is running still", late.Message, StringComparison.Ordinal);
        Assert.Equal(devbox.Id, (await coffer.Devboxes.WaitForStatusAsync(devbox.Id, [DevboxStatus.Running])).Id);

        await devbox.ShutdownAsync();
        var ended = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, () => devbox.WaitUntilRunningAsync(), () => devbox.WaitUntilRunning()));
        Assert.Contains("is shutdown (api_shutdown)", ended.Message, StringComparison.Ordinal);
        Assert.Equal(DevboxStatus.Shutdown, (await coffer.Devboxes.WaitForStatusAsync(devbox.Id, [DevboxStatus.Shutdown])).Status);
    }

    private static async Task<List<DevboxView>> CollectAsync(IAsyncEnumerable<DevboxView> views)
    {
        var found = new List<DevboxView>();
        await foreach (DevboxView view in views) found.Add(view);
        return found;
    }

    private sealed class Direct(Action<TransferProgress> report) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => report(value);
    }
}
