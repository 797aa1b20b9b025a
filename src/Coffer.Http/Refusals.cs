using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>How the JSON routes (/v1, /admin/v1) answer each refusal of the store.</summary>
public static class Refusals
{
    /// <summary>Names the decision of a policy that refused the request; <c>coffer policy explain</c> tells why.</summary>
    public const string DecisionHeader = "x-coffer-decision";

    /// <param name="Status">HTTP status.</param>
    /// <param name="Code">The machine word in the body.</param>
    /// <param name="Retry">
    /// False where clients that retry by status must not: Runloop's repeat 409 and 5xx for half a minute. Null leaves it to the status.
    /// </param>
    public readonly record struct Answer(int Status, string Code, bool? Retry = null);

    public static Answer For(StoreErrorCode code) => code switch
    {
        StoreErrorCode.InvalidArgument => new(400, "invalid_argument"),
        StoreErrorCode.InvalidBucketName => new(400, "invalid_bucket_name"),
        StoreErrorCode.InvalidKey => new(400, "invalid_key"),
        StoreErrorCode.InvalidMediaType => new(415, "invalid_media_type"),
        StoreErrorCode.NothingUploaded => new(400, "nothing_uploaded"),
        StoreErrorCode.ArchiveInvalid => new(400, "archive_invalid"),
        StoreErrorCode.RequestIdReused => new(400, "request_id_reused"),
        StoreErrorCode.ContentTruncated => new(400, "content_truncated"),
        StoreErrorCode.NotAuthenticated => new(401, "not_authenticated"),
        StoreErrorCode.TokenInvalid => new(401, "token_invalid"),
        StoreErrorCode.AccessDenied => new(403, "access_denied"),
        StoreErrorCode.SignatureInvalid => new(403, "signature_invalid"),
        StoreErrorCode.SignatureExpired => new(403, "signature_expired"),
        StoreErrorCode.ObjectNotFound => new(404, "object_not_found"),
        StoreErrorCode.BucketNotFound => new(404, "bucket_not_found"),
        StoreErrorCode.DestinationBucketNotFound => new(404, "destination_bucket_not_found"),
        StoreErrorCode.UploadNotFound => new(404, "upload_not_found"),
        StoreErrorCode.AccountNotFound => new(404, "account_not_found"),
        StoreErrorCode.KeyNotFound => new(404, "key_not_found"),
        StoreErrorCode.EntryNotFound => new(404, "entry_not_found"),
        StoreErrorCode.DecisionNotFound => new(404, "decision_not_found"),
        StoreErrorCode.ExecutionNotFound => new(404, "execution_not_found"),
        StoreErrorCode.WrongState => new(409, "wrong_state", Retry: false),
        StoreErrorCode.ObjectExists => new(409, "object_exists", Retry: false),
        StoreErrorCode.BucketExists => new(409, "bucket_exists", Retry: false),
        StoreErrorCode.BucketNotEmpty => new(409, "bucket_not_empty", Retry: false),
        StoreErrorCode.BucketTooFull => new(409, "bucket_too_full", Retry: false),
        StoreErrorCode.WrongOffset => new(409, "wrong_offset", Retry: false),
        StoreErrorCode.AccountExists => new(409, "account_exists", Retry: false),
        StoreErrorCode.ObjectGone => new(410, "object_gone"),
        StoreErrorCode.UploadGone => new(410, "upload_gone"),
        StoreErrorCode.PreconditionFailed => new(412, "precondition_failed"),
        StoreErrorCode.RangeNotSatisfiable => new(416, "range_not_satisfiable"),
        StoreErrorCode.TooLarge => new(413, "too_large"),
        StoreErrorCode.Corrupt => new(500, "corrupt", Retry: false),
        StoreErrorCode.ExecutionDisabled => new(501, "execution_disabled", Retry: false),
        StoreErrorCode.Busy => new(503, "busy", Retry: true),
        StoreErrorCode.SearchTooSlow => new(503, "search_too_slow", Retry: false),
        StoreErrorCode.CatalogFailed => new(503, "catalog_failed", Retry: true),
        StoreErrorCode.OutOfSpace => new(507, "out_of_space", Retry: false),
        _ => new(500, "internal_error"),
    };

    /// <summary>Tells the caller and the log which decision of a policy refused the request.</summary>
    /// <param name="decision">Null for none.</param>
    public static void NameDecision(HttpContext http, string? decision)
    {
        if (decision is not null)
        {
            http.Response.Headers[DecisionHeader] = decision;
            http.Facts().DecisionId = decision;
        }
    }

    /// <summary>Answers a refusal.</summary>
    public static Task WriteAsync(HttpContext http, StoreException refusal)
    {
        Answer answer = For(refusal.Code);
        HttpResponse response = http.Response;
        if (answer.Retry is { } retry)
        {
            response.Headers["x-should-retry"] = retry ? "true" : "false";
        }

        if (answer.Status == StatusCodes.Status503ServiceUnavailable && answer.Retry is true)
        {
            response.Headers.RetryAfter = "1";
        }

        if (answer.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        NameDecision(http, refusal.DecisionId);
        return JsonError.WriteAsync(http, answer.Status, answer.Code, refusal.Message);
    }
}
