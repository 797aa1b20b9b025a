using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What the server says about a bucket.</summary>
/// <remarks>Source: Storage API, bucket object.</remarks>
public sealed record Bucket
{
    /// <summary>The identifier, by which calls name the bucket; never empty.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Id { get; init; } = "";

    /// <summary>The name; the same as the id unless it was created otherwise.</summary>
    public string Name { get; init; } = "";

    /// <summary>The subject of the creator's token; empty when it had none.</summary>
    [JsonConverter(typeof(EmptyForNull))]
    public string Owner { get; init; } = "";

    /// <summary>Whether anyone who knows a file's address may read it.</summary>
    [JsonPropertyName("public")]
    public bool IsPublic { get; init; }

    /// <summary>The size in bytes that a file may have; null when only the server's limit holds.</summary>
    [JsonPropertyName("file_size_limit")]
    public long? FileSizeLimitBytes { get; init; }

    /// <summary>The media types that a file may have; null for any.</summary>
    public IReadOnlyList<string>? AllowedMimeTypes { get; init; }

    /// <summary>When the bucket was created, UTC; null when the answer left it out.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the bucket was last changed, UTC; null when the answer left it out.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>
    /// The kind of bucket, <c>STANDARD</c>; null where the server leaves it out, as when one bucket is asked for.
    /// </summary>
    public string? Type { get; init; }
}
