using System.Globalization;
using Coffer.Http;
using Coffer.Uploads;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>HEAD, PATCH and DELETE /upload/resumable/{id}: how far an upload is, its next piece, its end.</summary>
/// <remarks>Source: tus 1.0.0, core protocol, extensions Creation (deferred length), Termination and Expiration.</remarks>
/// <param name="suffix">Of the operation's name.</param>
internal sealed class OneUpload(string suffix)
{
    public static async Task GetAsync(StorageCall call, Uploader uploader)
    {
        ResumableUpload upload = await call.Dialect.Uploads.GetAsync(uploader, TusId.Read(call.Bucket), call.Aborted);

        HttpResponse response = call.Http.Response;
        IHeaderDictionary headers = response.Headers;
        headers.CacheControl = "no-store";
        headers[TusHeaders.Metadata] = TusMetadata.Write(upload.Request);
        if (upload.LengthBytes is { } length)
        {
            headers[TusHeaders.Length] = length.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            headers[TusHeaders.DeferLength] = "1";
        }

        TusHeaders.WriteProgress(response, upload);
    }

    public static async Task AppendAsync(StorageCall call, Uploader uploader)
    {
        HttpRequest request = call.Http.Request;
        long offset = TusHeaders.OffsetOf(request);
        long? length = TusHeaders.LengthOf(request);
        if (!TusHeaders.CarriesPiece(request))
        {
            throw TusErrors.NotPlain;
        }

        ResumableUpload upload = await call.Dialect.Uploads.AppendAsync(
            uploader, TusId.Read(call.Bucket), offset, length, StorageHeaders.Upsert(request), request.BodyReader,
            request.ContentLength, call.Aborted);

        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        TusHeaders.WriteProgress(call.Http.Response, upload);
    }

    public static async Task EndAsync(StorageCall call, Uploader uploader)
    {
        await call.Dialect.Uploads.AbortAsync(uploader, TusId.Read(call.Bucket), call.Aborted);
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>POST with the header <c>X-HTTP-Method-Override</c>.</summary>
    public Task OverrideAsync(StorageCall call, Uploader uploader)
    {
        (string operation, Func<StorageCall, Uploader, Task> handle) = call.Http.Request.Headers["X-HTTP-Method-Override"].ToString() switch
        {
            "PATCH" => ("tus.upload.part", AppendAsync),
            "HEAD" => ("tus.upload.get", GetAsync),
            "DELETE" => ("tus.upload.delete", (Func<StorageCall, Uploader, Task>)EndAsync),
            _ => throw TusErrors.NotFound,
        };
        operation += suffix;
        call.Http.Facts().Operation = $"storage.{operation}";
        return handle(
            call with { Operation = operation },
            uploader.Link is null ? uploader with { Caller = uploader.Caller with { Operation = operation } } : uploader);
    }
}
