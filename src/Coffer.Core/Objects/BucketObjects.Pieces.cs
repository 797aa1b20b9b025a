using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Uploads;

namespace Coffer.Objects;

public sealed partial class BucketObjects
{
    /// <summary>Judges an upload that comes in pieces, before any of its pieces.</summary>
    /// <param name="owner">Subject that is to own the object.</param>
    /// <param name="sizeBytes">Size of the whole; null while it is not known.</param>
    /// <returns>Most bytes that the object may have.</returns>
    /// <exception cref="StoreException">As <see cref="CheckPutAsync"/>.</exception>
    internal async Task<long> CheckPiecesAsync(
        Uploader uploader, string? owner, PutRequest wanted, long? sizeBytes, CancellationToken cancellationToken)
    {
        (Bucket bucket, _) = await JudgePiecesAsync(uploader, owner, wanted, sizeBytes, cancellationToken);
        return BucketRules.MaxBytes(bucket, wanted.Address.Key, limits);
    }

    /// <summary>Makes an object of bytes that are stored already; judges it once more, for days may have passed.</summary>
    /// <param name="commit">The transaction that makes the object.</param>
    /// <exception cref="StoreException">As <see cref="CheckPutAsync"/>; Busy when others never cease to write the key.</exception>
    internal async Task<StoredObject> PutPiecesAsync(
        Uploader uploader, string? owner, PutRequest wanted, long sizeBytes, Func<NewObject, Task<StoredObject>> commit)
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            (_, NewObject made) = await JudgePiecesAsync(uploader, owner, wanted, sizeBytes, CancellationToken.None);
            try
            {
                return await commit(made with { Id = catalog.MintObjectId() });
            }
            catch (StoreException changed) when (changed.Code is StoreErrorCode.PreconditionFailed)
            {
                // another version came in between: whether that one may be replaced is another question
            }
        }

        throw TooContended();
    }

    private async ValueTask<(Bucket Bucket, NewObject Made)> JudgePiecesAsync(
        Uploader uploader, string? owner, PutRequest wanted, long? sizeBytes, CancellationToken cancellationToken)
    {
        var author = new Author(uploader.Account, owner, uploader.Link is null ? uploader.Caller : null);
        FoundAddress there = await catalog.FindAsync(wanted.Address, cancellationToken);
        Bucket bucket = RequireOwn(there.Bucket, author.Account);
        return (bucket, await JudgeAsync(author, wanted, bucket, there.Object, sizeBytes, cancellationToken));
    }
}
