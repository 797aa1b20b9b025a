using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>The errors of the protocol: plain text, and the status that is meant. Its clients repeat 409, 423 and 5xx, nothing else.</summary>
internal static class TusErrors
{
    public static TusRefusal OtherVersion => new(412, "TusVersion", "Tus-Resumable Required");

    public static TusRefusal NoOffset => new(403, "InvalidRequest", "Upload-Offset header required");

    public static TusRefusal NoLength => new(400, "InvalidRequest", "Upload-Length or Upload-Defer-Length header required");

    public static TusRefusal NoSignature => new(400, "InvalidSignature", "Missing x-signature header");

    public static TusRefusal NotPlain => new(415, "InvalidRequest", $"Content-Type must be {TusHeaders.Piece}");

    public static TusRefusal NotFound => new(404, "InvalidRequest", "Not found");

    public static TusRefusal Concatenation => new(
        501, "NotImplemented", "Concatenation extension is not supported. Disable parallel uploads in the tus client.");

    /// <summary>Endpoint metadata: what the server raises around the handlers.</summary>
    public static ErrorShape Shape { get; } = new(static (http, status, code, message) => WriteAsync(http, status, message, code));

    public static TusRefusal Invalid(string header) => new(400, "InvalidRequest", $"Invalid {header.ToLowerInvariant()}");

    public static Task WriteAsync(HttpContext http, StoreException refusal)
    {
        Refusals.NameDecision(http, refusal.DecisionId);
        StorageError error = StorageErrors.For(refusal.Code);
        (int status, string text) = refusal.Code switch
        {
            StoreErrorCode.UploadNotFound => (404, "The file for this url was not found"),
            StoreErrorCode.UploadGone => (410, "The file for this url no longer exists"),
            StoreErrorCode.WrongOffset => (409, "Upload-Offset conflict"),
            StoreErrorCode.TooLarge => (413, "Maximum size exceeded"),
            StoreErrorCode.WrongState => (400, refusal.Message),
            StoreErrorCode.TokenInvalid or StoreErrorCode.SignatureInvalid or StoreErrorCode.SignatureExpired => (400, refusal.Message),
            StoreErrorCode.Corrupt => (500, "The bytes of this upload are damaged: begin a new one"),
            _ => (error.Status, error.Message ?? refusal.Message),
        };
        return WriteAsync(http, status, text, error.Code);
    }

    /// <summary>Answers with the error and notes its code for the log. The response must not have started.</summary>
    public static async Task WriteAsync(HttpContext http, int status, string text, string code)
    {
        http.Facts().ErrorCode = code;
        HttpResponse response = http.Response;
        response.StatusCode = status;
        IHeaderDictionary headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers[TusHeaders.Resumable] = TusHeaders.Version;
        headers.AccessControlExposeHeaders = TusHeaders.Exposed;
        if (status is StatusCodes.Status503ServiceUnavailable)
        {
            headers.RetryAfter = "1";
        }

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync(text);
        }
    }
}
