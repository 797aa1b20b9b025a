using System.Diagnostics;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

public sealed class WriteTests
{
    private static readonly RequestDelegate Written = Json("""{"Id":"5f0c","Key":"pics/2031/a b.txt"}""");

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Every_form_of_content_goes_up_raw_with_its_headers(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Written);
        using StorageClient storage = server.Storage();
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.csv", "a,b");
        BucketFiles files = storage.From("pics");
        var options = new StorageUploadOptions
        {
            ContentType = "image/x; q=1", CacheControl = TimeSpan.FromMinutes(1), ContentEncoding = "gzip", Upsert = true,
            Metadata = new() { ["who"] = "ä", ["n"] = new System.Text.Json.Nodes.JsonObject { ["deep"] = 1 } },
            Request = new() { Headers = { ["x-robots-tag"] = "noindex" } },
        };

        StoredFile stored = await Twin.Run(
            async, () => files.UploadAsync("/2031/a b.txt", "bytes"u8.ToArray(), options), () => files.Upload("/2031/a b.txt", "bytes"u8.ToArray(), options));
        await Twin.Run(
            async, () => files.UploadAsync("a", new MemoryStream("stream"u8.ToArray())), () => files.Upload("a", new MemoryStream("stream"u8.ToArray())));
        await Twin.Run(async, () => files.UploadTextAsync("a", "grüß"), () => files.UploadText("a", "grüß"));
        await Twin.Run(async, () => files.UploadTextAsync("a.JSON", "{}"), () => files.UploadText("a.JSON", "{}"));
        await Twin.Run(async, () => files.UploadTextAsync("a.css", "x"), () => files.UploadText("a.css", "x"));
        await Twin.Run(async, () => files.UploadFileAsync("a", local), () => files.UploadFile("a", local));
        await Twin.Run(async, () => files.UploadFileAsync("a.png", local), () => files.UploadFile("a.png", local));
        await Twin.Run(async, () => files.UpdateAsync("a", "bytes"u8.ToArray(), options), () => files.Update("a", "bytes"u8.ToArray(), options));
        await Twin.Run(
            async, () => files.UpdateAsync("a", new MemoryStream("stream"u8.ToArray())), () => files.Update("a", new MemoryStream("stream"u8.ToArray())));
        await Twin.Run(async, () => files.UpdateTextAsync("a", "text"), () => files.UpdateText("a", "text"));
        await Twin.Run(async, () => files.UpdateFileAsync("a", local), () => files.UpdateFile("a", local));

        Assert.Equal(new StoredFile("5f0c", "2031/a b.txt", "pics/2031/a b.txt"), stored);
        string metadata = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"who":"\u00E4","n":{"deep":1}}"""));
        Assert.Equal(
            [
                ("POST", "/storage/v1/object/pics/2031/a%20b.txt", "bytes", "image/x; q=1", "max-age=60", "true", metadata),
                ("POST", "/storage/v1/object/pics/a", "stream", "application/octet-stream", "max-age=3600", null, null),
                ("POST", "/storage/v1/object/pics/a", "grüß", "text/plain;charset=UTF-8", "max-age=3600", null, null),
                ("POST", "/storage/v1/object/pics/a.JSON", "{}", "application/json", "max-age=3600", null, null),
                ("POST", "/storage/v1/object/pics/a.css", "x", "text/css;charset=UTF-8", "max-age=3600", null, null),
                ("POST", "/storage/v1/object/pics/a", "a,b", "text/csv", "max-age=3600", null, null),
                ("POST", "/storage/v1/object/pics/a.png", "a,b", "image/png", "max-age=3600", null, null),
                ("PUT", "/storage/v1/object/pics/a", "bytes", "image/x; q=1", "max-age=60", null, metadata),
                ("PUT", "/storage/v1/object/pics/a", "stream", "application/octet-stream", "max-age=3600", null, null),
                ("PUT", "/storage/v1/object/pics/a", "text", "text/plain;charset=UTF-8", "max-age=3600", null, null),
                ("PUT", "/storage/v1/object/pics/a", "a,b", "text/csv", "max-age=3600", null, null),
            ],
            server.Seen.Select(seen =>
                (seen.Method, seen.Target, seen.Text, seen["Content-Type"], seen["Cache-Control"], seen["x-upsert"], seen["x-metadata"])));
        Assert.Equal(("gzip", "noindex", "5"), (server.Seen[0]["Content-Encoding"], server.Seen[0]["x-robots-tag"], server.Seen[0]["Content-Length"]));
        Assert.Null(server.Seen[1]["Content-Encoding"]);
    }

    [Theory]
    [InlineData("a/b/c.txt", "a/b/c.txt"), InlineData("//a///b", "a///b"), InlineData("a/", "a/")]
    [InlineData("-_.!~*'();,:@&=+$", "-_.!~*'();,:@&=+$"), InlineData("a?b#c%41[d]", "a%3Fb%23c%2541%5Bd%5D")]
    [InlineData("grüße/🎉", "gr%C3%BC%C3%9Fe/%F0%9F%8E%89"), InlineData("a\\b", "a%5Cb"), InlineData("a%2Fb", "a%252Fb")]
    public async Task Each_segment_of_a_key_is_escaped_and_no_more(string key, string target)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Written);
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");

        await files.UploadTextAsync(key, "");
        await Twin.Run(false, () => files.UploadTextAsync(key, ""), () => files.UploadText(key, ""));

        Assert.All(server.Seen, seen => Assert.Equal($"/storage/v1/object/b/{target}", seen.Target));
        Assert.Equal(2, server.Seen.Count);
    }

    [Theory]
    [InlineData(""), InlineData("/"), InlineData("a/../b"), InlineData("./a"), InlineData("..")]
    public void What_is_no_key_costs_no_call(string key)
    {
        using var storage = new StorageClient(new Uri("http://127.0.0.1:9"));
        BucketFiles files = storage.From("b");

        Assert.Throws<ArgumentException>(() => files.UploadText(key, ""));
        Assert.Throws<ArgumentException>(() => files.Info(key));
        Assert.Throws<ArgumentException>(() => files.GetPublicUrl(key));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_that_cannot_seek_goes_up_in_chunks_and_once(bool async)
    {
        var time = new ImpatientTime();
        await using ScriptedServer server = await ScriptedServer.StartAsync(Written, Json("{}", 503));
        using StorageClient storage = server.Storage(options => options.TimeProvider = time);
        BucketFiles files = storage.From("b");
        byte[] content = new byte[300_000];
        content[^1] = 7;
        var progress = new ProgressLog();

        await Twin.Run(
            async,
            () => files.UploadAsync("a", new Unseekable(new MemoryStream(content)), new() { Progress = progress }),
            () => files.Upload("a", new Unseekable(new MemoryStream(content)), new() { Progress = progress }));
        var error = await Assert.ThrowsAsync<StorageException>(() => Twin.Run(
            async,
            () => files.UploadAsync("a", new Unseekable(new MemoryStream(content))),
            () => files.Upload("a", new Unseekable(new MemoryStream(content)))));

        Assert.Equal(content, server.Seen[0].Body);
        Assert.Equal(("chunked", null), (server.Seen[0]["Transfer-Encoding"], server.Seen[0]["Content-Length"]));
        Assert.Equal(new TransferProgress(300_000, null), progress.Reports[^1]);
        Assert.Equal(2, server.Seen.Count);
        Assert.Contains("cannot seek", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_missing_local_file_costs_no_call(bool async)
    {
        using var storage = new StorageClient(new Uri("http://127.0.0.1:9"));
        BucketFiles files = storage.From("b");

        await Assert.ThrowsAsync<FileNotFoundException>(
            () => Twin.Run(async, () => files.UploadFileAsync("a", "/nowhere.txt"), () => files.UploadFile("a", "/nowhere.txt")));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_local_file_that_is_overwritten_meanwhile_is_not_sent_to_its_end(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Written);
        using StorageClient storage = server.Storage();
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.bin", new byte[300_000]);
        var options = new StorageUploadOptions { Progress = new OnBytes(100_000, () => OnBytes.Overwrite(local, [1])) };
        BucketFiles files = storage.From("pics");

        await Assert.ThrowsAsync<FileChangedException>(
            () => Twin.Run(async, () => files.UploadFileAsync("a", local, options), () => files.UploadFile("a", local, options)));

        Assert.DoesNotContain(server.Seen, static seen => seen.Body.Length == 300_000);
    }

    [Fact]
    public async Task Waiting_for_the_writer_of_a_pipe_can_be_cancelled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has no pipes among its files");
        using var storage = new StorageClient(new Uri("http://127.0.0.1:9"));
        using var folder = new TemporaryFolder();
        string pipe = Path.Combine(folder.Path, "pipe");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var cancellation = new CancellationTokenSource();
        BucketFiles files = storage.From("pics");
        Task[] waiting =
        [
            files.UploadFileAsync("a", pipe, cancellationToken: cancellation.Token),
            files.UploadFileResumableAsync("a", pipe, cancellationToken: cancellation.Token),
            files.UploadFileToSignedUrlAsync("a", "token", pipe, cancellationToken: cancellation.Token),
        ];
        await cancellation.CancelAsync();

        foreach (Task upload in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        // Lets go of the threads that still wait, so that they do not outlive the test; for both, since that waits for nobody.
        using FileStream writer = File.Open(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    [Fact]
    public async Task What_is_added_to_a_local_file_meanwhile_is_left_out()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Written);
        using StorageClient storage = server.Storage();
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.log", new byte[300_000]);

        await storage.From("pics").UploadFileAsync("a", local, new()
        {
            Progress = new OnBytes(100_000, () => File.AppendAllText(local, "a line")),
        });

        Assert.Equal(new byte[300_000], Assert.Single(server.Seen).Body);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Files_are_moved_copied_and_removed(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => (http.Request.Path.Value switch
        {
            "/storage/v1/object/copy" => Json("""{"Id":"9","Key":"other/x/b","name":"x/b"}"""),
            "/storage/v1/object/pics" => Json("""[{"name":"a","id":"1","bucket_id":"pics","owner_id":"","metadata":{"size":3},"user_metadata":{"k":"v"}}]"""),
            _ => Json("""{"message":"Successfully moved"}"""),
        })(http));
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("pics");
        var cross = new StorageCopyOptions { DestinationBucket = "other", Upsert = true };
        var changed = new StorageCopyOptions
        {
            CopyMetadata = false, CacheControl = TimeSpan.FromMinutes(1), ContentType = "text/css", ContentEncoding = "gzip",
            Metadata = new() { ["a"] = 1 },
        };

        string moved = await Twin.Run(async, () => files.MoveAsync("/a", "x/b"), () => files.Move("/a", "x/b"));
        await Twin.Run(async, () => files.MoveAsync("a", "b", "other"), () => files.Move("a", "b", "other"));
        await Twin.Run(async, () => files.CopyAsync("a", "b"), () => files.Copy("a", "b"));
        StoredFile copied = await Twin.Run(async, () => files.CopyAsync("a", "x/b", cross), () => files.Copy("a", "x/b", cross));
        await Twin.Run(async, () => files.CopyAsync("a", "b", changed), () => files.Copy("a", "b", changed));
        IReadOnlyList<StorageEntry> gone = await Twin.Run(async, () => files.RemoveAsync(["a", "/b c"]), () => files.Remove(["a", "/b c"]));
        await Twin.Run(async, () => files.PurgeCacheAsync("a b"), () => files.PurgeCache("a b"));

        Assert.Equal(
            [
                ("POST", "/storage/v1/object/move", """{"bucketId":"pics","sourceKey":"a","destinationKey":"x/b"}"""),
                ("POST", "/storage/v1/object/move", """{"bucketId":"pics","sourceKey":"a","destinationKey":"b","destinationBucket":"other"}"""),
                ("POST", "/storage/v1/object/copy", """{"bucketId":"pics","sourceKey":"a","destinationKey":"b"}"""),
                ("POST", "/storage/v1/object/copy", """{"bucketId":"pics","sourceKey":"a","destinationKey":"x/b","destinationBucket":"other"}"""),
                ("POST", "/storage/v1/object/copy", """{"bucketId":"pics","sourceKey":"a","destinationKey":"b","copyMetadata":false,"metadata":{"cacheControl":"max-age=60","mimetype":"text/css","contentEncoding":"gzip"}}"""),
                ("DELETE", "/storage/v1/object/pics", """{"prefixes":["a","b c"]}"""),
                ("DELETE", "/storage/v1/cdn/pics/a%20b", ""),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text)));
        Assert.Equal([null, null, null, "true", null], server.Seen.Take(5).Select(seen => seen["x-upsert"]));
        Assert.Equal(Convert.ToBase64String("""{"a":1}"""u8), server.Seen[4]["x-metadata"]);
        Assert.Equal("Successfully moved", moved);
        Assert.Equal(new StoredFile("9", "x/b", "other/x/b"), copied);
        StorageEntry removed = Assert.Single(gone);
        Assert.Equal(("a", "pics", 3L, false), (removed.Name, removed.BucketId, removed.Metadata!.SizeBytes, removed.IsFolder));
        Assert.Equal("v", (string?)removed.UserMetadata!["k"]);
        await Assert.ThrowsAsync<ArgumentException>(() => files.RemoveAsync([]));
    }
}
