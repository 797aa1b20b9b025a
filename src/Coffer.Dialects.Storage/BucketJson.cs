using System.Text.Json;
using Coffer.Buckets;
using Coffer.Http;

namespace Coffer.Dialects.Storage;

/// <summary>A bucket as the wire shows it.</summary>
internal static class BucketJson
{
    public static void Write(Utf8JsonWriter json, Bucket bucket, bool withType)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, bucket.Name);
        json.WriteString("name"u8, bucket.ShownName);
        json.WriteString("owner"u8, ObjectJson.UuidOrEmpty(bucket.Owner));
        json.WriteBoolean("public"u8, bucket.IsPublic);
        json.WriteNumberOrNull("file_size_limit"u8, bucket.SizeLimitBytes);
        if (bucket.AllowedMediaTypes is { } types)
        {
            json.WriteStartArray("allowed_mime_types"u8);
            foreach (string type in types)
            {
                json.WriteStringValue(type);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("allowed_mime_types"u8);
        }

        json.WriteTime("created_at"u8, bucket.CreatedAtMs);
        json.WriteTime("updated_at"u8, bucket.UpdatedAtMs);
        if (withType)
        {
            json.WriteString("type"u8, "STANDARD"u8);
        }

        json.WriteEndObject();
    }
}
