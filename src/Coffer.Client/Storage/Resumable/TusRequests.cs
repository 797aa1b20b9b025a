using System.Globalization;
using System.Text;

namespace Coffer.Client;

/// <summary>The calls of a resumable upload: TUS 1.0.0 with the Storage API's headers.</summary>
internal sealed class TusRequests(string bucket, string path, string contentType, ResumableUploadOptions options)
{
    private readonly string _key = StorageKey.Trimmed(path);

    public string Route => options.SignedUploadToken is null ? "/upload/resumable" : "/upload/resumable/sign";

    /// <param name="length">The size in bytes; null when it shows only at the end.</param>
    public ApiRequest Create(long? length) => Request(
        HttpMethod.Post, Route,
        length is { } known ? ("Upload-Length", Text(known)) : ("Upload-Defer-Length", "1"),
        ("Upload-Metadata", Metadata()));

    public ApiRequest Find(string id) => Request(HttpMethod.Head, $"{Route}/{id}");

    /// <summary>Asks for the file that the upload becomes.</summary>
    public ApiRequest Info() => StorageRequests.Info(bucket, path, options.Request);

    /// <param name="id">The upload.</param>
    /// <param name="offset">Where the piece begins.</param>
    /// <param name="newLength">The size of the whole, when only this piece shows it; else null.</param>
    public ApiRequest Append(string id, long offset, long? newLength) => Request(
        HttpMethod.Patch, $"{Route}/{id}",
        [
            ("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", Text(offset)),
            .. newLength is { } length ? [("Upload-Length", Text(length))] : Array.Empty<(string, string?)>(),
        ]);

    private ApiRequest Request(HttpMethod method, string route, params (string, string?)[] headers) => new(method, route)
    {
        Headers =
        [
            ("Tus-Resumable", "1.0.0"),
            .. options.SignedUploadToken is { } token
                ? [("x-signature", token), ("Authorization", null)]
                : StorageRequests.Upsert(options.Upsert),
            .. headers,
        ],
        Options = options.Request,
    };

    private string Metadata()
    {
        List<(string Name, string? Value)> pairs =
        [
            ("bucketName", bucket), ("objectName", _key), ("contentType", contentType),
            ("cacheControl", Text(Lifetime.Seconds(options.CacheControl)!.Value)), ("metadata", options.Metadata?.ToJsonString()),
            ("contentEncoding", options.ContentEncoding),
        ];
        return string.Join(',', pairs.Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value!))}"));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
