using System.Globalization;
using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>The routes of the Devboxes API and what each call says: the wire contract's table of contents.</summary>
internal static class DevboxRequests
{
    private const string Devboxes = "/v1/devboxes";

    public static ApiRequest Create(DevboxCreateRequest request, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, Devboxes)
        {
            Body = ApiRequest.BodyOf(request, CofferJson.Default.DevboxCreateRequest), Options = options,
        };
    }

    public static ApiRequest Retrieve(string id, RequestOptions? options) => new(HttpMethod.Get, Address(id)) { Options = options };

    public static ApiRequest List(DevboxListRequest? request, RequestOptions? options) => new(HttpMethod.Get, Devboxes)
    {
        Query =
        [
            ("limit", request?.Limit?.ToString(CultureInfo.InvariantCulture)),
            ("starting_after", request?.StartingAfter),
            ("status", request?.Status?.Value),
            ("include_total_count", request?.IncludeTotalCount is { } include ? include ? "true" : "false" : null),
        ],
        Options = options,
    };

    public static ApiRequest WaitForStatus(string id, IEnumerable<DevboxStatus> statuses, TimeSpan hold, RequestOptions? options) =>
        Wait(Address(id), statuses.Select(status => status.Value), hold, options);

    public static ApiRequest Shutdown(string id, RequestOptions? options) => Post(id, "shutdown", [], options);

    public static ApiRequest ReadFileContents(string id, string path, RequestOptions? options) =>
        Post(id, "read_file_contents", new() { ["file_path"] = Path(path) }, options) with { Headers = [("Accept", "text/plain, */*")] };

    public static ApiRequest WriteFileContents(string id, string path, string contents, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(contents);
        return Post(id, "write_file_contents", new() { ["file_path"] = Path(path), ["contents"] = contents }, options);
    }

    public static ApiRequest DownloadFile(string id, string path, RequestOptions? options) =>
        Post(id, "download_file", new() { ["path"] = Path(path) }, options) with { Headers = [("Accept", "*/*")] };

    public static ApiRequest UploadFile(string id, FileFormSource form, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Address(id)}/upload_file") { Headers = [("Content-Type", form.ContentType)], Options = options };

    /// <param name="id">The devbox.</param>
    /// <param name="command">What the shell gets.</param>
    /// <param name="commandId">By this the server knows a command that came before, so that a retry does not run it twice.</param>
    /// <param name="hold">How long the server may wait for the end before it answers; null for the route that does not wait.</param>
    /// <param name="options">What this call does differently.</param>
    public static ApiRequest Execute(string id, string command, string commandId, TimeSpan? hold, RequestOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        JsonObject body = new() { ["command"] = command, ["command_id"] = commandId };
        if (hold is { } seconds)
        {
            body["optimistic_timeout"] = seconds.TotalSeconds;
        }

        return Post(id, hold is null ? "execute_async" : "execute", body, options);
    }

    public static ApiRequest RetrieveExecution(string id, string executionId, RequestOptions? options) =>
        new(HttpMethod.Get, Address(id, executionId)) { Options = options };

    public static ApiRequest WaitForExecution(string id, string executionId, TimeSpan hold, RequestOptions? options) =>
        Wait(Address(id, executionId), [ExecutionStatus.Completed.Value], hold, options);

    public static ApiRequest KillExecution(string id, string executionId, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Address(id, executionId)}/kill") { Body = [], Options = options };

    public static ApiRequest StreamOutput(string id, string executionId, OutputKind kind, long? offset, RequestOptions? options) =>
        new(HttpMethod.Get, $"{Address(id, executionId)}/stream_{(kind == OutputKind.Stdout ? "stdout" : "stderr")}_updates")
        {
            Query = [("offset", offset?.ToString(CultureInfo.InvariantCulture))],
            Headers = [("Accept", "text/event-stream")],
            Options = options,
        };

    private static ApiRequest Post(string id, string call, JsonObject body, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Address(id)}/{call}") { Body = body, Options = options };

    private static ApiRequest Wait(string address, IEnumerable<string> statuses, TimeSpan hold, RequestOptions? options) =>
        new(HttpMethod.Post, $"{address}/wait_for_status")
        {
            Body = new()
            {
                ["statuses"] = new JsonArray([.. statuses.Select(status => JsonValue.Create(status))]),
                ["timeout_seconds"] = hold.TotalSeconds,
            },
            Options = options,
        };

    /// <exception cref="ArgumentException">The id is empty, or a word that names another route.</exception>
    private static string Address(string id) => id is "create_and_await_running"
        ? throw new ArgumentException($"'{id}' is no devbox's id.", nameof(id))
        : $"{Devboxes}/{ApiRequest.Segment(id)}";

    private static string Address(string id, string executionId) => $"{Address(id)}/executions/{ApiRequest.Segment(executionId)}";

    private static string Path(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path;
    }
}

/// <summary>One of the two streams that a command writes.</summary>
internal enum OutputKind
{
    Stdout,
    Stderr,
}
