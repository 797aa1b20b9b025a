using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A file or a folder in a listing, or a file that was removed.</summary>
/// <remarks>Source: Storage API, list, list-v2 and delete.</remarks>
public sealed record StorageEntry
{
    /// <summary>
    /// The name: within the folder that was listed; or the whole key, as pages of <see cref="BucketFiles.ListV2Async"/> and
    /// removals have it.
    /// </summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>The name within its folder; null where <see cref="Name"/> alone is given.</summary>
    public string? Key { get; init; }

    /// <summary>The file's identifier, which stays when its content is replaced; null for a folder.</summary>
    public string? Id { get; init; }

    /// <summary>Whether this stands for all that lies in a folder.</summary>
    [JsonIgnore]
    public bool IsFolder => string.IsNullOrEmpty(Id);

    /// <summary>The bucket; null in listings.</summary>
    public string? BucketId { get; init; }

    /// <summary>The identifier of the content; null in listings.</summary>
    public string? Version { get; init; }

    /// <summary>The subject of the token that last wrote the file; null in listings, empty when it had none.</summary>
    public string? OwnerId { get; init; }

    /// <summary>When the key was first written, UTC; null for a folder.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the file was last changed, UTC; null for a folder.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>About when the file was last read, UTC; null for a folder.</summary>
    public DateTimeOffset? LastAccessedAt { get; init; }

    /// <summary>Size, media type and the like; null for a folder.</summary>
    public StorageMetadata? Metadata { get; init; }

    /// <summary>The metadata given at the upload; null in listings.</summary>
    public JsonObject? UserMetadata { get; init; }
}

/// <summary>What the server keeps about a file's content.</summary>
public sealed record StorageMetadata
{
    /// <summary>The entity tag, with its quotes.</summary>
    [JsonPropertyName("eTag")]
    public string? ETag { get; init; }

    /// <summary>The size in bytes.</summary>
    [JsonPropertyName("size")]
    public long? SizeBytes { get; init; }

    /// <summary>The media type.</summary>
    [JsonPropertyName("mimetype")]
    public string? ContentType { get; init; }

    /// <summary>The <c>Cache-Control</c> header that the file is served with.</summary>
    [JsonPropertyName("cacheControl")]
    public string? CacheControl { get; init; }

    /// <summary>When the content was written, UTC.</summary>
    [JsonPropertyName("lastModified")]
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Every member of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}
