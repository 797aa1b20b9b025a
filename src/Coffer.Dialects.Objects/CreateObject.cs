using Coffer.Access;
using Coffer.Http;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>POST /v1/objects: makes an object that waits for its bytes, and a signed URL to send them to.</summary>
internal static class CreateObject
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        (ContentClass contentClass, string? mediaType) = ContentTypes.Parse(body.RequiredText("content_type"));
        var draft = new ObjectDraft
        {
            Name = body.RequiredText("name"),
            Class = contentClass,
            MediaType = mediaType,
            Metadata = MetadataJson.Read(body),
            LifetimeMs = body.Integer("ttl_ms"),
            IsPublic = body.Flag("is_public") ?? false,
        };

        CreatedObject created = await dialect.Store.CreateAsync(caller, draft, RequestOnce.Of(http, "POST /v1/objects", body), http.RequestAborted);

        // A repeated call gets the first answer again, whatever became of the object since: its body is the first one's.
        StoredObject asMade = created.Object with
        {
            Name = draft.Name,
            State = ObjectState.Uploading,
            Class = draft.Class,
            MediaType = draft.MediaType,
            Metadata = draft.Metadata,
            IsPublic = draft.IsPublic,
            LastReadAtMs = null,
            ExpiresAtMs = ObjectRules.ExpiryOf(draft.LifetimeMs, created.Object.CreatedAtMs),
        };
        await ObjectsJson.WriteViewAsync(http, dialect, asMade, uploadUrl: dialect.Links.Upload(http, asMade));
    }
}
