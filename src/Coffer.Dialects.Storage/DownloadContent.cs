using Coffer.Http.Content;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Coffer.Dialects.Storage;

/// <summary>How downloads present an object's bytes.</summary>
internal static class DownloadContent
{
    private const string Html = "text/html";

    /// <param name="expiresAtMs">End of the signed URL, which then stands in for the object's own cache control; null for other URLs.</param>
    public static Task SendAsync(StorageCall call, OpenObject content, long? expiresAtMs = null)
    {
        StoredObject found = content.Object;
        IHeaderDictionary headers = call.Http.Response.Headers;
        headers["X-Robots-Tag"] = found.RobotsTag ?? "none";
        if (expiresAtMs is { } end)
        {
            headers.Expires = HeaderUtilities.FormatDate(UnixTime.MomentOf(end));
        }

        var present = new ContentHeaders(
            TypeOf(found), DispositionOf(call.Http.Request), expiresAtMs is null ? found.CacheControl ?? ObjectJson.DefaultCacheControl : null,
            found.ContentEncoding, IsRangeStrict: true);
        return ContentResponse.SendAsync(call.Http, content, present);
    }

    /// <summary>A page that somebody uploaded is shown as its source.</summary>
    private static string TypeOf(StoredObject found) =>
        MediaTypes.LabelOf(found) is var type && type.Contains(Html, StringComparison.OrdinalIgnoreCase) ? "text/plain" : type;

    /// <summary>Null without the parameter <c>download</c>; an empty one leaves the name to the browser.</summary>
    private static string? DispositionOf(HttpRequest request)
    {
        if (!request.QueryString.HasValue || !request.Query.TryGetValue("download", out var values))
        {
            return null;
        }

        string name = values.ToString();
        if (name.Length == 0)
        {
            return "attachment;";
        }

        string encoded = EncodeComponent(name);
        return $"attachment; filename={encoded}; filename*=UTF-8''{encoded}";
    }

    /// <summary>As browsers encode a component, which leaves five characters more as they are.</summary>
    private static string EncodeComponent(string text) => Uri.EscapeDataString(text)
        .Replace("%21", "!", StringComparison.Ordinal)
        .Replace("%27", "'", StringComparison.Ordinal)
        .Replace("%28", "(", StringComparison.Ordinal)
        .Replace("%29", ")", StringComparison.Ordinal)
        .Replace("%2A", "*", StringComparison.Ordinal);
}
