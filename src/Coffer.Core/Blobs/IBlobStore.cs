using System.IO.Pipelines;

namespace Coffer.Blobs;

/// <summary>
/// Keeps immutable byte sequences under ids that a catalog announced. Safe to call from many requests at once.
/// A blob exists once its write returned; a staged blob becomes one when it is sealed. Every block carries a CRC32C
/// that is checked before the block leaves the store.
/// </summary>
public interface IBlobStore
{
    /// <summary>Stores everything in <paramref name="content"/> as one blob.</summary>
    /// <param name="id">An id not used before.</param>
    /// <returns>Size in bytes and digests. The bytes are durable once this returns.</returns>
    /// <exception cref="StoreException">
    /// TooLarge past <see cref="BlobWrite.MaxBytes"/>; ContentTruncated when the content ends short of
    /// <see cref="BlobWrite.Length"/>; OutOfSpace. Like a cancelled call, it leaves no blob behind.
    /// </exception>
    Task<BlobReceipt> WriteAsync(BlobId id, PipeReader content, BlobWrite write, CancellationToken cancellationToken);

    /// <summary>Opens a blob for any number of copies; null when there is no such blob.</summary>
    /// <exception cref="StoreException">Corrupt when the blob's own description cannot be trusted.</exception>
    ValueTask<IBlobReader?> OpenAsync(BlobId id, CancellationToken cancellationToken);

    /// <summary>Removes a blob. Readers that are open finish. Removing one that is absent succeeds.</summary>
    Task DeleteAsync(BlobId id, CancellationToken cancellationToken);

    /// <summary>Every blob in id order; staged blobs are not among them.</summary>
    IAsyncEnumerable<BlobId> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Appends to a staged blob, made by its first append. Bytes beyond <paramref name="offset"/>, left by an append that
    /// nobody recorded, are cut off first.
    /// </summary>
    /// <param name="offset">Bytes that the catalog knows to be there; 0 for the first append.</param>
    /// <param name="write">Its sizes count this content alone; digests are not counted.</param>
    /// <returns>The new size in bytes; they are durable once this returns.</returns>
    /// <exception cref="StoreException">As <see cref="WriteAsync"/>; Corrupt when fewer bytes are staged than the offset says.</exception>
    Task<long> AppendAsync(BlobId id, long offset, PipeReader content, BlobWrite write, CancellationToken cancellationToken);

    /// <summary>Turns the first <paramref name="sizeBytes"/> staged bytes into a blob. Sealing a sealed blob again succeeds.</summary>
    Task<BlobReceipt> SealAsync(BlobId id, long sizeBytes, CancellationToken cancellationToken);

    /// <summary>Throws a staged blob away. One that is absent is no error.</summary>
    Task AbortAsync(BlobId id, CancellationToken cancellationToken);

    /// <summary>Every staged blob, in id order.</summary>
    IAsyncEnumerable<BlobId> ListStagedAsync(CancellationToken cancellationToken);

    /// <summary>Refuses when less room than the reserve would be left; called before a body is read.</summary>
    /// <param name="length">Announced size in bytes; null when the sender does not say.</param>
    /// <exception cref="StoreException">OutOfSpace, naming what is short and by how much.</exception>
    void CheckRoom(long? length);

    /// <summary>Whether bytes can be read and, as far as there is room, stored at the moment.</summary>
    ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken);
}

/// <summary>What the writer of a blob knows before the first byte.</summary>
public sealed record BlobWrite
{
    /// <summary>Size in bytes when the sender said it. Space is never reserved from it: a header costs nothing to send.</summary>
    public long? Length { get; init; }

    /// <summary>Largest size in bytes that is accepted, counted while copying.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Which digests to count while copying.</summary>
    public BlobDigests Digests { get; init; }

    /// <summary>The refusal of content that is larger than <see cref="MaxBytes"/>.</summary>
    public StoreException TooLarge() => new(StoreErrorCode.TooLarge, $"the body is larger than the {MaxBytes} bytes that are allowed");
}

/// <summary>Digests that a dialect may need. MD5 costs as much as receiving the bytes.</summary>
[Flags]
public enum BlobDigests
{
    None = 0,
    Md5 = 1,
}

/// <summary>What was stored.</summary>
/// <param name="SizeBytes">Size in bytes.</param>
/// <param name="Md5">MD5 of the bytes, 16 bytes, when it was asked for.</param>
public sealed record BlobReceipt(long SizeBytes, byte[]? Md5);

/// <summary>One open blob. It stays readable until it is disposed, also when the blob is deleted meanwhile.</summary>
public interface IBlobReader : IDisposable
{
    long SizeBytes { get; }

    /// <summary>
    /// Copies a range into <paramref name="destination"/>, flushing as it goes. Nothing of a block is handed over before its
    /// checksum was found right, and nothing at all when the first block is wrong.
    /// </summary>
    /// <exception cref="StoreException">Corrupt: a block does not match its checksum, or bytes are missing.</exception>
    /// <returns>False when the destination's reader went away.</returns>
    ValueTask<bool> CopyToAsync(PipeWriter destination, long offset, long count, CancellationToken cancellationToken);
}
