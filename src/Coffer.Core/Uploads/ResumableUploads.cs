using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Uploads;

/// <summary>
/// Uploads that come in pieces and survive broken connections and restarts: what <see cref="ResumableUpload.OffsetBytes"/> says is
/// durable. An upload belongs to who began it; the account's service right may continue it, too.
/// </summary>
/// <remarks>
/// Whoever sends takes an offset at the end for success. So the last piece is recorded like every other, but every answer after
/// that first makes the object, or says why it is refused; a refused upload keeps its bytes until it expires and is tried
/// again by whatever asks next, because sending them all again is what this is to spare.
/// </remarks>
public sealed class ResumableUploads(ICatalog catalog, IBlobStore blobs, BucketObjects objects, StoreLimits limits)
{
    /// <summary>A long piece is recorded in stretches, so that a crash takes away no more than the last.</summary>
    private const long StretchBytes = 32 << 20;

    private readonly UploadTurns _turns = new();

    public StoreLimits Limits => limits;

    /// <summary>Begins an upload; one of no bytes is finished at once.</summary>
    /// <exception cref="StoreException">As <see cref="BucketObjects.CheckPutAsync"/>; SignatureInvalid when the link is for another object.</exception>
    public async Task<ResumableUpload> CreateAsync(
        Uploader uploader, PutRequest wanted, long? lengthBytes, CancellationToken cancellationToken)
    {
        if (uploader.Link is { } link && link.Address != wanted.Address)
        {
            throw new StoreException(StoreErrorCode.SignatureInvalid, "this link is for another object");
        }

        PutRequest request = For(uploader, wanted, wanted.Upsert);
        await objects.CheckPiecesAsync(uploader, uploader.Owner, request, lengthBytes, cancellationToken);
        blobs.CheckRoom(lengthBytes);
        var made = new ResumableUpload
        {
            Id = UploadId.New(),
            Account = uploader.Account ?? throw NotFound(),
            UploaderHash = uploader.Hash(),
            Request = request,
            Owner = uploader.Owner,
            LengthBytes = lengthBytes,
            OffsetBytes = 0,
            Blob = await catalog.AnnounceBlobAsync(cancellationToken),
            ExpiresAtMs = catalog.NowMs + (long)limits.ResumableUploadLife.TotalMilliseconds,
        };
        try
        {
            await catalog.AddUploadAsync(made, cancellationToken);
        }
        catch
        {
            await catalog.WithdrawBlobAsync(made.Blob.Value);
            throw;
        }

        return await FinishIfWholeAsync(uploader, made, request);
    }

    /// <summary>How far an upload is. Stops a request that still sends, which may be what is left of a broken connection.</summary>
    /// <exception cref="StoreException">
    /// UploadNotFound, also for the upload of another; UploadGone once it expired; all that <see cref="AppendAsync"/> says when every
    /// byte is there, but the object was not made.
    /// </exception>
    public async Task<ResumableUpload> GetAsync(Uploader uploader, UploadId id, CancellationToken cancellationToken)
    {
        await FindAsync(uploader, id, cancellationToken); // strangers stop nobody
        using UploadTurns.Turn turn = await _turns.TakeAsync(id, cancellationToken);
        ResumableUpload found = await FindAsync(uploader, id, cancellationToken);
        return await FinishIfWholeAsync(uploader, found, found.Request);
    }

    /// <summary>Appends a piece; the last one makes the object. A newer request stops an older one that still sends.</summary>
    /// <param name="lengthBytes">Size of the whole, when it is said only now.</param>
    /// <param name="upsert">Whether this request, like the first, may replace an object. A link says so itself.</param>
    /// <param name="contentLength">Size of the piece in bytes, when the sender says it.</param>
    /// <exception cref="StoreException">
    /// UploadNotFound, UploadGone, WrongOffset, TooLarge, InvalidArgument for another length than before, ContentTruncated, OutOfSpace,
    /// and what <see cref="BucketObjects.CheckPutAsync"/> says; Busy when a newer request took over; Corrupt, which ends the upload.
    /// A body that breaks off keeps what came of it.
    /// </exception>
    public async Task<ResumableUpload> AppendAsync(
        Uploader uploader, UploadId id, long offsetBytes, long? lengthBytes, bool upsert, PipeReader content, long? contentLength,
        CancellationToken cancellationToken)
    {
        await FindAsync(uploader, id, cancellationToken);
        using UploadTurns.Turn turn = await _turns.TakeAsync(id, cancellationToken);
        ResumableUpload upload = await FindAsync(uploader, id, cancellationToken);
        if (offsetBytes != upload.OffsetBytes)
        {
            throw new StoreException(
                StoreErrorCode.WrongOffset, $"the upload has {upload.OffsetBytes} bytes, but the piece begins at {offsetBytes}");
        }

        if (upload.FinishedAs is not null)
        {
            // A sender that asks whether it is finished sends nothing along; one that sends more has another file.
            bool isMore = contentLength != 0 && await new PieceReader(content, cancellationToken).BeginAsync(1);
            return isMore ? throw new StoreException(StoreErrorCode.TooLarge, "the upload is finished: nothing can follow") : upload;
        }

        PutRequest request = For(uploader, upload.Request, upsert);
        long bound = await objects.CheckPiecesAsync(uploader, upload.Owner, request, lengthBytes ?? upload.LengthBytes, cancellationToken);
        upload = await FixLengthAsync(upload, lengthBytes, cancellationToken);
        long mostBytes = (upload.LengthBytes ?? bound) - upload.OffsetBytes;
        if (contentLength > mostBytes)
        {
            throw new StoreException(StoreErrorCode.TooLarge, $"{mostBytes} more bytes can follow, but the piece has {contentLength}");
        }

        blobs.CheckRoom(contentLength);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn.Stopped);
        var piece = new PieceReader(content, stopped.Token);
        upload = await StoreAsync(upload, piece, mostBytes);
        upload = await FinishIfWholeAsync(uploader, upload, request);
        if (upload.FinishedAs is null)
        {
            Explain(turn, piece.Failure, came: upload.OffsetBytes - offsetBytes, contentLength);
        }

        return upload;
    }

    /// <summary>Ends an unfinished upload and frees its bytes.</summary>
    /// <exception cref="StoreException">UploadNotFound, UploadGone; WrongState when it is finished.</exception>
    public async Task AbortAsync(Uploader uploader, UploadId id, CancellationToken cancellationToken)
    {
        await FindAsync(uploader, id, cancellationToken);
        using UploadTurns.Turn turn = await _turns.TakeAsync(id, cancellationToken);
        ResumableUpload upload = await FindAsync(uploader, id, cancellationToken);
        if (upload.FinishedAs is not null)
        {
            throw new StoreException(StoreErrorCode.WrongState, "Cannot terminate an already completed upload");
        }

        await EndAsync(upload);
    }

    private async ValueTask<ResumableUpload> FindAsync(Uploader uploader, UploadId id, CancellationToken cancellationToken)
    {
        ResumableUpload? found = await catalog.FindUploadAsync(id, cancellationToken);
        if (found is null || !uploader.MayContinue(found))
        {
            throw NotFound();
        }

        return found.ExpiresAtMs > catalog.NowMs ? found : throw Gone();
    }

    private static PutRequest For(Uploader uploader, PutRequest request, bool upsert) =>
        request with { Upsert = uploader.Link?.Upsert ?? upsert };

    private async ValueTask<ResumableUpload> FixLengthAsync(ResumableUpload upload, long? lengthBytes, CancellationToken cancellationToken)
    {
        if (lengthBytes is null || lengthBytes == upload.LengthBytes)
        {
            return upload;
        }

        ResumableUpload now = await catalog.FixUploadLengthAsync(upload.Id, lengthBytes.Value, cancellationToken) ?? throw Gone();
        return now.LengthBytes == lengthBytes
            ? now
            : throw new StoreException(StoreErrorCode.InvalidArgument, now.LengthBytes is { } said
                ? $"the upload has {said} bytes in all, as was said before"
                : $"the upload has {now.OffsetBytes} bytes already");
    }

    /// <summary>Makes what comes durable, stretch by stretch. Nothing cancels it: the body's end does.</summary>
    private async Task<ResumableUpload> StoreAsync(ResumableUpload upload, PieceReader piece, long mostBytes)
    {
        BlobId blob = upload.Blob ?? throw Gone();
        long end = upload.OffsetBytes + mostBytes;
        while (await piece.BeginAsync(StretchBytes))
        {
            long offset;
            try
            {
                offset = await blobs.AppendAsync(
                    blob, upload.OffsetBytes, piece, new BlobWrite { MaxBytes = end - upload.OffsetBytes }, CancellationToken.None);
            }
            catch (StoreException damaged) when (damaged.Code is StoreErrorCode.Corrupt)
            {
                await EndAsync(upload); // so that the sender begins anew
                throw;
            }

            if (!await catalog.AdvanceUploadAsync(upload.Id, upload.OffsetBytes, offset, CancellationToken.None))
            {
                await blobs.AbortAsync(blob, CancellationToken.None); // it expired meanwhile
                throw Gone();
            }

            upload = upload with { OffsetBytes = offset };
        }

        return upload;
    }

    private async Task<ResumableUpload> FinishIfWholeAsync(Uploader uploader, ResumableUpload upload, PutRequest request)
    {
        if (upload.FinishedAs is not null || upload.LengthBytes is not { } size || upload.OffsetBytes != size)
        {
            return upload;
        }

        var content = new NewContent { SizeBytes = size, ETag = RandomETag.New() };
        if (size == 0)
        {
            content = content with { Inline = ReadOnlyMemory<byte>.Empty };
        }
        else
        {
            BlobId blob = upload.Blob ?? throw Gone();
            try
            {
                await blobs.SealAsync(blob, size, CancellationToken.None);
            }
            catch (StoreException damaged) when (damaged.Code is StoreErrorCode.Corrupt)
            {
                await EndAsync(upload);
                throw;
            }

            content = content with { Pieces = [new BlobPiece(blob, size)] };
        }

        StoredObject finished = await objects.PutPiecesAsync(
            uploader, upload.Owner, request, size, made => catalog.FinishUploadAsync(upload.Id, made, content, CancellationToken.None));
        return upload with { FinishedAs = finished.Id, Blob = null };
    }

    /// <summary>The row first: a crash before the bytes are gone leaves them to the sweep.</summary>
    private async Task EndAsync(ResumableUpload upload)
    {
        if (await catalog.EndUploadAsync(upload.Id, CancellationToken.None) && upload.Blob is { } blob)
        {
            await blobs.DeleteAsync(blob, CancellationToken.None);
            await blobs.AbortAsync(blob, CancellationToken.None);
            await catalog.ForgetReleasedAsync([blob], CancellationToken.None);
        }
    }

    /// <summary>Says why a piece left the upload unfinished, unless it was all that was sent.</summary>
    private static void Explain(UploadTurns.Turn turn, Exception? failure, long came, long? announced)
    {
        if (failure is not null && turn.IsStopped)
        {
            throw UploadTurns.TakenOver(failure);
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        if (came < announced)
        {
            throw new StoreException(StoreErrorCode.ContentTruncated, $"the body ended after {came} of {announced} bytes");
        }
    }

    private static StoreException NotFound() => new(StoreErrorCode.UploadNotFound, "there is no such upload");

    private static StoreException Gone() => new(StoreErrorCode.UploadGone, "the upload has expired or was ended");
}
