using System.Net;
using System.Net.Sockets;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

public sealed class RefusalTests
{
    private readonly ImpatientTime _time = new();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_refusal_has_every_part_of_the_answer(bool async)
    {
        const string Body = """{"statusCode":"403","error":"Unauthorized","message":"new row violates row-level security policy","code":"AccessDenied"}""";
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(Body, 400, ("x-coffer-decision", "dec_1"), ("x-request-id", "r1")));
        using StorageClient storage = Storage(server);
        BucketFiles files = storage.From("b");

        var error = await Assert.ThrowsAsync<StorageException>(
            () => Twin.Run(async, () => files.UploadTextAsync("a", "t"), () => files.UploadText("a", "t")));

        Assert.Equal(
            (HttpStatusCode.BadRequest, 403, "Unauthorized", "AccessDenied", "new row violates row-level security policy", "dec_1", Body, "r1", false),
            (error.HttpStatus, error.StatusCode, error.Error, error.Code, error.ServerMessage, error.DecisionId, error.RawBody, error.RequestId, error.IsTransient));
        Assert.Equal("POST /object/b/a: 403 AccessDenied: new row violates row-level security policy", error.Message);
        Assert.Equal(error.HttpStatus, error.Status);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData("", "text/plain", 404, null, null, null)]
    [InlineData("{}", "application/json", 404, null, null, null)]
    [InlineData("""{"statusCode":409}""", "application/json", 409, null, null, null)]
    [InlineData("""{"statusCode":"nonsense","error":5,"message":null,"code":["x"]}""", "application/json", 404, null, null, null)]
    [InlineData("""{"error":"Duplicate","message":"The resource already exists"}""", "application/json", 404, "Duplicate", null, "The resource already exists")]
    [InlineData("""{"statusCode":"12","code":"NoSuchKey"}""", "application/json", 404, null, "NoSuchKey", null)]
    [InlineData("[1]", "application/json", 404, null, null, null)]
    [InlineData("null", "application/json", 404, null, null, null)]
    [InlineData("<html>gone</html>", "text/html", 404, null, null, null)]
    [InlineData("Upload-Offset conflict\n", "text/plain; charset=utf-8", 404, null, null, "Upload-Offset conflict")]
    [InlineData("{\"statusCode\":\"404\"", "application/json", 404, null, null, null)]
    public async Task What_an_answer_leaves_out_is_null(string body, string type, int status, string? error, string? code, string? message)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async http =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (404, type);
            await http.Response.WriteAsync(body);
        });
        using StorageClient storage = Storage(server);

        var thrown = await Assert.ThrowsAsync<StorageException>(() => storage.GetBucketAsync("b"));

        Assert.Equal(
            (HttpStatusCode.NotFound, status, error, code, message, body, null),
            (thrown.HttpStatus, thrown.StatusCode, thrown.Error, thrown.Code, thrown.ServerMessage, thrown.RawBody, thrown.DecisionId));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_passes_is_tried_again_also_when_it_comes_as_a_400(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json("""{"statusCode":"503","error":"acquiring_lock_timeout","code":"LockTimeout"}""", 400),
            Json("""{"statusCode":"423","code":"ResourceLocked"}""", 400),
            Json("", 429, ("retry-after", "7")),
            Json("", 502),
            Json("""{"Id":"1","Key":"b/a"}"""));
        using StorageClient storage = Storage(server);
        BucketFiles files = storage.From("b");

        await Twin.Run(async, () => files.UploadTextAsync("a", "text"), () => files.UploadText("a", "text"));

        Assert.Equal(5, server.Seen.Count);
        Assert.All(server.Seen, seen => Assert.Equal("text", seen.Text));
        Assert.Contains(TimeSpan.FromSeconds(7), _time.Waits);
        Assert.Single(server.Seen.Select(seen => seen["x-request-id"]).Distinct());
    }

    [Theory]
    [InlineData(400, """{"statusCode":"409","error":"Duplicate","code":"KeyAlreadyExists"}""")]
    [InlineData(409, """{"statusCode":"409","error":"Duplicate","code":"KeyAlreadyExists"}""")]
    [InlineData(409, "")]
    [InlineData(413, "")]
    public async Task What_lasts_is_not_tried_again_a_duplicate_least_of_all(int status, string body)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(body, status));
        using StorageClient storage = Storage(server);

        var error = await Assert.ThrowsAsync<StorageException>(() => storage.From("b").UploadTextAsync("a", "text"));

        Assert.False(error.IsTransient);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_may_have_taken_effect_and_cannot_be_repeated_is_left_alone(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Cut);
        using StorageClient storage = Storage(server);
        BucketFiles files = storage.From("b");

        await Once(() => Twin.Run(async, () => storage.CreateBucketAsync("b"), () => storage.CreateBucket("b")));
        await Once(() => Twin.Run(async, () => storage.DeleteBucketAsync("b"), () => storage.DeleteBucket("b")));
        await Once(() => Twin.Run(async, () => files.UploadTextAsync("a", "t"), () => files.UploadText("a", "t")));
        await Once(() => Twin.Run(async, () => files.MoveAsync("a", "b"), () => files.Move("a", "b")));
        await Once(() => Twin.Run(async, () => files.CopyAsync("a", "b"), () => files.Copy("a", "b")));
        await Once(() => Twin.Run(async, () => files.RemoveAsync(["a"]), () => files.Remove(["a"])));

        async Task Once(Func<Task> call)
        {
            int before = server.Seen.Count;
            await Assert.ThrowsAsync<CofferConnectionException>(call);
            Assert.Equal(before + 1, server.Seen.Count);
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_can_be_repeated_is_tried_again_after_a_break(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Cut, Json("""{"Key":"b/a"}"""), Cut, Json("""{"Key":"b/a"}"""), Cut, Json("[]"), Cut, Bytes([1]));
        using StorageClient storage = Storage(server);
        BucketFiles files = storage.From("b");

        await Twin.Run(async, () => files.UpdateTextAsync("a", "t"), () => files.UpdateText("a", "t"));
        await Twin.Run(async, () => files.UploadTextAsync("a", "t", new() { Upsert = true }), () => files.UploadText("a", "t", new() { Upsert = true }));
        await Twin.Run(async, () => files.ListAsync(), () => files.List());
        await Twin.Run(async, () => files.DownloadAsync("a"), () => files.Download("a"));

        Assert.Equal(8, server.Seen.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_server_that_was_never_reached_is_asked_again_by_any_call(bool async)
    {
        using var unheard = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unheard.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // nobody else's port, and nobody listens
        using var storage = new StorageClient(new StorageClientOptions
        {
            Url = new($"http://127.0.0.1:{((IPEndPoint)unheard.LocalEndPoint!).Port}"), TimeProvider = _time, MaxRetries = 2,
        });

        await Assert.ThrowsAsync<CofferConnectionException>(() => Twin.Run(async, () => storage.CreateBucketAsync("b"), () => storage.CreateBucket("b")));

        Assert.Equal(2, _time.Waits.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_call_that_is_cancelled_ends(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Hang);
        using StorageClient storage = server.Storage();
        BucketFiles files = storage.From("b");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        CancellationToken token = cancellation.Token;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async, () => files.UploadTextAsync("a", "t", cancellationToken: token), () => files.UploadText("a", "t", cancellationToken: token)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async, () => files.DownloadAsync("a", cancellationToken: token), () => files.Download("a", cancellationToken: token)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_answer_that_belongs_to_another_call_is_an_error(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("<html>"));
        using StorageClient storage = Storage(server);

        await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, () => storage.ListBucketsAsync(), () => storage.ListBuckets()));
    }

    private StorageClient Storage(ScriptedServer server) => server.Storage(options => options.TimeProvider = _time);
}
