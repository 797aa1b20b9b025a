#pragma warning disable CS9113, MA0025
using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Policies;

namespace Coffer.Objects;

/// <summary>
/// Objects by bucket and key, for every dialect: decides who may, orders catalog and blob store, and answers only for what is
/// durable. What is hidden, of another account or missing looks the same.
/// </summary>
public sealed partial class BucketObjects(ICatalog catalog, IBlobStore blobs, PolicyGate policies, StoreLimits limits, CoarseUse use)
{
    public StoreLimits Limits => limits;

    /// <summary>Writes a whole object. What was there becomes a tombstone, or the write is refused.</summary>
    /// <exception cref="StoreException">
    /// BucketNotFound, InvalidKey, InvalidMediaType (the bucket does not take it), TooLarge, AccessDenied, ObjectExists, ContentTruncated, OutOfSpace.
    /// </exception>
    public Task<StoredObject> PutAsync(Caller caller, PutRequest wanted, PipeReader content, long? length, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>As <see cref="PutAsync"/>, by a signed link, which says address, owner and whether to replace.</summary>
    public Task<StoredObject> PutSignedAsync(UploadLink link, PutRequest wanted, PipeReader content, long? length, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Judges a write before its first byte: for links that are signed now, and uploads that come in pieces.</summary>
    /// <param name="length">Announced size in bytes; null when it is not known.</param>
    /// <exception cref="StoreException">As <see cref="PutAsync"/>.</exception>
    public Task CheckPutAsync(Caller caller, PutRequest wanted, long? length, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The object; of a public bucket for anybody, else for whom a policy allows it.</summary>
    /// <exception cref="StoreException">BucketNotFound (missing, foreign, or private and nobody asks), ObjectNotFound.</exception>
    public ValueTask<StoredObject> GetAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The object of a public bucket, for anybody.</summary>
    /// <exception cref="StoreException">BucketNotFound, also when it is not public; ObjectNotFound.</exception>
    public ValueTask<StoredObject> GetPublicAsync(ObjectAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>As <see cref="GetAsync"/>, with the bytes.</summary>
    /// <exception cref="StoreException">BucketNotFound, ObjectNotFound, Corrupt.</exception>
    public ValueTask<OpenObject> OpenAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>As <see cref="GetPublicAsync"/>, with the bytes.</summary>
    public ValueTask<OpenObject> OpenPublicAsync(ObjectAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The bytes that a signed link leads to; policies were asked when it was signed.</summary>
    /// <exception cref="StoreException">ObjectNotFound, BucketNotFound, Corrupt.</exception>
    public ValueTask<OpenObject> OpenSignedAsync(DownloadLink link, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Which of these keys exist and may be read by the caller; for signing many links at once.</summary>
    public ValueTask<IReadOnlyList<bool>> AreReadableAsync(Caller caller, string bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <exception cref="StoreException">BucketNotFound, ObjectNotFound; AccessDenied when it is there and may be seen, but not deleted.</exception>
    public Task<StoredObject> DeleteAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes what is there and may be deleted.</summary>
    /// <returns>The objects that were deleted, as they were before, in the order of <paramref name="keys"/>.</returns>
    public Task<IReadOnlyList<StoredObject>> DeleteManyAsync(Caller caller, string bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Gives an object another key, or another bucket of the account, by rows alone. It keeps its key id and its time of creation, and gets a new version and owner.</summary>
    /// <exception cref="StoreException">BucketNotFound, DestinationBucketNotFound, ObjectNotFound, ObjectExists, InvalidKey, AccessDenied, TooLarge, InvalidMediaType.</exception>
    public Task<StoredObject> MoveAsync(Caller caller, ObjectAddress source, ObjectAddress destination, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes a second object with the same bytes, which are shared, not copied.</summary>
    /// <exception cref="StoreException">As <see cref="MoveAsync"/>.</exception>
    public Task<StoredObject> CopyAsync(Caller caller, CopyRequest wanted, CancellationToken cancellationToken) => throw new NotImplementedException();
}
