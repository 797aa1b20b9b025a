using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.StorageObjects;

public sealed class DownloadTests
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_link_is_fetched_as_it_was_signed_and_without_the_key(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store("grüß\0"u8.ToArray()));
        using CofferClient client = server.Client();
        StorageObject stored = client.StorageObjects.FromId("obj_1");

        string text = await Twin.Run(async, () => stored.DownloadAsTextAsync(), () => stored.DownloadAsText());

        Assert.Equal("grüß\0", text);
        Assert.Equal("/v1/objects/obj_1/download", server.Seen[0].Target);
        Assert.Equal("/bytes/obj_1?sig=a%2Fb%7e", server.Seen[1].Target);
        Assert.Null(server.Seen[1]["Authorization"]);
        Assert.Equal("identity", server.Seen[1]["Accept-Encoding"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Encoded_bytes_arrive_as_they_are(bool async)
    {
        byte[] gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(get: Bytes(gzip, ("Content-Encoding", "gzip"))));
        using CofferClient client = server.Client();
        StorageObject stored = client.StorageObjects.FromId("obj_1");

        Assert.Equal(gzip, await Twin.Run(async, () => stored.DownloadAsBytesAsync(), () => stored.DownloadAsBytes()));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_download_to_a_file_replaces_it_at_the_end_and_reports_progress(bool async)
    {
        byte[] content = new byte[1_000_000];
        Random.Shared.NextBytes(content);
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(content));
        using CofferClient client = server.Client();
        using var folder = new TemporaryFolder();
        string path = folder.Write("old.bin", "old");
        StorageObject stored = client.StorageObjects.FromId("obj_1");
        var progress = new ProgressLog();
        var options = new DownloadOptions { Progress = progress, LinkLifetime = TimeSpan.FromMinutes(1) };

        await Twin.Run(async, () => stored.DownloadToFileAsync(path, options), () => stored.DownloadToFile(path, options));

        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal(new TransferProgress(1_000_000, 1_000_000), progress.Reports[^1]);
        Assert.EndsWith("?duration_seconds=60", server.Seen[0].Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_body_that_ends_early_is_an_error_and_leaves_no_file(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(get: async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(new byte[600]);
            await http.Response.Body.FlushAsync();
            await Task.Delay(50);
            http.Abort();
        }));
        using CofferClient client = server.Client();
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.bin", "old");
        StorageObject stored = client.StorageObjects.FromId("obj_1");

        await Assert.ThrowsAsync<CofferConnectionException>(
            () => Twin.Run(async, () => stored.DownloadToFileAsync(path), () => stored.DownloadToFile(path)));
        await Assert.ThrowsAsync<CofferConnectionException>(
            () => Twin.Run(async, () => stored.DownloadAsBytesAsync(), () => stored.DownloadAsBytes()));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_download_that_is_cancelled_or_stands_still_ends_and_leaves_no_file(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(get: async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(new byte[600]);
            await Hang(http);
        }));
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a.bin");

        using CofferClient patient = server.Client();
        StorageObject one = patient.StorageObjects.FromId("obj_1");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => one.DownloadToFileAsync(path, cancellationToken: cancellation.Token),
            () => one.DownloadToFile(path, cancellationToken: cancellation.Token)));

        using CofferClient impatient = server.Client(options => options.Timeout = TimeSpan.FromMilliseconds(300));
        StorageObject two = impatient.StorageObjects.FromId("obj_1");
        await Assert.ThrowsAsync<CofferTimeoutException>(
            () => Twin.Run(async, () => two.DownloadToFileAsync(path), () => two.DownloadToFile(path)));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_slow_body_may_take_longer_than_the_timeout(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(get: async http =>
        {
            for (int i = 0; i < 8; i++)
            {
                await http.Response.WriteAsync("x");
                await http.Response.Body.FlushAsync();
                await Task.Delay(100);
            }
        }));
        using CofferClient client = server.Client(options => options.Timeout = TimeSpan.FromMilliseconds(500));
        StorageObject stored = client.StorageObjects.FromId("obj_1");

        Assert.Equal("xxxxxxxx", await Twin.Run(async, () => stored.DownloadAsTextAsync(), () => stored.DownloadAsText()));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_file_that_cannot_be_written_costs_no_call(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        using var folder = new TemporaryFolder();
        StorageObject stored = client.StorageObjects.FromId("obj_1");
        string missing = Path.Combine(folder.Path, "missing/a");

        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => Twin.Run(async, () => stored.DownloadToFileAsync(missing), () => stored.DownloadToFile(missing)));
        await Assert.ThrowsAsync<IOException>(
            () => Twin.Run(async, () => stored.DownloadToFileAsync(folder.Path), () => stored.DownloadToFile(folder.Path)));

        Assert.Empty(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Opening_is_tried_again_and_redirects_are_followed(bool async)
    {
        int gets = 0;
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(get: http =>
        {
            switch (Interlocked.Increment(ref gets))
            {
                case 1:
                    return Status(503, ("retry-after-ms", "10"))(http);
                case 2:
                    http.Response.Redirect("/bytes/obj_1?moved");
                    return Task.CompletedTask;
                default:
                    return Bytes("found"u8.ToArray())(http);
            }
        }));
        using CofferClient client = server.Client();
        StorageObject stored = client.StorageObjects.FromId("obj_1");

        using Stream content = await Twin.Run(async, () => stored.OpenReadAsync(), () => stored.OpenRead());
        using var reader = new StreamReader(content, Encoding.UTF8);

        Assert.Equal("found", async ? await reader.ReadToEndAsync() : reader.ReadToEnd());
        Assert.Equal("/bytes/obj_1?moved", server.Seen[^1].Target);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_refused_link_throws_without_naming_it(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(get: Status(403)));
        using CofferClient client = server.Client();
        StorageObject stored = client.StorageObjects.FromId("obj_1");
        using var into = new MemoryStream();

        var error = await Assert.ThrowsAsync<CofferException>(
            () => Twin.Run(async, () => stored.DownloadToAsync(into), () => stored.DownloadTo(into)));

        Assert.Equal("word", error.Code);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, server.Seen.Count);
    }

    [Fact]
    public async Task A_blocking_download_can_be_read_asynchronously_too()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(new byte[200_000]));
        using CofferClient client = server.Client();
        using Stream content = await Twin.Run(false, () => Task.FromResult(Stream.Null), () => client.StorageObjects.FromId("obj_1").OpenRead());
        using var into = new MemoryStream();

        await content.CopyToAsync(into);

        Assert.Equal(200_000, into.Length);
    }
}
