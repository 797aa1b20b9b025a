using Coffer.Blobs;
using Coffer.Objects;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>
    /// Mints a blob id and announces it, so that no sweep touches its bytes until a transaction refers to it or the
    /// announcement ends.
    /// </summary>
    ValueTask<BlobId> AnnounceBlobAsync(CancellationToken cancellationToken);

    /// <summary>Ends an announcement whose bytes were thrown away.</summary>
    ValueTask WithdrawBlobAsync(BlobId id);

    /// <summary>
    /// Of these, the blobs that nothing can claim any more: no object refers to them, no queue holds them, and their
    /// announcement has ended.
    /// </summary>
    ValueTask<IReadOnlyList<BlobId>> FindUnclaimedAsync(IReadOnlyList<BlobId> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Blobs that lost their last object at least <paramref name="grace"/> ago, oldest first; then those that did so in the
    /// future, because the clock was set back since.
    /// </summary>
    /// <param name="after">Begins after this blob, which is still in the queue; null for the beginning.</param>
    ValueTask<IReadOnlyList<BlobId>> ReleasedBlobsAsync(TimeSpan grace, BlobId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Takes blobs out of the release queue after their bytes were removed.</summary>
    Task ForgetReleasedAsync(IReadOnlyList<BlobId> ids, CancellationToken cancellationToken);

    /// <summary>Blobs that objects refer to, in id order.</summary>
    ValueTask<IReadOnlyList<BlobPiece>> ListBlobsAsync(BlobId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Checks the checksums of a stretch of inline contents.</summary>
    /// <param name="after">Where the last call ended; 0 to begin.</param>
    ValueTask<InlineCheck> CheckInlineAsync(long after, int limit, CancellationToken cancellationToken);
}

/// <param name="Last">Where it ended; null when the end was reached.</param>
/// <param name="Contents">How many contents were read.</param>
/// <param name="Bad">How many of them do not match their checksum.</param>
/// <param name="SizeBytes">How many bytes were read.</param>
public readonly record struct InlineCheck(long? Last, int Contents, int Bad, long SizeBytes);
