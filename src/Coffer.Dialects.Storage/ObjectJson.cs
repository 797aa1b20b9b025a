using System.Buffers.Binary;
using System.Text.Json;
using Coffer.Http;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>Objects as the wire shows them. What is a text there is never null: clients that check types demand it.</summary>
internal static class ObjectJson
{
    /// <summary>The cache control of objects that were given none.</summary>
    public const string DefaultCacheControl = "no-cache";

    /// <summary>The version, which is the object's own id: a new one for each content of a key.</summary>
    public static Guid VersionOf(StoredObject shown)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, shown.Id.Value);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The older member <c>owner</c> has UUIDs only.</summary>
    public static string UuidOrEmpty(string? owner) => Guid.TryParseExact(owner, "D", out _) ? owner! : "";

    /// <summary>An entry of a list.</summary>
    /// <param name="key">Last part of the key, where the list shows it; else null.</param>
    public static void WriteEntry(Utf8JsonWriter json, StoredObject shown, string name, string? key = null)
    {
        json.WriteStartObject();
        if (key is not null)
        {
            json.WriteString("key"u8, key);
        }

        json.WriteString("name"u8, name);
        json.WriteString("id"u8, shown.KeyId);
        WriteTimes(json, shown);
        WriteMetadata(json, shown);
        json.WriteEndObject();
    }

    /// <summary>A folder, which has nothing but a name; in one kind of list also times.</summary>
    public static void WriteFolder(Utf8JsonWriter json, string name, long? timeMs = null, string? key = null)
    {
        json.WriteStartObject();
        if (key is not null)
        {
            json.WriteString("key"u8, key);
        }

        json.WriteString("name"u8, name);
        json.WriteNull("id"u8);
        json.WriteTimeOrNull("updated_at"u8, timeMs);
        json.WriteTimeOrNull("created_at"u8, timeMs);
        json.WriteNull("last_accessed_at"u8);
        json.WriteNull("metadata"u8);
        json.WriteEndObject();
    }

    /// <summary>The members of a whole row, into an object that is open.</summary>
    public static void WriteRow(Utf8JsonWriter json, StoredObject shown, string bucket)
    {
        json.WriteString("name"u8, shown.Key);
        json.WriteString("bucket_id"u8, bucket);
        json.WriteString("owner"u8, UuidOrEmpty(shown.Owner));
        json.WriteString("owner_id"u8, shown.Owner ?? "");
        json.WriteString("version"u8, VersionOf(shown));
        json.WriteString("id"u8, shown.KeyId);
        WriteTimes(json, shown);
        WriteMetadata(json, shown);
        WriteUserMetadata(json, "user_metadata"u8, shown);
    }

    public static void WriteUserMetadata(Utf8JsonWriter json, ReadOnlySpan<byte> name, StoredObject shown)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(shown.Metadata?.Json ?? "{}", skipInputValidation: true);
    }

    private static void WriteTimes(Utf8JsonWriter json, StoredObject shown)
    {
        json.WriteTime("updated_at"u8, shown.UpdatedAtMs);
        json.WriteTime("created_at"u8, shown.KeyCreatedAtMs);
        json.WriteTime("last_accessed_at"u8, shown.LastReadAtMs ?? shown.KeyCreatedAtMs);
    }

    private static void WriteMetadata(Utf8JsonWriter json, StoredObject shown)
    {
        json.WriteStartObject("metadata"u8);
        json.WriteString("eTag"u8, $"\"{shown.ETag}\"");
        json.WriteNumber("size"u8, shown.SizeBytes ?? 0);
        json.WriteString("mimetype"u8, MediaTypes.LabelOf(shown));
        json.WriteString("cacheControl"u8, shown.CacheControl ?? DefaultCacheControl);
        json.WriteTime("lastModified"u8, shown.UpdatedAtMs);
        json.WriteNumber("contentLength"u8, shown.SizeBytes ?? 0);
        json.WriteNumber("httpStatusCode"u8, 200);
        if (shown.RobotsTag is { } robots)
        {
            json.WriteString("xRobotsTag"u8, robots);
        }

        json.WriteEndObject();
    }
}
