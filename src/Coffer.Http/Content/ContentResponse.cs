using Coffer.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Coffer.Http.Content;

/// <summary>How a dialect presents content.</summary>
/// <param name="CacheControl">Null for none.</param>
/// <param name="ContentEncoding">Null for none, where clients want the bytes as they are kept: most take the coding off before they hand them on.</param>
/// <param name="IsRangeStrict">Whether a Range header that asks for several ranges, or for none that can be read, is refused rather than ignored.</param>
public readonly record struct ContentHeaders(
    string ContentType, string? Disposition, string? CacheControl, string? ContentEncoding = null, bool IsRangeStrict = false);

/// <summary>Sends an object's bytes: whole or a range, GET or HEAD, conditional or not. The same for every dialect.</summary>
public static class ContentResponse
{
    /// <summary>The content security policy of what a browser might run.</summary>
    public const string Sandbox = "sandbox; default-src 'none'";

    /// <summary>Answers the request. When damage shows after the first byte, the connection is cut, so that nobody takes a part for the whole.</summary>
    /// <exception cref="StoreException">Corrupt, PreconditionFailed or RangeNotSatisfiable, before anything was sent.</exception>
    public static async Task SendAsync(HttpContext http, OpenObject content, ContentHeaders present)
    {
        HttpResponse response = http.Response;
        StoredObject found = content.Object;
        var etag = new EntityTagHeaderValue($"\"{found.ETag}\"");
        DateTimeOffset lastModified = UnixTime.MomentOf(found.UpdatedAtMs / 1000 * 1000);

        int? decided = Preconditions.Evaluate(http.Request, etag, lastModified);
        if (decided is StatusCodes.Status412PreconditionFailed)
        {
            throw new StoreException(StoreErrorCode.PreconditionFailed, "the object is not the one that the request's condition names");
        }

        IHeaderDictionary headers = response.Headers;
        headers.ETag = $"\"{found.ETag}\"";
        headers.LastModified = HeaderUtilities.FormatDate(lastModified);
        headers.CacheControl = present.CacheControl;
        headers.XContentTypeOptions = "nosniff";
        if (decided is { } notModified)
        {
            response.StatusCode = notModified;
            return;
        }

        string? asked = HttpMethods.IsGet(http.Request.Method) && Preconditions.RangeHolds(http.Request, etag, lastModified)
            ? (string?)http.Request.Headers.Range
            : null;
        ByteRange range = ByteRange.Parse(asked, content.SizeBytes);
        bool isUnread = range.Kind is RangeKind.Whole && ByteRange.IsOfBytes(asked);
        if (range.Kind is RangeKind.Unsatisfiable || (isUnread && present.IsRangeStrict))
        {
            headers.ContentRange = $"bytes */{content.SizeBytes}";
            throw new StoreException(StoreErrorCode.RangeNotSatisfiable, $"the range is none of the {content.SizeBytes} bytes of the object");
        }

        headers.AcceptRanges = "bytes";
        headers.ContentType = present.ContentType;
        headers.ContentDisposition = present.Disposition;
        headers.ContentEncoding = present.ContentEncoding;
        if (MediaTypes.IsActive(found.MediaType) || MediaTypes.IsActive(present.ContentType))
        {
            headers.ContentSecurityPolicy = Sandbox;
        }

        if (range.Kind is RangeKind.Part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Count - 1}/{content.SizeBytes}";
        }

        headers.ContentLength = range.Count;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await CopyAsync(http, content, range);
        }
    }

    private static async Task CopyAsync(HttpContext http, OpenObject content, ByteRange range)
    {
        if (content.IsInMemory)
        {
            await http.Response.StartAsync(http.RequestAborted); // what is written before the headers is copied once more
        }

        try
        {
            if (!await content.CopyToAsync(http.Response.BodyWriter, range.Offset, range.Count, http.RequestAborted))
            {
                http.Abort();
            }
        }
        catch (StoreException refusal) when (http.Response.HasStarted)
        {
            http.Facts().ErrorCode = Refusals.For(refusal.Code).Code;
            http.Abort(); // the length was announced: a cut connection is the only honest answer left
        }
        catch (StoreException)
        {
            Withdraw(http.Response);
            throw;
        }
    }

    /// <summary>Takes back what was said of the content. What was said of the request stays: its id, and who may read the answer.</summary>
    private static void Withdraw(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        IHeaderDictionary headers = response.Headers;
        headers.ETag = headers.LastModified = headers.CacheControl = default;
        headers.AcceptRanges = headers.ContentRange = default;
        headers.ContentType = headers.ContentDisposition = headers.ContentEncoding = headers.ContentSecurityPolicy = default;
        headers.ContentLength = null;
    }
}
