using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>GET or HEAD of a signed URL: the bytes, for as long as the URL lives.</summary>
internal static class DownloadSigned
{
    public static async Task Handle(StorageCall call)
    {
        DownloadLink link = await StorageAuth.LinkAsync(
            call, token => call.Dialect.Links.VerifyDownloadAsync(token, call.Address, call.Aborted));

        using OpenObject content = await call.Dialect.Objects.OpenSignedAsync(link, call.Aborted);
        await DownloadContent.SendAsync(call, content, link.ExpiresAtMs);
    }
}
