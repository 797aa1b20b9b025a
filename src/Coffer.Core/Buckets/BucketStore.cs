#pragma warning disable CS9113, MA0025
using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;
using Coffer.Policies;

namespace Coffer.Buckets;

/// <summary>Buckets, for every dialect: decides who may, and answers only for what is durable.</summary>
public sealed class BucketStore(ICatalog catalog, PolicyGate policies, StoreLimits limits)
{
    /// <summary>Makes a bucket in the caller's account.</summary>
    /// <exception cref="StoreException">AccessDenied, InvalidArgument (InvalidBucketName, InvalidMediaType), TooLarge for a limit above the installation's, BucketExists.</exception>
    public Task<Bucket> CreateAsync(Caller caller, BucketDraft wanted, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <exception cref="StoreException">BucketNotFound, the same for hidden, foreign and missing.</exception>
    public ValueTask<Bucket> GetAsync(Caller caller, string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The account's buckets that the caller may select.</summary>
    public ValueTask<IReadOnlyList<Bucket>> ListAsync(Caller caller, BucketQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>From the answer on, a bucket made private opens nothing by URL alone.</summary>
    /// <exception cref="StoreException">BucketNotFound, also when a policy refuses; TooLarge, InvalidArgument.</exception>
    public Task<Bucket> UpdateAsync(Caller caller, string name, BucketChange change, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes an empty bucket.</summary>
    /// <exception cref="StoreException">BucketNotFound, also when a policy refuses; BucketNotEmpty.</exception>
    public Task DeleteAsync(Caller caller, string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes every object that is in the bucket when the call begins; the bytes go later. For the service right only.</summary>
    /// <exception cref="StoreException">AccessDenied, BucketNotFound, BucketTooFull.</exception>
    public Task EmptyAsync(Caller caller, string name, CancellationToken cancellationToken) => throw new NotImplementedException();
}
