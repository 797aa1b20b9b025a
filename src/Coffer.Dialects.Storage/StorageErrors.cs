using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>
/// The errors of the dialect: <c>{"statusCode":"404","error":"not_found","message":"Object not found","code":"NoSuchKey"}</c>.
/// Clients read all four members without asking whether they are there.
/// </summary>
internal static class StorageErrors
{
    public static readonly StorageError UnknownRoute = new(404, "InvalidRequest", "Not Found", IsPinned: true);
    public static readonly StorageError Invalid = new(400, "InvalidRequest", "Error");
    public static readonly StorageError InvalidRequest = new(400, "InvalidRequest", "InvalidRequest");
    public static readonly StorageError MovedOnto = new(409, "ResourceAlreadyExists", "Duplicate", "The resource already exists");
    public static readonly StorageError MayNotDelete = new(403, "AccessDenied", "Unauthorized", "Access denied");
    public static readonly StorageError Unauthorized = new(403, "AccessDenied", "Unauthorized");
    public static readonly StorageError InvalidRole = new(403, "AccessDenied", "Unauthorized", "Access denied: Invalid role", IsPinned: true);
    public static readonly StorageError InvalidJwt = new(400, "InvalidJWT", "InvalidJWT");
    public static readonly StorageError FeatureNotEnabled = new(403, "FeatureNotEnabled", "FeatureNotEnabled", IsPinned: true);
    public static readonly StorageError InvalidParameter = new(400, "InvalidParameter", "InvalidParameter");
    public static readonly StorageError InvalidContentType = new(415, "InvalidMimeType", "invalid_mime_type", "Invalid Content-Type header");
    public static readonly StorageError InvalidRobotsTag = new(400, "InvalidRequest", "invalid_x_robots_tag");
    public static readonly StorageError InvalidHeaderChar = new(400, "InvalidRequest", "invalid_header_char");
    public static readonly StorageError MetadataTooLarge =
        new(413, "EntityTooLarge", "Payload too large", "The user_metadata exceeded the maximum allowed size");

    /// <summary>A JSON body above its limit, which HTTP says too.</summary>
    public static readonly StorageError BodyTooLarge =
        new(413, "EntityTooLarge", "Payload too large", "Request body is too large", IsPinned: true);

    private static readonly StorageError InternalError = new(500, "InternalError", "Internal", "Internal Server Error", IsPinned: true);
    private static readonly StorageError NotImplemented = new(501, "NotImplemented", "Not Implemented", IsPinned: true);
    private static readonly StorageError MalformedRequest = new(400, "InvalidRequest", "Bad Request", IsPinned: true);

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // messages quote what was sent; safe as application/json with nosniff
    };

    /// <summary>Endpoint metadata: what the server raises on the dialect's routes has the dialect's form.</summary>
    public static ErrorShape Shape { get; } = new(WriteRaisedAsync);

    /// <summary>The table of the core's refusals.</summary>
    public static StorageError For(StoreErrorCode code) => code switch
    {
        StoreErrorCode.InvalidArgument => Invalid,
        StoreErrorCode.NotAuthenticated => Unauthorized with { Message = "Invalid Compact JWS" },
        StoreErrorCode.TokenInvalid => Unauthorized,
        StoreErrorCode.AccessDenied => Unauthorized with { Message = "new row violates row-level security policy" },
        StoreErrorCode.ObjectNotFound or StoreErrorCode.ObjectGone => new(404, "NoSuchKey", "not_found", "Object not found"),
        StoreErrorCode.BucketNotFound => new(404, "NoSuchBucket", "Bucket not found", "Bucket not found"),
        StoreErrorCode.DestinationBucketNotFound =>
            new(404, "InvalidRequest", "InvalidRequest", "The related resource does not exist"),
        StoreErrorCode.BucketExists => new(409, "BucketAlreadyExists", "Duplicate", "The resource already exists"),
        StoreErrorCode.ObjectExists => new(409, "KeyAlreadyExists", "Duplicate", "The resource already exists"),
        StoreErrorCode.BucketNotEmpty => new(409, "ResourceNotEmpty", "ResourceNotEmpty", "The bucket you tried to delete is not empty"),
        StoreErrorCode.BucketTooFull =>
            new(409, "InvalidRequest", "InvalidRequest", "Unable to empty the bucket because it contains too many objects"),
        StoreErrorCode.InvalidBucketName => new(400, "InvalidBucketName", "Invalid Input", "Bucket name invalid"),
        StoreErrorCode.InvalidKey => new(400, "InvalidKey", "InvalidKey"),
        StoreErrorCode.InvalidMediaType => new(415, "InvalidMimeType", "invalid_mime_type"),
        StoreErrorCode.TooLarge => new(413, "EntityTooLarge", "Payload too large", "The object exceeded the maximum allowed size"),
        StoreErrorCode.RangeNotSatisfiable => new(416, "InvalidRange", "invalid_range", "invalid range provided", IsPinned: true),
        StoreErrorCode.SignatureInvalid => new(400, "InvalidSignature", "InvalidSignature"),
        StoreErrorCode.SignatureExpired => new(400, "ExpiredToken", "ExpiredToken", "The provided token has expired."),
        StoreErrorCode.PreconditionFailed => new(412, "PreconditionFailed", "PreconditionFailed", IsPinned: true),
        StoreErrorCode.WrongState => new(409, "InvalidRequest", "InvalidRequest"),
        StoreErrorCode.ContentTruncated => InvalidRequest,
        StoreErrorCode.UploadNotFound => new(404, "NoSuchUpload", "NoSuchUpload", "Upload not found"),
        StoreErrorCode.UploadGone => new(410, "NoSuchUpload", "NoSuchUpload"),
        StoreErrorCode.WrongOffset => new(409, "InvalidRequest", "InvalidRequest"),
        StoreErrorCode.Busy => new(503, "SlowDown", "SlowDown", IsPinned: true),
        StoreErrorCode.CatalogFailed => new(503, "InternalError", "Internal", IsPinned: true),
        StoreErrorCode.SearchTooSlow => new(544, "DatabaseTimeout", "DatabaseTimeout", IsPinned: true),
        StoreErrorCode.OutOfSpace => new(507, "InsufficientStorage", "InsufficientStorage", IsPinned: true),
        StoreErrorCode.Corrupt => InternalError with { Message = null },

        // The dialect asks the core for nothing that could answer these.
        StoreErrorCode.NothingUploaded or StoreErrorCode.RequestIdReused or StoreErrorCode.AccountNotFound
            or StoreErrorCode.AccountExists or StoreErrorCode.KeyNotFound or StoreErrorCode.DecisionNotFound
            or StoreErrorCode.DevboxNotFound or StoreErrorCode.DevboxNotRunning or StoreErrorCode.FileNotFound
            or StoreErrorCode.DevboxesUnavailable or StoreErrorCode.ExecutionNotFound or StoreErrorCode.ExecutionDisabled
            or StoreErrorCode.ArchiveInvalid or StoreErrorCode.EntryNotFound => Invalid,
        _ => InternalError,
    };

    public static StorageRefusal InvalidKey(string key) => new(For(StoreErrorCode.InvalidKey), $"Invalid key: {key}");

    /// <summary>A request that breaks the form of its route.</summary>
    public static StorageRefusal Validation(string message) => new(Invalid, message);

    /// <summary>As the other, with the status that the installation wants.</summary>
    public static Task WriteAsync(StorageCall call, StorageError error, string message, string? decision) => WriteAsync(
        call.Http, call.Dialect.SaysRealStatus ? error with { IsPinned = true } : error, message, decision);

    /// <summary>Answers with the error and notes its code for the log. The response must not have started.</summary>
    /// <param name="decision">Names the policies' refusal, so that it can be explained; null for none.</param>
    public static Task WriteAsync(HttpContext http, StorageError error, string message, string? decision)
    {
        http.Facts().ErrorCode = error.Code;
        HttpResponse response = http.Response;
        response.StatusCode = error.HttpStatus;
        IHeaderDictionary headers = response.Headers;
        headers.ETag = headers.LastModified = headers.CacheControl = headers.Expires = default; // said of content that is not sent
        headers.Remove("X-Robots-Tag");
        headers.XContentTypeOptions = "nosniff";
        Refusals.NameDecision(http, decision);
        if (error.HttpStatus is StatusCodes.Status503ServiceUnavailable)
        {
            headers.RetryAfter = "1";
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return Task.CompletedTask; // clients take a HEAD for refused only when it has no body, nor the announcement of one
        }

        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            json.WriteString("statusCode"u8, $"{error.Status}");
            json.WriteString("error"u8, error.Label);
            json.WriteString("message"u8, error.Message ?? message);
            json.WriteString("code"u8, error.Code);
            json.WriteEndObject();
        }

        response.ContentType = StorageJson.MediaType;
        response.ContentLength = body.WrittenCount;
        return response.BodyWriter.WriteAsync(body.WrittenMemory).AsTask();
    }

    /// <summary>What the server raises around the handlers.</summary>
    private static Task WriteRaisedAsync(HttpContext http, int status, string code, string message)
    {
        StorageError error = status switch
        {
            StatusCodes.Status413PayloadTooLarge => BodyTooLarge,
            StatusCodes.Status501NotImplemented => NotImplemented,
            >= 500 => InternalError,
            _ => MalformedRequest with { Status = status },
        };
        return WriteAsync(http, error, message, decision: null);
    }
}
