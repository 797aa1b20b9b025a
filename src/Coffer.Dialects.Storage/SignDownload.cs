using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/sign/{bucket}/{key}: a URL that opens one object for some time.</summary>
/// <remarks>A <c>transform</c> is ignored, as the published server does where it renders no images.</remarks>
internal static class SignDownload
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        long expiresAtMs = SignedPaths.ExpiryOf(call, body);
        ObjectAddress address = call.Address;
        if (await call.Dialect.Objects.AreReadableAsync(caller, address.Bucket, [address.Key], call.Aborted) is not [true])
        {
            throw Visibility.NotFound();
        }

        IReadOnlyList<string> tokens = await call.Dialect.Links.SignDownloadsAsync(caller, [address], expiresAtMs, call.Aborted);
        await StorageJson.WriteAsync(call, "signedURL", SignedPaths.Download(address, tokens[0]));
    }
}
