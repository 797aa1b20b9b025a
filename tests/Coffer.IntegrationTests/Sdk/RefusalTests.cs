using System.Net;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>What the server refuses arrives as one exception after one request, told by the server's own log.</summary>
public sealed class RefusalTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_wrong_state_is_asked_for_once(bool async)
    {
        using CofferClient coffer = SdkClient.For(_api, options => options.TimeProvider = new ImpatientTime());
        StorageObject waiting = await coffer.StorageObjects.CreateAsync(new() { Name = "a", ContentType = "text" });
        StorageObject deleted = await coffer.StorageObjects.UploadFromTextAsync("bytes", "b");
        await deleted.DeleteAsync();

        await RefusedAsync(
            async, 409, "wrong_state",
            request => waiting.GetDownloadUrlAsync(null, request), request => waiting.GetDownloadUrl(null, request));
        await RefusedAsync(
            async, 409, "wrong_state", request => deleted.CompleteAsync(request), request => deleted.Complete(request));
        await RefusedAsync(
            async, 410, "object_gone",
            request => deleted.GetDownloadUrlAsync(null, request), request => deleted.GetDownloadUrl(null, request));
        await RefusedAsync(
            async, 400, "nothing_uploaded", request => waiting.CompleteAsync(request), request => waiting.Complete(request));
        await RefusedAsync(
            async, 404, "object_not_found",
            request => coffer.Objects.RetrieveAsync("obj_00000000000000000000000000", request),
            request => coffer.Objects.Retrieve("obj_00000000000000000000000000", request));
        await RefusedAsync(
            async, 400, "invalid_argument",
            request => coffer.Objects.CreateAsync(new() { Name = "\u0001", ContentType = "text" }, request),
            request => coffer.Objects.Create(new() { Name = "\u0001", ContentType = "text" }, request));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_wrong_key_is_told_once(bool async)
    {
        using CofferClient stranger = SdkClient.For(_api.WithKey("not a key of this server"), options => options.TimeProvider = new ImpatientTime());

        await RefusedAsync(
            async, 401, "not_authenticated", request => stranger.Objects.ListAsync(null, request), request => stranger.Objects.List(null, request));
        await RefusedAsync(
            async, 401, "not_authenticated",
            request => stranger.Objects.CreateAsync(new() { Name = "a", ContentType = "text" }, request),
            request => stranger.Objects.Create(new() { Name = "a", ContentType = "text" }, request));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Bytes_for_an_object_that_is_complete_or_gone_are_refused_and_change_nothing(bool async)
    {
        using CofferClient coffer = SdkClient.For(_api, options => options.TimeProvider = new ImpatientTime());
        StorageObject first = await coffer.StorageObjects.CreateAsync(new() { Name = "a", ContentType = "text" });
        var second = new StorageObject(coffer, first.Id, first.UploadUrl);
        await first.UploadContentAsync("kept");
        await first.CompleteAsync();

        var conflict = await Assert.ThrowsAsync<CofferException>(
            () => Twin.Run(async, () => second.UploadContentAsync("late"), () => second.UploadContent("late")));
        Assert.Equal((HttpStatusCode.Conflict, false), (conflict.Status, conflict.IsTransient));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Twin.Run(async, () => first.UploadContentAsync("late"), () => first.UploadContent("late")));
        Assert.Equal("kept", await first.DownloadAsTextAsync());

        await first.DeleteAsync();
        var gone = await Assert.ThrowsAsync<CofferException>(
            () => Twin.Run(async, () => second.UploadContentAsync("late"), () => second.UploadContent("late")));
        Assert.Equal(HttpStatusCode.Gone, gone.Status);
    }

    [Fact]
    public async Task A_request_id_with_another_body_is_refused()
    {
        using CofferClient coffer = SdkClient.For(_api);
        var once = new RequestOptions { IdempotencyKey = $"once-{Guid.NewGuid()}" };
        await coffer.Objects.CreateAsync(new() { Name = "a", ContentType = "text" }, once);

        var refused = await Assert.ThrowsAsync<CofferException>(
            () => coffer.Objects.CreateAsync(new() { Name = "b", ContentType = "text" }, once));

        Assert.Equal((HttpStatusCode.BadRequest, "request_id_reused"), (refused.Status, refused.Code));
        Assert.Equal(1, (await coffer.Objects.ListAsync()).TotalCount);
    }

    private async Task RefusedAsync<T>(
        bool async, int status, string code, Func<RequestOptions, Task<T>> asynchronous, Func<RequestOptions, T> blocking)
    {
        string id = $"sdk-{Guid.NewGuid():N}";
        RequestOptions request = SdkClient.Traced(id);

        var refused = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, () => asynchronous(request), () => blocking(request)));

        Assert.Equal((status, code, false, id), ((int)refused.Status!, refused.Code, refused.IsTransient, refused.RequestId));
        Assert.Contains("\"message\"", refused.RawBody, StringComparison.Ordinal);
        RequestLine[] lines = await RequestLine.WhenAsync(server.Process, lines => lines.Any(line => line.RequestId == id));
        Assert.Equal(status, Assert.Single(lines, line => line.RequestId == id).Status);
    }
}
