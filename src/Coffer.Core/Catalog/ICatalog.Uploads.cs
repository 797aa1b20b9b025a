using Coffer.Objects;
using Coffer.Uploads;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>
    /// Adds an upload. Its blob was announced and stays so, over restarts too, until the upload is finished or ended.
    /// </summary>
    Task AddUploadAsync(ResumableUpload made, CancellationToken cancellationToken);

    /// <summary>The upload, past its expiry too; null when there is none or it was ended.</summary>
    ValueTask<ResumableUpload?> FindUploadAsync(UploadId id, CancellationToken cancellationToken);

    /// <summary>Says how long an upload of open length is to be.</summary>
    /// <returns>The upload as it is now, whose length is another one when that was said before; null when there is none.</returns>
    Task<ResumableUpload?> FixUploadLengthAsync(UploadId id, long lengthBytes, CancellationToken cancellationToken);

    /// <summary>Records that the first bytes of an upload are durable in its blob.</summary>
    /// <param name="fromBytes">How many were before.</param>
    /// <returns>False when the upload is gone, finished or elsewhere by now.</returns>
    Task<bool> AdvanceUploadAsync(UploadId id, long fromBytes, long offsetBytes, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="PutObjectAsync"/>, and the upload is finished in the same transaction, so that its object is made once. The upload
    /// keeps its row until it expires.
    /// </summary>
    /// <returns>The object, or its tombstone, when the upload was finished before.</returns>
    /// <exception cref="StoreException">As <see cref="PutObjectAsync"/>; UploadGone when the upload expired or was ended.</exception>
    Task<StoredObject> FinishUploadAsync(UploadId id, NewObject made, NewContent content, CancellationToken cancellationToken);

    /// <summary>Forgets an unfinished upload; its blob is released.</summary>
    /// <returns>False when there is none, or it is finished.</returns>
    Task<bool> EndUploadAsync(UploadId id, CancellationToken cancellationToken);
}
