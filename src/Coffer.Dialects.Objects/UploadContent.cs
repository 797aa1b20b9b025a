using Coffer.Access;
using Coffer.Http.Content;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>PUT to an upload_url: the object's bytes, of known length or chunked, as often as wanted until it is completed.</summary>
internal static class UploadContent
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        VerifiedLink link = dialect.Links.Read(http, SignedUse.Upload) ?? throw new StoreException(
            StoreErrorCode.SignatureInvalid, "bytes are sent to the upload_url that creating the object answered");

        if (http.Request.Headers.ContentRange.Count > 0)
        {
            // RFC 9110 §14.5: taken for the whole, a part would replace all there is.
            throw new StoreException(StoreErrorCode.InvalidArgument, "Content-Range is not possible: an upload is always of all bytes");
        }

        StoredObject stored = await dialect.Store.UploadAsync(
            link, http.Request.BodyReader, http.Request.ContentLength, Preconditions.OfPut(http.Request), http.RequestAborted);

        http.Response.Headers.ETag = $"\"{stored.ETag}\"";
        http.Response.ContentLength = 0;
    }
}
