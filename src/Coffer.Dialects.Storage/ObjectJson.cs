using System.Buffers.Binary;
using System.Text.Json;
using Coffer.Catalog;
using Coffer.Http;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>Objects as the wire shows them. What is a text there is never null: clients that check types demand it.</summary>
internal static class ObjectJson
{
    /// <summary>The cache control of objects that were given none.</summary>
    public const string DefaultCacheControl = "no-cache";

    private const int MostTagLength = 128;

    // Escaped once: an entry has fifteen names, and a page a thousand entries.
    private static readonly JsonEncodedText Key = JsonEncodedText.Encode("key");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText UpdatedAt = JsonEncodedText.Encode("updated_at");
    private static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("created_at");
    private static readonly JsonEncodedText LastAccessedAt = JsonEncodedText.Encode("last_accessed_at");
    private static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");
    private static readonly JsonEncodedText ETag = JsonEncodedText.Encode("eTag");
    private static readonly JsonEncodedText Size = JsonEncodedText.Encode("size");
    private static readonly JsonEncodedText MediaType = JsonEncodedText.Encode("mimetype");
    private static readonly JsonEncodedText CacheControl = JsonEncodedText.Encode("cacheControl");
    private static readonly JsonEncodedText LastModified = JsonEncodedText.Encode("lastModified");
    private static readonly JsonEncodedText ContentLength = JsonEncodedText.Encode("contentLength");
    private static readonly JsonEncodedText HttpStatusCode = JsonEncodedText.Encode("httpStatusCode");
    private static readonly JsonEncodedText RobotsTag = JsonEncodedText.Encode("xRobotsTag");

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
    public static void WriteEntry(Utf8JsonWriter json, ListedObject shown, string name, string? key = null)
    {
        json.WriteStartObject();
        if (key is not null)
        {
            json.WriteString(Key, key);
        }

        json.WriteString(Name, name);
        WriteMembers(json, shown);
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
        WriteMembers(json, ListedObject.Of(shown));
        WriteUserMetadata(json, "user_metadata"u8, shown);
    }

    public static void WriteUserMetadata(Utf8JsonWriter json, ReadOnlySpan<byte> name, StoredObject shown)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(shown.Metadata?.Json ?? "{}", skipInputValidation: true);
    }

    private static void WriteMembers(Utf8JsonWriter json, ListedObject shown)
    {
        json.WriteString(Id, shown.KeyId);
        json.WriteTime(UpdatedAt, shown.UpdatedAtMs);
        json.WriteTime(CreatedAt, shown.KeyCreatedAtMs);
        json.WriteTime(LastAccessedAt, shown.LastReadAtMs ?? shown.KeyCreatedAtMs);
        json.WriteStartObject(Metadata);
        WriteQuoted(json, ETag, shown.ETag);
        json.WriteNumber(Size, shown.SizeBytes ?? 0);
        json.WriteString(MediaType, shown.MediaType);
        json.WriteString(CacheControl, shown.CacheControl ?? DefaultCacheControl);
        json.WriteTime(LastModified, shown.UpdatedAtMs);
        json.WriteNumber(ContentLength, shown.SizeBytes ?? 0);
        json.WriteNumber(HttpStatusCode, 200);
        if (shown.RobotsTag is { } robots)
        {
            json.WriteString(RobotsTag, robots);
        }

        json.WriteEndObject();
    }

    private static void WriteQuoted(Utf8JsonWriter json, JsonEncodedText name, string? tag)
    {
        Span<char> quoted = stackalloc char[MostTagLength];
        json.WriteString(name, quoted.TryWrite($"\"{tag}\"", out int length) ? quoted[..length] : $"\"{tag}\"");
    }
}
