using Coffer.Blobs;
using Coffer.Buckets;

namespace Coffer.Objects;

/// <summary>What a new object of the Objects dialect is to be.</summary>
public sealed record ObjectDraft
{
    public required string Name { get; init; }

    public ContentClass Class { get; init; }

    public string? MediaType { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    public bool IsPublic { get; init; }

    /// <summary>Milliseconds from creation; null or 0 for ever.</summary>
    public long? LifetimeMs { get; init; }
}

/// <summary>What a whole write is to store.</summary>
public sealed record PutRequest
{
    public required Bucket Bucket { get; init; }

    public required string Key { get; init; }

    public string? MediaType { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    public bool OnlyIfAbsent { get; init; }

    public BlobDigests Digests { get; init; }
}
