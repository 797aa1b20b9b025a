using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;

namespace Coffer.Objects;

/// <summary>One version of one key, as the catalog knows it.</summary>
public sealed record StoredObject
{
    public required ObjectId Id { get; init; }

    public required AccountId Account { get; init; }

    public required BucketId Bucket { get; init; }

    /// <summary>UTF-8 text, compared byte by byte; an object of the Objects dialect has its own id here.</summary>
    public required string Key { get; init; }

    /// <summary>Stays the same when the key is written again.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>When this key was first written, in Unix milliseconds; moves on from version to version.</summary>
    public required long KeyCreatedAtMs { get; init; }

    /// <summary>Display name; not unique.</summary>
    public required string Name { get; init; }

    /// <summary>As of the reading: an object past its expiry is DELETED, whether or not it was reaped.</summary>
    public required ObjectState State { get; init; }

    /// <summary>Size in bytes of what was uploaded; null when nothing was, or when the bytes are gone.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Entity tag without quotes; null while there is no content.</summary>
    public string? ETag { get; init; }

    public ContentClass Class { get; init; }

    /// <summary>The media type that was given, parameters included; null when none was.</summary>
    public string? MediaType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentEncoding { get; init; }

    /// <summary>Value of the header <c>X-Robots-Tag</c>; null when none was given.</summary>
    public string? RobotsTag { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    /// <summary>Subject of the token that made the object; null for keys without one.</summary>
    public string? Owner { get; init; }

    /// <summary>The object's own flag; a public bucket does not set it.</summary>
    public bool IsPublic { get; init; }

    public required long UpdatedAtMs { get; init; }

    /// <summary>Coarse: written back in batches.</summary>
    public long? LastReadAtMs { get; init; }

    public long? ExpiresAtMs { get; init; }

    /// <summary>The blobs that make up the content, in order; empty when the bytes are inline or there are none.</summary>
    public IReadOnlyList<BlobPiece> Pieces { get; init; } = [];

    public long CreatedAtMs => Id.CreatedAtMs;

    /// <summary>Whether the Objects dialect made it: its key is its own id then, and nothing writes, moves or copies over it by key.</summary>
    public bool IsKeyedById =>
        Key.StartsWith(ObjectId.Prefix, StringComparison.Ordinal) && ObjectId.TryParse(Key, out ObjectId id) && id == Id;
}

/// <summary>One stretch of an object's content.</summary>
public readonly record struct BlobPiece(BlobId Blob, long SizeBytes);

/// <summary>Where an object is in its life. The numbers are stored.</summary>
public enum ObjectState
{
    Uploading = 1,
    ReadOnly = 2,
    Deleted = 3,
    Error = 4,
}

/// <summary>What the bytes are, coarsely; decides how a mount unpacks them. The numbers are stored.</summary>
public enum ContentClass
{
    Unspecified = 0,
    Text = 1,
    Binary = 2,
    Gzip = 3,
    Tar = 4,
    Tgz = 5,
}
