using Coffer.Access;
using Coffer.Uploads;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>Who sends an upload.</summary>
internal static class TusAuth
{
    private const string Signature = "x-signature";

    /// <exception cref="StorageRefusal">No token.</exception>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid.</exception>
    public static async ValueTask<Uploader> CallerAsync(StorageCall call) => new(await StorageAuth.CallerAsync(call));

    /// <summary>By the token of a signed upload URL, which every request repeats.</summary>
    /// <exception cref="TusRefusal">No token.</exception>
    /// <exception cref="StoreException">TokenInvalid, SignatureInvalid.</exception>
    public static async ValueTask<Uploader> BearerAsync(StorageCall call)
    {
        if (call.Http.Request.Headers[Signature] is not [{ Length: > 0 } token])
        {
            throw TusErrors.NoSignature;
        }

        UploadLink link = await call.Dialect.Links.VerifyUploadAsync(token, address: null, call.Aborted);
        return new Uploader(Caller.Nobody, link, token);
    }
}
