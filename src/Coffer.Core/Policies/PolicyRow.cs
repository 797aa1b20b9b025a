using Coffer.Buckets;
using Coffer.Objects;

namespace Coffer.Policies;

/// <summary>What a policy may look at: an object as it is, or as it would be; or a bucket, which has no key.</summary>
public sealed record PolicyRow
{
    /// <summary>Name of the bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Null in the table of buckets, and while it is not known yet.</summary>
    public string? Key { get; init; }

    /// <summary>Whether it is a bucket itself, whose name is the bucket's.</summary>
    public bool IsBucket { get; init; }

    /// <summary>
    /// Whether there is no such row. What only a row could tell is not known then, and nothing matches it, <c>exists</c> neither: a
    /// rule lets a call through that asks for what is missing only if it would do so whatever were there. Else the answer would
    /// tell what is missing from what is hidden.
    /// </summary>
    public bool IsMissing { get; init; }

    /// <summary>Subject that made it; null for none.</summary>
    public string? Owner { get; init; }

    public string? MediaType { get; init; }

    /// <summary>Null when it is not known yet.</summary>
    public long? SizeBytes { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    /// <summary>An object that is not there.</summary>
    /// <param name="bucket">Name of its bucket.</param>
    public static PolicyRow Missing(string bucket, string key) => new() { Bucket = bucket, Key = key, IsMissing = true };

    public static PolicyRow Of(Bucket bucket) => new() { Bucket = bucket.Name, Owner = bucket.Owner, IsBucket = true };

    public static PolicyRow Of(Bucket bucket, StoredObject found) => Of(bucket.Name, found);

    /// <param name="bucket">Name of the object's bucket.</param>
    public static PolicyRow Of(string bucket, StoredObject found) => new()
    {
        Bucket = bucket,
        Key = found.Key,
        Owner = found.Owner,
        MediaType = found.MediaType,
        SizeBytes = found.SizeBytes,
        Metadata = found.Metadata,
    };
}
