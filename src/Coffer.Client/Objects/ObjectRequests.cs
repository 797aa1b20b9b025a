namespace Coffer.Client;

/// <summary>The routes of the Objects API and what each call says: the wire contract's table of contents.</summary>
internal static class ObjectRequests
{
    private const string Objects = "/v1/objects";

    public static ApiRequest Create(ObjectCreateRequest request, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(request.Name, nameof(request));
        return new(HttpMethod.Post, Objects)
        {
            Body = ApiRequest.BodyOf(request, CofferJson.Default.ObjectCreateRequest), Options = options,
        };
    }

    public static ApiRequest Retrieve(string id, RequestOptions? options) =>
        new(HttpMethod.Get, Address(id)) { Options = options };

    public static ApiRequest List(ObjectListRequest? request, RequestOptions? options) =>
        new(HttpMethod.Get, Objects) { Query = Query(request), Options = options };

    public static ApiRequest ListPublic(ObjectListRequest? request, RequestOptions? options) =>
        new(HttpMethod.Get, $"{Objects}/list_public") { Query = Query(request), Options = options };

    public static ApiRequest Complete(string id, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Address(id)}/complete") { Body = [], Options = options };

    public static ApiRequest GetDownloadUrl(string id, TimeSpan? lifetime, RequestOptions? options) =>
        new(HttpMethod.Get, $"{Address(id)}/download")
        {
            Query = [("duration_seconds", Lifetime.Seconds(lifetime)?.ToString())], Options = options,
        };

    public static ApiRequest Delete(string id, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Address(id)}/delete") { Body = [], Options = options };

    public static ApiRequest Update(string id, ObjectUpdateRequest request, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Patch, Address(id))
        {
            Body = ApiRequest.BodyOf(request, CofferJson.Default.ObjectUpdateRequest), Options = options,
        };
    }

    /// <exception cref="ArgumentException">The id is empty, or a word that names another route.</exception>
    internal static string Address(string id) => id is "public" or "list_public"
        ? throw new ArgumentException($"'{id}' is no object's id.", nameof(id))
        : $"{Objects}/{ApiRequest.Segment(id)}";

    private static (string, string?)[] Query(ObjectListRequest? request) => request is null ? [] :
    [
        ("limit", request.Limit?.ToString()),
        ("starting_after", request.StartingAfter),
        ("name", request.Name),
        ("search", request.Search),
        ("content_type", request.ContentType?.Value),
        ("state", request.State?.Value),
        ("include_total_count", request.IncludeTotalCount is { } include ? include ? "true" : "false" : null),
    ];
}
