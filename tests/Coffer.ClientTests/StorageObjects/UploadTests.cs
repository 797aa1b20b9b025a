using System.Net;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.StorageObjects;

public sealed class UploadTests
{
    private readonly ImpatientTime _time = new();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_upload_creates_puts_and_completes(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        var options = new UploadOptions { Metadata = new Dictionary<string, string> { ["k"] = "v" }, TimeToLive = TimeSpan.FromTicks(15_001) };

        StorageObject stored = await Twin.Run(
            async,
            () => client.StorageObjects.UploadFromTextAsync("grüß", "hello.txt", options: options),
            () => client.StorageObjects.UploadFromText("grüß", "hello.txt", options: options));

        Assert.Equal("<StorageObject id='obj_1'>", stored.ToString());
        Assert.Null(stored.UploadUrl);
        Assert.Equal(["/v1/objects", "/bytes/obj_1?sig=a%2Fb%7e&x=%41", "/v1/objects/obj_1/complete"], server.Seen.Select(seen => seen.Target));
        Assert.Equal("""{"name":"hello.txt","content_type":"text","metadata":{"k":"v"},"ttl_ms":2}""", server.Seen[0].Text);
        SeenRequest put = server.Seen[1];
        Assert.Equal("grüß"u8, put.Body);
        Assert.Equal("6", put["Content-Length"]);
        Assert.Equal("*/*", put["Accept"]);
        Assert.Equal(["Accept", "Content-Length", "Host", "User-Agent"], put.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_empty_upload_says_that_it_is_empty(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();

        await Twin.Run(
            async,
            () => client.StorageObjects.UploadFromBytesAsync(Array.Empty<byte>(), "n", ObjectContentType.Binary),
            () => client.StorageObjects.UploadFromBytes(Array.Empty<byte>(), "n", ObjectContentType.Binary));

        Assert.Equal("0", server.Seen[1]["Content-Length"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_empty_file_says_so_and_one_that_only_says_so_goes_up_in_chunks(bool async)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        using var folder = new TemporaryFolder();
        string empty = folder.Write("empty.txt", []);
        const string status = "/proc/self/status";

        await Twin.Run(async, () => client.StorageObjects.UploadFromFileAsync(empty), () => client.StorageObjects.UploadFromFile(empty));
        await Twin.Run(async, () => client.StorageObjects.UploadFromFileAsync(status), () => client.StorageObjects.UploadFromFile(status));

        SeenRequest[] puts = [.. server.Seen.Where(static seen => seen.Method == "PUT")];
        Assert.Equal("0", puts[0]["Content-Length"]);
        Assert.Equal("chunked", puts[1]["Transfer-Encoding"]);
        Assert.StartsWith("Name:", puts[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_file_goes_up_with_the_class_of_its_path_and_its_progress(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        using var folder = new TemporaryFolder();
        string path = folder.Write("data.tar.gz", Random.Shared.GetItems("abc"u8.ToArray(), 300_000));
        var progress = new ProgressLog();
        var options = new UploadOptions { Progress = progress };

        await Twin.Run(
            async,
            () => client.StorageObjects.UploadFromFileAsync(path, options: options),
            () => client.StorageObjects.UploadFromFile(path, options: options));

        Assert.Equal("""{"name":"data.tar.gz","content_type":"tgz"}""", server.Seen[0].Text);
        Assert.Equal(File.ReadAllBytes(path), server.Seen[1].Body);
        Assert.Equal(new TransferProgress(0, 300_000), progress.Reports[0]);
        Assert.Equal(new TransferProgress(300_000, 300_000), progress.Reports[^1]);
        Assert.True(progress.Reports.Count > 2);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_that_cannot_seek_goes_up_in_chunks(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        byte[] bytes = RandomBytes(400_000);
        using var stream = new Unseekable(new MemoryStream(bytes));
        var progress = new ProgressLog();
        var options = new UploadOptions { Progress = progress };

        await Twin.Run(
            async,
            () => client.StorageObjects.UploadFromStreamAsync(stream, "n", ObjectContentType.Binary, options),
            () => client.StorageObjects.UploadFromStream(stream, "n", ObjectContentType.Binary, options));

        Assert.Equal(bytes, server.Seen[1].Body);
        Assert.Equal("chunked", server.Seen[1]["Transfer-Encoding"]);
        Assert.Null(server.Seen[1]["Content-Length"]);
        Assert.Equal(new TransferProgress(400_000, null), progress.Reports[^1]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_seekable_stream_goes_up_from_where_it_stands_again_after_a_passing_failure(bool async)
    {
        int puts = 0;
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Store(put: http => Interlocked.Increment(ref puts) switch { 1 => Status(503)(http), 2 => Cut(http), _ => Task.CompletedTask }));
        using CofferClient client = server.Client(options => options.TimeProvider = _time);
        using var stream = new MemoryStream("skip this, send that"u8.ToArray()) { Position = 11 };

        await Twin.Run(
            async,
            () => client.StorageObjects.UploadFromStreamAsync(stream, "n", ObjectContentType.Binary),
            () => client.StorageObjects.UploadFromStream(stream, "n", ObjectContentType.Binary));

        Assert.Equal(["send that", "send that", "send that"], server.Seen.Where(seen => seen.Method == "PUT").Select(seen => seen.Text));
        stream.ReadByte(); // the caller's stream stays open
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_that_cannot_seek_is_sent_once_and_the_error_says_so(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(put: Status(503)));
        using CofferClient client = server.Client(options => options.TimeProvider = _time);
        using var stream = new Unseekable(new MemoryStream(RandomBytes(100)));

        var error = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromStreamAsync(stream, "n", ObjectContentType.Binary),
            () => client.StorageObjects.UploadFromStream(stream, "n", ObjectContentType.Binary)));

        Assert.Contains("cannot seek", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.Status);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Seen, seen => seen.Method == "PUT");
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_large_upload_that_is_refused_is_not_sent_at_all(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Store(put: Status(413)), readBodies: false, _ => { });
        using CofferClient client = server.Client();
        var progress = new ProgressLog();
        using var source = new MemoryStream(new byte[4 << 20]);

        var error = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromStreamAsync(source, "n", ObjectContentType.Binary, new() { Progress = progress }),
            () => client.StorageObjects.UploadFromStream(source, "n", ObjectContentType.Binary, new() { Progress = progress })));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, error.Status);
        Assert.Empty(progress.Reports);
        Assert.Equal("100-continue", server.Seen[1]["Expect"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_source_that_breaks_throws_its_own_error_and_is_not_retried(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client(options => options.TimeProvider = _time);
        using var stream = new BrokenStream();

        var error = await Assert.ThrowsAsync<IOException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromStreamAsync(stream, "n", ObjectContentType.Binary),
            () => client.StorageObjects.UploadFromStream(stream, "n", ObjectContentType.Binary)));

        Assert.Equal("the disk is on fire", error.Message);
        Assert.Empty(_time.Waits);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_failed_upload_is_deleted_only_when_asked_for(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(put: Status(403)));
        using CofferClient client = server.Client();
        foreach (bool delete in (bool[])[false, true])
        {
            var options = new UploadOptions { DeleteOnFailure = delete };
            await Assert.ThrowsAsync<CofferException>(() => Twin.Run(
                async,
                () => client.StorageObjects.UploadFromTextAsync("t", "n", options: options),
                () => client.StorageObjects.UploadFromText("t", "n", options: options)));
        }

        Assert.Equal(["POST", "PUT", "POST", "PUT", "POST"], server.Seen.Select(seen => seen.Method));
        Assert.Equal("/v1/objects/obj_1/delete", server.Seen[^1].Target);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_object_that_could_not_be_deleted_again_is_named(bool async)
    {
        foreach (bool isDeleted in (bool[])[false, true])
        {
            await using ScriptedServer server = await ScriptedServer.StartAsync(
                http => http.Request.Method == "PUT" || (http.Request.Path.Value!.EndsWith("/delete", StringComparison.Ordinal) && !isDeleted)
                    ? Status(403)(http)
                    : Store()(http));
            using CofferClient client = server.Client();
            var options = new UploadOptions { DeleteOnFailure = true };

            CofferException failure = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(
                async,
                () => client.StorageObjects.UploadFromTextAsync("t", "n", options: options),
                () => client.StorageObjects.UploadFromText("t", "n", options: options)));

            Assert.Equal(isDeleted ? null : "obj_1", failure.Data[UploadOptions.LeftBehind]);
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_is_wrong_on_this_side_costs_no_call(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        StorageObjectsClient objects = client.StorageObjects;

        await Assert.ThrowsAsync<FileNotFoundException>(
            () => Twin.Run(async, () => objects.UploadFromFileAsync("/no-such-file"), () => objects.UploadFromFile("/no-such-file")));
        await Assert.ThrowsAnyAsync<Exception>(() => Twin.Run(async, () => objects.UploadFromFileAsync("/"), () => objects.UploadFromFile("/")));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => Twin.Run(async, () => objects.UploadFromDirectoryAsync("/no-such"), () => objects.UploadFromDirectory("/no-such")));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Twin.Run(async, () => objects.FromId("x").UploadContentAsync("t"), () => objects.FromId("x").UploadContent("t")));
        Assert.Contains("new object", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new UploadOptions { TimeToLive = TimeSpan.FromTicks(-1) });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => objects.FromId("x").GetDownloadUrlAsync(-1));

        Assert.Empty(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Content_can_be_sent_by_hand(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store());
        using CofferClient client = server.Client();
        var request = new ObjectCreateRequest { Name = "n", ContentType = ObjectContentType.Text };

        StorageObject made = await Twin.Run(async, () => client.StorageObjects.CreateAsync(request), () => client.StorageObjects.Create(request));
        Assert.NotNull(made.UploadUrl);
        await Twin.Run(async, () => made.UploadContentAsync("text"), () => made.UploadContent("text"));
        await Twin.Run(async, () => made.UploadContentAsync(Encoding.UTF8.GetBytes("bytes")), () => made.UploadContent(Encoding.UTF8.GetBytes("bytes")));
        using var stream = new MemoryStream("stream"u8.ToArray());
        await Twin.Run(async, () => made.UploadContentAsync(stream), () => made.UploadContent(stream));
        ObjectView view = await Twin.Run(async, () => made.CompleteAsync(), () => made.Complete());

        Assert.Equal(ObjectState.ReadOnly, view.State);
        Assert.Null(made.UploadUrl);
        Assert.Equal(["text", "bytes", "stream"], server.Seen.Where(seen => seen.Method == "PUT").Select(seen => seen.Text));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_transfer_that_stands_still_runs_into_the_idle_limit_and_a_slow_one_does_not(bool async)
    {
        await using ScriptedServer slow = await ScriptedServer.StartAsync(
            Store(put: async http =>
            {
                byte[] buffer = new byte[1 << 20];
                for (int i = 0; await http.Request.Body.ReadAsync(buffer) > 0;)
                {
                    await Task.Delay(i++ < 6 ? 150 : 0);
                }
            }),
            readBodies: false,
            _ => { });
        using CofferClient patient = slow.Client(options => options.Timeout = TimeSpan.FromMilliseconds(700));
        await Twin.Run(
            async,
            () => patient.StorageObjects.UploadFromBytesAsync(new byte[16 << 20], "n", ObjectContentType.Binary),
            () => patient.StorageObjects.UploadFromBytes(new byte[16 << 20], "n", ObjectContentType.Binary));

        await using ScriptedServer stuck = await ScriptedServer.StartAsync(
            Store(put: async http =>
            {
                await http.Request.Body.ReadExactlyAsync(new byte[1]);
                await Hang(http);
            }),
            readBodies: false,
            _ => { });
        using CofferClient client = stuck.Client(options =>
        {
            options.Timeout = TimeSpan.FromMilliseconds(300);
            options.MaxRetries = 0;
        });
        await Assert.ThrowsAsync<CofferTimeoutException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromBytesAsync(new byte[64 << 20], "n", ObjectContentType.Binary),
            () => client.StorageObjects.UploadFromBytes(new byte[64 << 20], "n", ObjectContentType.Binary)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_upload_can_be_cancelled(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(put: Hang), readBodies: false, _ => { });
        using CofferClient client = server.Client();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromBytesAsync(new byte[64 << 20], "n", ObjectContentType.Binary, cancellationToken: cancellation.Token),
            () => client.StorageObjects.UploadFromBytes(new byte[64 << 20], "n", ObjectContentType.Binary, cancellationToken: cancellation.Token)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_device_without_end_is_sent_until_somebody_stops_it(bool async)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "needs /dev/zero");
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store(put: Hang), readBodies: false, _ => { });
        using CofferClient client = server.Client();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var patience = new Patience(50_000, cancellation);
        var options = new UploadOptions { Progress = patience };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => client.StorageObjects.UploadFromFileAsync("/dev/zero", options: options, cancellationToken: cancellation.Token),
            () => client.StorageObjects.UploadFromFile("/dev/zero", options: options, cancellationToken: cancellation.Token)));

        Assert.True(patience.IsOver);
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Cancels when enough has been sent.</summary>
    private sealed class Patience(long mostBytes, CancellationTokenSource cancellation) : IProgress<TransferProgress>
    {
        public bool IsOver { get; private set; }

        public void Report(TransferProgress value)
        {
            if (value.BytesDone > mostBytes)
            {
                IsOver = true;
                cancellation.Cancel();
            }
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public BrokenStream() : base(new byte[300_000])
        {
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            Position > 0 ? throw new IOException("the disk is on fire") : base.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => Position > 0 ? throw new IOException("the disk is on fire") : base.Read(buffer);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Read(buffer.Span);
    }
}
