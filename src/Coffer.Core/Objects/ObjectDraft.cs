using Coffer.Blobs;

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
public sealed record PutRequest(ObjectAddress Address)
{
    /// <summary>The media type, parameters included; null when none was said.</summary>
    public string? MediaType { get; init; }

    /// <summary>Header value to be answered with the bytes; null for none.</summary>
    public string? CacheControl { get; init; }

    public string? ContentEncoding { get; init; }

    /// <summary>Header value to be answered with the bytes; null for none.</summary>
    public string? RobotsTag { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    /// <summary>Whether an object that is there may be replaced; asks for more rights than a first write.</summary>
    public bool Upsert { get; init; }

    public BlobDigests Digests { get; init; }

    /// <summary>
    /// Says the request anew once its content has been read: a form may name things behind its file. Address, Upsert and Digests stay;
    /// where it answers the same request nothing is judged again. Null when all was said before.
    /// </summary>
    public Func<PutRequest, PutRequest>? AtEnd { get; init; }
}

/// <summary>What a copy takes over and what it changes.</summary>
public sealed record CopyRequest(ObjectAddress Source, ObjectAddress Destination)
{
    /// <summary>Whether the user metadata and all headers come from the source; the members below then count for nothing.</summary>
    public bool KeepMetadata { get; init; } = true;

    /// <summary>User metadata of the copy; null for none.</summary>
    public ObjectMetadata? Metadata { get; init; }

    /// <summary>Null keeps the source's.</summary>
    public string? MediaType { get; init; }

    /// <summary>Null keeps the source's.</summary>
    public string? CacheControl { get; init; }

    /// <summary>Null keeps the source's; empty is none.</summary>
    public string? ContentEncoding { get; init; }

    public bool Upsert { get; init; }
}
