using System.Text.Json;
using Coffer.Http;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>Objects and pages as the wire shows them.</summary>
internal static class ObjectsJson
{
    public static Task WriteViewAsync(HttpContext http, ObjectsDialect dialect, StoredObject shown, string? uploadUrl = null) =>
        JsonResponse.WriteAsync(http, json => WriteView(json, http, dialect, shown, uploadUrl));

    public static Task WritePageAsync(HttpContext http, ObjectsDialect dialect, ObjectPage page) =>
        JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("objects"u8);
            foreach (StoredObject shown in page.Objects)
            {
                WriteView(json, http, dialect, shown, uploadUrl: null);
            }

            json.WriteEndArray();
            json.WriteBoolean("has_more"u8, page.HasMore);
            WriteNumber(json, "total_count"u8, page.TotalCount);
            json.WriteEndObject();
        });

    private static void WriteView(Utf8JsonWriter json, HttpContext http, ObjectsDialect dialect, StoredObject shown, string? uploadUrl)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, shown.Id.ToString());
        json.WriteString("name"u8, shown.Name);
        json.WriteString("state"u8, shown.State.Word());
        json.WriteString("content_type"u8, shown.Class.Word());
        json.WriteString("mime_type"u8, shown.MediaType);
        WriteNumber(json, "size_bytes"u8, shown.State is ObjectState.Uploading ? null : shown.SizeBytes);
        json.WriteNumber("create_time_ms"u8, shown.CreatedAtMs);
        json.WriteTime("created_at"u8, shown.CreatedAtMs);
        WriteNumber(json, "delete_after_time_ms"u8, shown.ExpiresAtMs);
        WriteNumber(json, "last_access_time_ms"u8, shown.LastReadAtMs);
        WriteMetadata(json, shown.Metadata);
        json.WriteBoolean("is_public"u8, shown.IsPublic);
        json.WriteString("public_url"u8, shown is { IsPublic: true, State: ObjectState.ReadOnly } ? ObjectLinks.Public(http, shown.Id) : null);
        if (uploadUrl is not null)
        {
            json.WriteString("upload_url"u8, uploadUrl);
        }

        json.WriteEndObject();
    }

    /// <summary>Texts by name, as clients of this dialect expect them; another dialect may have stored numbers and nested values.</summary>
    private static void WriteMetadata(Utf8JsonWriter json, ObjectMetadata? metadata)
    {
        if (metadata is null)
        {
            json.WriteNull("metadata"u8);
            return;
        }

        json.WriteStartObject("metadata"u8);
        foreach ((string name, string value) in metadata.ToPairs())
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
