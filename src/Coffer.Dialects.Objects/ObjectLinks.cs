using System.Globalization;
using Coffer.Access;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>Links to an object's bytes: what they look like, how they are made and read back.</summary>
/// <remarks>
/// <c>{base}/v1/objects/{id}/content?use=upload&amp;expires={Unix ms}&amp;signature={base64url}</c>. The <c>use</c> stands for
/// the verb. Without parameters the same address is the public one.
/// </remarks>
internal sealed class ObjectLinks(ObjectStore store, SignedUrls urls)
{
    public const string Path = "/v1/objects/{id}/content";

    /// <summary>Where an object's first bytes go.</summary>
    public string Upload(HttpContext http, StoredObject made)
    {
        long expiresAtMs = made.CreatedAtMs + (long)store.Limits.UploadUrlLife.TotalMilliseconds;
        return Text(http, urls.Sign(SignedUse.Upload, made.Id, expiresAtMs));
    }

    public string Download(HttpContext http, SignedUse use, ObjectId id, long expiresAtMs) => Text(http, urls.Sign(use, id, expiresAtMs));

    public static string Public(HttpContext http, ObjectId id) => $"{PublicBase.Of(http)}/v1/objects/{id}/content";

    /// <summary>The verified link of this request; null when it carries no signature.</summary>
    /// <exception cref="StoreException">SignatureInvalid, SignatureExpired, ObjectNotFound.</exception>
    public VerifiedLink? Read(HttpContext http, params ReadOnlySpan<SignedUse> allowed)
    {
        IQueryCollection query = http.Request.Query;
        if (!query.ContainsKey("signature"))
        {
            return null;
        }

        SignedUse? use = (string?)query["use"] switch
        {
            "upload" => SignedUse.Upload,
            "download" => SignedUse.Download,
            "public" => SignedUse.DownloadWhilePublic,
            _ => null,
        };
        if (use is null || !long.TryParse(query["expires"], NumberStyles.None, CultureInfo.InvariantCulture, out long expiresAtMs))
        {
            throw new StoreException(StoreErrorCode.SignatureInvalid, "this URL lost some of its parameters");
        }

        var url = new SignedUrl(use.Value, ObjectsDialect.IdOf(http), expiresAtMs, query["signature"].ToString());
        return urls.Verify(url, store.NowMs, allowed);
    }

    private static string Text(HttpContext http, SignedUrl url)
    {
        string use = url.Use switch
        {
            SignedUse.Upload => "upload",
            SignedUse.Download => "download",
            _ => "public",
        };
        return $"{Public(http, url.Object)}?use={use}&expires={url.ExpiresAtMs}&signature={url.Signature}";
    }
}
