using Coffer.Access;
using Coffer.Http;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>PATCH /v1/objects/{id}: changes name, metadata, is_public or ttl_ms (from now; null or 0 for no end).</summary>
internal static class UpdateObject
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        long? expiry = ObjectRules.ExpiryOf(body.Integer("ttl_ms"), dialect.Store.NowMs);
        ObjectMetadata? metadata = MetadataJson.Read(body);
        var change = new ObjectChange
        {
            Name = body.Text("name"),
            Metadata = metadata,
            ClearMetadata = metadata is null && body.Has("metadata"),
            IsPublic = body.Flag("is_public"),
            ExpiresAtMs = expiry,
            ClearExpiry = expiry is null && body.Has("ttl_ms"),
        };

        StoredObject updated = await dialect.Store.UpdateAsync(caller, ObjectsDialect.IdOf(http), change, http.RequestAborted);
        await ObjectsJson.WriteViewAsync(http, dialect, updated);
    }
}
