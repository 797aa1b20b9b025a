using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>The routes of the Storage API and what each call says: the wire contract's table of contents.</summary>
internal static class StorageRequests
{
    public static ApiRequest CreateBucket(string id, string? name, BucketSettings? settings, RequestOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        JsonObject body = ApiRequest.BodyOf(settings ?? new(), CofferJson.Default.BucketSettings);
        body.Insert(0, "id", id);
        body.Insert(1, "name", name ?? id);
        return new(HttpMethod.Post, "/bucket") { Body = body, Options = options, IsRepeatable = false };
    }

    public static ApiRequest GetBucket(string id, RequestOptions? options) =>
        new(HttpMethod.Get, Bucket(id)) { Options = options };

    public static ApiRequest ListBuckets(BucketListRequest? request, RequestOptions? options) => new(HttpMethod.Get, "/bucket")
    {
        Query =
        [
            ("limit", Text(request?.Limit)), ("offset", Text(request?.Offset)), ("sortColumn", request?.SortBy?.ColumnWord),
            ("sortOrder", request?.SortBy?.OrderWord), ("search", request?.Search),
        ],
        Options = options,
    };

    public static ApiRequest UpdateBucket(string id, BucketSettings settings, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(HttpMethod.Put, Bucket(id))
        {
            Body = ApiRequest.BodyOf(settings, CofferJson.Default.BucketSettings), Options = options,
        };
    }

    public static ApiRequest EmptyBucket(string id, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Bucket(id)}/empty") { Body = [], Options = options };

    public static ApiRequest DeleteBucket(string id, RequestOptions? options) =>
        new(HttpMethod.Delete, Bucket(id)) { Body = [], Options = options, IsRepeatable = false };

    public static ApiRequest PurgeCache(string? bucket, string? path, bool transformationsOnly, RequestOptions? options) =>
        new(
            HttpMethod.Delete,
            bucket is null ? "/cdn" : path is null ? $"/cdn/{StorageKey.Bucket(bucket)}" : $"/cdn/{Key(bucket, path)}")
        {
            Query = [("transformations", transformationsOnly ? "true" : null)], Options = options,
        };

    public static ApiRequest Upload(
        HttpMethod method, string bucket, string path, string contentType, StorageUploadOptions options) =>
        new(method, $"/object/{Key(bucket, path)}")
        {
            Headers = [.. ContentHeaders(contentType, options), .. Upsert(options.Upsert && method == HttpMethod.Post)],
            Options = options.Request,
            IsRepeatable = options.Upsert || method == HttpMethod.Put,
        };

    public static ApiRequest UploadToSignedUrl(
        string bucket, string path, string token, string contentType, StorageUploadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return new(HttpMethod.Put, $"/object/upload/sign/{Key(bucket, path)}")
        {
            Query = [("token", token)],
            Headers = [("Authorization", null), .. ContentHeaders(contentType, options)], // the token says who may
            Options = options.Request,
            IsRepeatable = false, // whether it replaces a file is between the token and the server
        };
    }

    public static ApiRequest Download(string bucket, string path, StorageDownloadOptions? options)
    {
        ImageTransform? transform = options?.Transform is { IsEmpty: false } wanted ? wanted : null;
        return new(HttpMethod.Get, $"/{(transform is null ? "object" : "render/image/authenticated")}/{Key(bucket, path)}")
        {
            Query = [.. transform?.Members() ?? [], ("cacheNonce", options?.CacheNonce)],
            Headers =
            [
                ("Accept", "*/*"),
                .. options?.Range is { } range ? [("Range", range.ToString())] : Array.Empty<(string, string?)>(),
            ],
            Options = options?.Request,
        };
    }

    public static ApiRequest Info(string bucket, string path, RequestOptions? options) =>
        new(HttpMethod.Get, $"/object/info/{Key(bucket, path)}") { Options = options };

    public static ApiRequest List(string bucket, string? folder, StorageListOptions? list, RequestOptions? options) =>
        new(HttpMethod.Post, $"/object/list/{StorageKey.Bucket(bucket)}")
        {
            Body = Members(
                ("prefix", folder ?? ""), ("limit", list?.Limit), ("offset", list?.Offset), ("search", list?.Search),
                ("sortBy", SortBy(list?.SortBy))),
            Options = options,
        };

    public static ApiRequest ListV2(string bucket, StorageListRequest? list, RequestOptions? options) =>
        new(HttpMethod.Post, $"/object/list-v2/{StorageKey.Bucket(bucket)}")
        {
            Body = Members(
                ("prefix", list?.Prefix), ("limit", list?.Limit), ("cursor", list?.Cursor),
                ("with_delimiter", list?.WithDelimiter == true ? true : null), ("sortBy", SortBy(list?.SortBy))),
            Options = options,
        };

    public static ApiRequest Move(string bucket, string from, string to, string? destinationBucket, RequestOptions? options) =>
        new(HttpMethod.Post, "/object/move")
        {
            Body = FromTo(bucket, from, to, destinationBucket), Options = options, IsRepeatable = false,
        };

    public static ApiRequest Copy(string bucket, string from, string to, StorageCopyOptions options)
    {
        JsonObject body = FromTo(bucket, from, to, options.DestinationBucket);
        if (!options.CopyMetadata)
        {
            body["copyMetadata"] = false;
            body["metadata"] = Members(
                ("cacheControl", MaxAge(options.CacheControl)), ("mimetype", options.ContentType),
                ("contentEncoding", options.ContentEncoding));
        }

        return new(HttpMethod.Post, "/object/copy")
        {
            Body = body,
            Headers = [.. Upsert(options.Upsert), .. Metadata(options.CopyMetadata ? null : options.Metadata)],
            Options = options.Request,
            IsRepeatable = options.Upsert,
        };
    }

    public static ApiRequest Remove(string bucket, IEnumerable<string> paths, RequestOptions? options) =>
        new(HttpMethod.Delete, $"/object/{StorageKey.Bucket(bucket)}")
        {
            Body = new() { ["prefixes"] = Keys(paths) }, Options = options, IsRepeatable = false,
        };

    public static ApiRequest Sign(string bucket, string path, TimeSpan expiresIn, StorageLinkOptions? options)
    {
        JsonObject body = new() { ["expiresIn"] = Seconds(expiresIn) };
        if (options?.Transform is { IsEmpty: false } transform)
        {
            body["transform"] = transform.ToJson();
        }

        return new(HttpMethod.Post, $"/object/sign/{Key(bucket, path)}") { Body = body, Options = options?.Request };
    }

    public static ApiRequest SignMany(
        string bucket, IEnumerable<string> paths, TimeSpan expiresIn, StorageLinkOptions? options) =>
        new(HttpMethod.Post, $"/object/sign/{StorageKey.Bucket(bucket)}")
        {
            Body = new() { ["expiresIn"] = Seconds(expiresIn), ["paths"] = Keys(paths) }, Options = options?.Request,
        };

    public static ApiRequest SignUpload(string bucket, string path, bool upsert, RequestOptions? options) =>
        new(HttpMethod.Post, $"/object/upload/sign/{Key(bucket, path)}")
        {
            Body = [], Headers = [.. Upsert(upsert)], Options = options,
        };

    /// <summary>User metadata as it goes in a header: base64 of its JSON.</summary>
    public static string? Base64(JsonObject? metadata) =>
        metadata is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(metadata.ToJsonString()));

    /// <summary>Whole seconds, rounded up: a link that was asked for must not live 0 seconds.</summary>
    public static long Seconds(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return Lifetime.Seconds(duration)!.Value;
    }

    public static string Key(string bucket, string path) => $"{StorageKey.Bucket(bucket)}/{StorageKey.Path(path)}";

    public static IEnumerable<(string, string?)> Upsert(bool isOn) => isOn ? [("x-upsert", "true")] : [];

    private static IEnumerable<(string, string?)> ContentHeaders(string contentType, StorageUploadOptions options) =>
    [
        ("Content-Type", contentType),
        ("Cache-Control", MaxAge(options.CacheControl)),
        .. options.ContentEncoding is { } encoding ? [("Content-Encoding", encoding)] : Array.Empty<(string, string?)>(),
        .. Metadata(options.Metadata),
    ];

    private static IEnumerable<(string, string?)> Metadata(JsonObject? metadata) =>
        Base64(metadata) is { } text ? [("x-metadata", text)] : [];

    private static string? MaxAge(TimeSpan? duration) =>
        Lifetime.Seconds(duration) is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}") : null;

    private static string Bucket(string id) => $"/bucket/{StorageKey.Bucket(id)}";

    private static JsonObject FromTo(string bucket, string from, string to, string? destinationBucket) => Members(
        ("bucketId", bucket), ("sourceKey", StorageKey.Trimmed(from)), ("destinationKey", StorageKey.Trimmed(to)),
        ("destinationBucket", destinationBucket));

    private static JsonArray Keys(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var keys = new JsonArray([.. paths.Select(path => JsonValue.Create(StorageKey.Trimmed(path)))]);
        return keys.Count > 0 ? keys : throw new ArgumentException("Name at least one file.", nameof(paths));
    }

    private static JsonObject? SortBy(SortOrder? order) =>
        order is null ? null : Members(("column", order.ColumnWord), ("order", order.OrderWord));

    private static JsonObject Members(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        JsonObject all = [];
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is not null)
            {
                all[name] = value;
            }
        }

        return all;
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
