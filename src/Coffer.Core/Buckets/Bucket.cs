using Coffer.Access;

namespace Coffer.Buckets;

/// <summary>A bucket's number inside the catalog.</summary>
public readonly record struct BucketId(long Value);

/// <summary>A named set of objects; its name is unique in the installation, as in S3.</summary>
public sealed record Bucket
{
    public BucketId Id { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>What all calls name it by; the Storage API's <c>id</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The Storage API's <c>name</c>, where that is another; null where it is the same.</summary>
    public string? Title { get; init; }

    /// <summary>What it is shown as; unique in its account.</summary>
    public string ShownName => Title ?? Name;

    /// <summary>Subject of the token that made it; null for keys without one.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether its objects can be read by URL without a key.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Largest object in bytes; null for the installation's own limit.</summary>
    public long? SizeLimitBytes { get; init; }

    /// <summary>Media types it takes; null for all.</summary>
    public IReadOnlyList<string>? AllowedMediaTypes { get; init; }

    public required long CreatedAtMs { get; init; }

    public required long UpdatedAtMs { get; init; }
}
