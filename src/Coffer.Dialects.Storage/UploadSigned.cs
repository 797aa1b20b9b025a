using Coffer.Access;
using Coffer.Http;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>PUT (or POST) to a signed URL: the object's bytes. The URL is the right, and says whether another object may be replaced.</summary>
internal static class UploadSigned
{
    public static async Task Handle(StorageCall call)
    {
        call.Http.Facts().Operation = "storage.object.upload_signed";
        UploadLink link = await StorageAuth.LinkAsync(
            call, token => call.Dialect.Links.VerifyUploadAsync(token, call.Address, call.Aborted));
        await using UploadBody body = await UploadBody.ReadAsync(call, new PutRequest(link.Address) { Upsert = link.Upsert });

        await call.Dialect.Objects.PutSignedAsync(link, body.Request, body.Content, body.Length, call.Aborted);

        await StorageJson.WriteAsync(call, "Key", link.Address.ToString());
    }
}
