using Coffer.Access;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Coffer.Dialects.Storage;

/// <summary>
/// GET or HEAD of /object/info/{bucket}/{key}, /object/info/authenticated/{bucket}/{key}, /object/info/public/{bucket}/{key}: what is
/// known of an object.
/// </summary>
internal static class ObjectInfo
{
    /// <summary>With or without a token: without one, of public buckets only.</summary>
    public static async Task Handle(StorageCall call) => await WriteAsync(call, await StorageAuth.CallerIfAnyAsync(call));

    public static async Task Authenticated(StorageCall call) => await WriteAsync(call, await StorageAuth.CallerAsync(call));

    public static async Task OfPublic(StorageCall call)
    {
        ObjectAddress address = call.Address;
        await WriteAsync(call, address, await call.Dialect.Objects.GetPublicAsync(address, call.Aborted));
    }

    private static async Task WriteAsync(StorageCall call, Caller caller)
    {
        ObjectAddress address = call.Address;
        await WriteAsync(call, address, await call.Dialect.Objects.GetAsync(caller, address, call.Aborted));
    }

    private static async Task WriteAsync(StorageCall call, ObjectAddress address, StoredObject shown)
    {
        string etag = $"\"{shown.ETag}\"";
        string cacheControl = shown.CacheControl ?? ObjectJson.DefaultCacheControl;
        IHeaderDictionary headers = call.Http.Response.Headers;
        headers.ETag = etag;
        headers.LastModified = HeaderUtilities.FormatDate(UnixTime.MomentOf(shown.UpdatedAtMs));
        headers.CacheControl = cacheControl;
        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, shown.KeyId);
            json.WriteString("name"u8, shown.Key);
            json.WriteString("version"u8, ObjectJson.VersionOf(shown));
            json.WriteString("bucket_id"u8, address.Bucket);
            json.WriteNumberOrNull("size"u8, shown.SizeBytes);
            json.WriteString("content_type"u8, MediaTypes.LabelOf(shown));
            json.WriteString("cache_control"u8, cacheControl);
            json.WriteString("content_encoding"u8, shown.ContentEncoding);
            json.WriteString("etag"u8, etag);
            ObjectJson.WriteUserMetadata(json, "metadata"u8, shown);
            json.WriteTime("last_modified"u8, shown.UpdatedAtMs);
            json.WriteTime("created_at"u8, shown.KeyCreatedAtMs);
            json.WriteEndObject();
        });
    }
}
