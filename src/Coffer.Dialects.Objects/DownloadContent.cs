using Coffer.Access;
using Coffer.Http.Content;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET or HEAD of a download_url, or of a public object's public_url: the bytes, as an attachment.</summary>
internal static class DownloadContent
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        VerifiedLink? link = dialect.Links.Read(http, SignedUse.Download, SignedUse.DownloadWhilePublic);

        using OpenObject content = link is null
            ? await dialect.Store.OpenPublicAsync(ObjectsDialect.IdOf(http), http.RequestAborted)
            : await dialect.Store.OpenAsync(link, http.RequestAborted);

        var headers = new ContentHeaders(
            MediaTypes.LabelOf(content.Object),
            ContentDisposition.Attachment(content.Object.Name),
            link?.Use is SignedUse.Download ? "private, no-cache" : "no-cache"); // unpublished means off at once
        await ContentResponse.SendAsync(http, content, headers);
    }
}
