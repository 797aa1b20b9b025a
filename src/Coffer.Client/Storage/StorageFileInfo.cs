using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What the server says about one file.</summary>
/// <remarks>Source: Storage API, info.</remarks>
public sealed record StorageFileInfo
{
    /// <summary>The identifier, which stays when the content is replaced; never empty.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Id { get; init; } = "";

    /// <summary>The key.</summary>
    public string Name { get; init; } = "";

    /// <summary>The bucket.</summary>
    public string? BucketId { get; init; }

    /// <summary>The identifier of this content.</summary>
    public string? Version { get; init; }

    /// <summary>The size in bytes; null when the server does not know it.</summary>
    [JsonPropertyName("size")]
    public long? SizeBytes { get; init; }

    /// <summary>The media type; null when the server does not know it.</summary>
    public string? ContentType { get; init; }

    /// <summary>The <c>Cache-Control</c> header that the file is served with.</summary>
    public string? CacheControl { get; init; }

    /// <summary>Coffer: how the bytes are encoded; null for not at all.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The entity tag, with its quotes.</summary>
    [JsonPropertyName("etag")]
    public string? ETag { get; init; }

    /// <summary>The metadata given at the upload; empty when there was none.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>When the file was last changed, UTC.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>When the key was first written, UTC.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
