using System.Text.Json;
using Coffer.Access;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET or POST /v1/objects/{id}/download: a signed URL to an object's bytes.</summary>
internal static class CreateDownloadUrl
{
    private const long DefaultSeconds = 3600;
    private const long MaxSeconds = 604800;

    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        long seconds = await SecondsAsync(http);
        ObjectId id = ObjectsDialect.IdOf(http);

        SignedUse use = await dialect.Store.DownloadUseAsync(caller, id, http.RequestAborted);

        long expiresAtMs = dialect.Store.NowMs + (seconds * 1000);
        string url = dialect.Links.Download(http, use, id, expiresAtMs);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("download_url", url);
            json.WriteString("url", url);
            json.WriteTime("expires_at"u8, expiresAtMs);
            json.WriteNumber("expires_at_ms", expiresAtMs);
            json.WriteNumber("expires_in_seconds", seconds);
            json.WriteEndObject();
        });
    }

    /// <summary>Both names, in query or body: the SDKs send one, the documents show the other.</summary>
    private static async Task<long> SecondsAsync(HttpContext http)
    {
        long? seconds = FromQuery(http.Request.Query, "duration_seconds") ?? FromQuery(http.Request.Query, "expires_in_seconds");
        if (seconds is null && HttpMethods.IsPost(http.Request.Method))
        {
            using JsonBody body = await JsonBody.ReadAsync(http);
            seconds = body.Integer("duration_seconds") ?? body.Integer("expires_in_seconds");
        }

        return seconds switch
        {
            null or 0 => DefaultSeconds,
            < 0 => throw Invalid(),
            { } given => Math.Min(given, MaxSeconds),
        };
    }

    private static long? FromQuery(IQueryCollection query, string name)
    {
        string? text = query[name];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return WholeNumber.TryParse(text, out long seconds) ? seconds : throw Invalid();
    }

    private static StoreException Invalid() => new(
        StoreErrorCode.InvalidArgument, $"duration_seconds is a whole number from 1 to {MaxSeconds}");
}
