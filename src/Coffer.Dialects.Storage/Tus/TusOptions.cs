using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>OPTIONS: what of the protocol is here. For everybody.</summary>
internal static class TusOptions
{
    private const string Methods = "POST, HEAD, PATCH, DELETE, OPTIONS";

    private const string Headers =
        "Authorization, ApiKey, Content-Type, X-Upsert, x-signature, x-metadata, X-HTTP-Method-Override, X-Requested-With, X-Request-ID, "
        + "Tus-Resumable, Upload-Offset, Upload-Length, Upload-Defer-Length, Upload-Metadata, Upload-Expires";

    public static Task Handle(StorageCall call)
    {
        HttpResponse response = call.Http.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        IHeaderDictionary headers = response.Headers;
        headers[TusHeaders.Resumable] = TusHeaders.Version;
        headers["Tus-Version"] = TusHeaders.Version;
        headers["Tus-Extension"] = "creation,creation-with-upload,creation-defer-length,termination,expiration";
        headers["Tus-Max-Size"] = call.Dialect.Uploads.Limits.MaxObjectBytes.ToString(CultureInfo.InvariantCulture);
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlExposeHeaders = TusHeaders.Exposed;
        headers.AccessControlMaxAge = "7200";
        return Task.CompletedTask;
    }
}
