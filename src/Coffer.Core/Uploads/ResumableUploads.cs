#pragma warning disable CS9113, MA0025
using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Uploads;

/// <summary>Names an upload: 128 random bits, which are all that guards it between callers without a name of their own.</summary>
public readonly record struct UploadId(UInt128 Value);

/// <summary>An upload that comes in pieces.</summary>
public sealed record ResumableUpload
{
    public required UploadId Id { get; init; }

    public required PutRequest Request { get; init; }

    /// <summary>Size in bytes of the whole; null while it is not known.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>How many bytes are there for good.</summary>
    public required long OffsetBytes { get; init; }

    public required long ExpiresAtMs { get; init; }

    /// <summary>Set once the upload is finished.</summary>
    public StoredObject? Finished { get; init; }
}

/// <summary>
/// Uploads that come in pieces and survive broken connections and restarts: what <see cref="ResumableUpload.OffsetBytes"/> says is
/// durable. An upload belongs to who made it.
/// </summary>
public sealed class ResumableUploads(ICatalog catalog, IBlobStore blobs, BucketObjects objects, StoreLimits limits)
{
    /// <summary>Begins an upload.</summary>
    /// <exception cref="StoreException">As <see cref="BucketObjects.CheckPutAsync"/>.</exception>
    public Task<ResumableUpload> CreateAsync(Uploader uploader, PutRequest wanted, long? lengthBytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <exception cref="StoreException">UploadNotFound, also for the upload of another; UploadGone once it expired.</exception>
    public ValueTask<ResumableUpload> GetAsync(Uploader uploader, UploadId id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Appends a piece; the last one makes the object. A newer request stops an older one that still sends.</summary>
    /// <param name="lengthBytes">Size of the whole, when it is said only now.</param>
    /// <param name="upsert">Whether this request, like the first, may replace an object.</param>
    /// <param name="contentLength">Size of the piece in bytes, when the sender says it.</param>
    /// <exception cref="StoreException">
    /// UploadNotFound, UploadGone, WrongOffset, TooLarge, and what <see cref="BucketObjects.CheckPutAsync"/> says at the finish.
    /// A body that breaks off keeps what came of it.
    /// </exception>
    public Task<ResumableUpload> AppendAsync(
        Uploader uploader, UploadId id, long offsetBytes, long? lengthBytes, bool upsert, PipeReader content, long? contentLength,
        CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends an unfinished upload and frees its bytes.</summary>
    /// <exception cref="StoreException">UploadNotFound, WrongState when it is finished.</exception>
    public Task AbortAsync(Uploader uploader, UploadId id, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>Who sends an upload: a caller, or the bearer of a signed link.</summary>
/// <param name="Caller">Nobody for a link.</param>
/// <param name="Link">Null for a caller.</param>
/// <param name="Token">The text of the link's token; null for a caller.</param>
public sealed record Uploader(Caller Caller, UploadLink? Link = null, string? Token = null);
