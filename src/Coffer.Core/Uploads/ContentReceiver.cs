using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Uploads;

/// <summary>Takes a body once and puts it where its size belongs: small ones for the catalog's own transaction, others into a blob.</summary>
internal sealed class ContentReceiver(ICatalog catalog, IBlobStore blobs)
{
    /// <returns>Content that is durable or will be with its row. Disposing it throws the bytes away unless they are kept.</returns>
    /// <exception cref="StoreException">TooLarge, ContentTruncated, OutOfSpace.</exception>
    public async Task<ReceivedContent> ReceiveAsync(PipeReader body, BlobWrite write, CancellationToken cancellationToken)
    {
        if (write.Length > write.MaxBytes)
        {
            throw write.TooLarge();
        }

        blobs.CheckRoom(write.Length);
        if (write.Length is null || write.Length <= catalog.InlineMaxBytes)
        {
            ReadResult start = await body.ReadAtLeastAsync(catalog.InlineMaxBytes + 1, cancellationToken);
            if (start.IsCompleted && start.Buffer.Length <= catalog.InlineMaxBytes)
            {
                return Inline(body, start.Buffer, write);
            }

            body.AdvanceTo(start.Buffer.Start); // larger: the blob store reads it again from its first byte
        }

        return await StoreAsync(body, write, cancellationToken);
    }

    private static ReceivedContent Inline(PipeReader body, ReadOnlySequence<byte> buffer, BlobWrite write)
    {
        byte[]? bytes = buffer.Length <= write.MaxBytes ? buffer.ToArray() : null;
        long size = buffer.Length;
        body.AdvanceTo(buffer.End); // also for a refusal: what is not given back keeps the connection from serving on
        if (bytes is null)
        {
            throw write.TooLarge();
        }

        if (write.Length is { } announced && size != announced)
        {
            throw new StoreException(
                StoreErrorCode.ContentTruncated, $"the body has {size} bytes, but {announced} were announced");
        }

        byte[]? md5 = write.Digests.HasFlag(BlobDigests.Md5) ? Md5Of(bytes) : null;
        return new ReceivedContent(
            new NewContent { SizeBytes = bytes.Length, ETag = ETagOf(md5), Inline = bytes }, discard: null);
    }

    private async Task<ReceivedContent> StoreAsync(PipeReader body, BlobWrite write, CancellationToken cancellationToken)
    {
        BlobId id = await catalog.AnnounceBlobAsync(cancellationToken);
        BlobReceipt receipt;
        try
        {
            receipt = await blobs.WriteAsync(id, body, write, cancellationToken);
        }
        catch
        {
            await catalog.WithdrawBlobAsync(id); // a failed write leaves no bytes
            throw;
        }

        var content = new NewContent
        {
            SizeBytes = receipt.SizeBytes,
            ETag = ETagOf(receipt.Md5),
            Pieces = [new BlobPiece(id, receipt.SizeBytes)],
        };
        return new ReceivedContent(content, discard: async () =>
        {
            try
            {
                await blobs.DeleteAsync(id, CancellationToken.None);
            }
            finally
            {
                await catalog.WithdrawBlobAsync(id); // bytes that stay are nobody's: the next sweep finds them
            }
        });
    }

    private static string ETagOf(byte[]? md5) => md5 is not null ? Convert.ToHexStringLower(md5) : RandomETag.New();

#pragma warning disable CA5351 // an entity tag that clients compare, not a protection
    private static byte[] Md5Of(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351
}

/// <summary>Received bytes, kept only when a row refers to them.</summary>
internal sealed class ReceivedContent(NewContent content, Func<Task>? discard) : IAsyncDisposable
{
    private Func<Task>? _discard = discard;

    public NewContent Content { get; } = content;

    /// <summary>Runs the transaction that refers to the bytes.</summary>
    /// <param name="commit">Returns whether a row refers to the bytes now.</param>
    public async Task<T> CommitAsync<T>(Func<NewContent, Task<(bool Kept, T Answer)>> commit)
    {
        try
        {
            (bool kept, T answer) = await commit(Content);
            if (kept)
            {
                _discard = null;
            }

            return answer;
        }
        catch (StoreException failure) when (failure.Code is StoreErrorCode.CatalogFailed)
        {
            _discard = null; // the row may turn out to be there after a restart; if not, that start clears the bytes
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _discard, null) is { } discard)
        {
            await discard();
        }
    }
}
