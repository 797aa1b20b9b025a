using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>Adds a bucket.</summary>
    /// <param name="bucket">Its id is ignored.</param>
    /// <returns>The bucket with its id; null when its name is taken, or what it is shown as in its account.</returns>
    Task<Bucket?> AddBucketAsync(Bucket bucket, CancellationToken cancellationToken);

    /// <summary>Replaces a bucket's public flag, size limit and media types.</summary>
    Task UpdateBucketAsync(Bucket bucket, CancellationToken cancellationToken);

    /// <summary>Changes a bucket as it is by then, so that two changes of different members both count.</summary>
    /// <returns>The bucket as it is now; null when it is gone.</returns>
    Task<Bucket?> ChangeBucketAsync(BucketId id, BucketChange change, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a bucket without live objects; that there are none is judged in the transaction that removes it. Its id names no
    /// other bucket ever, so a write that was judged before finds it gone; its name is free at once.
    /// </summary>
    Task<BucketRemoval> DeleteBucketAsync(BucketId id, CancellationToken cancellationToken);

    /// <summary>Never stale: a change that was answered is seen.</summary>
    ValueTask<Bucket?> FindBucketAsync(string name, CancellationToken cancellationToken);

    /// <summary>An account's buckets by name.</summary>
    ValueTask<IReadOnlyList<Bucket>> ListBucketsAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>What a bucket holds at this moment.</summary>
    /// <param name="limit">Counts no further than this.</param>
    ValueTask<BucketExtent> MeasureBucketAsync(BucketId id, long limit, CancellationToken cancellationToken);

    /// <summary>
    /// Turns READ_ONLY objects of a bucket into tombstones: one short turn that may be repeated; requests come between the turns.
    /// </summary>
    /// <param name="upTo">Objects that were written since this was measured stay.</param>
    /// <param name="after">The key at which the last turn ended; null to begin.</param>
    /// <returns>The key at which this turn ended; null when the end was reached.</returns>
    Task<string?> EmptyBucketAsync(BucketId id, BucketExtent upTo, string? after, CancellationToken cancellationToken);
}

/// <summary>How far a bucket reaches.</summary>
/// <param name="Objects">How many live objects it has.</param>
/// <param name="Last">A mark behind the newest of them; whatever is written later lies behind it.</param>
public readonly record struct BucketExtent(long Objects, long Last);

/// <summary>The outcome of a bucket's removal.</summary>
public enum BucketRemoval
{
    Removed,

    /// <summary>There is no such bucket.</summary>
    Missing,

    /// <summary>It has live objects.</summary>
    NotEmpty,

    /// <summary>It is where its account's Objects dialect keeps what it makes, and lives as long as the account.</summary>
    Kept,
}
