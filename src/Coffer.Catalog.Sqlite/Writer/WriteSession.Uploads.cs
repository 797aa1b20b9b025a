using Coffer.Uploads;

namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public void AddUpload(ResumableUpload made)
    {
        PutRequest request = made.Request;
        using Statement insert = Db.Prepared(
            """
            INSERT INTO upload (id, account, uploader, bucket, key, media_type, cache_control, content_encoding, robots_tag, metadata,
              upsert, owner, length_bytes, offset_bytes, blob, expires_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, made.Id.Value).Bind(2, made.Account.Value).Bind(3, made.UploaderHash.Span).Bind(4, request.Address.Bucket)
            .Bind(5, request.Address.Key).Bind(6, request.MediaType).Bind(7, request.CacheControl).Bind(8, request.ContentEncoding)
            .Bind(9, request.RobotsTag).Bind(10, request.Metadata?.Json).Bind(11, request.Upsert).Bind(12, made.Owner)
            .Bind(13, made.LengthBytes).Bind(14, made.OffsetBytes).Bind(16, made.ExpiresAtMs);
        if (made.Blob is { } blob)
        {
            insert.Bind(15, blob.Value);
            _claimed.Add(blob); // the row takes the place of the announcement
        }
        else
        {
            insert.BindNull(15);
        }

        insert.Run();
    }

    public ResumableUpload? FixUploadLength(UploadId id, long lengthBytes)
    {
        using Statement fix = Db.Prepared("UPDATE upload SET length_bytes = ?2 WHERE id = ?1 AND length_bytes IS NULL AND offset_bytes <= ?2");
        fix.Bind(1, id.Value).Bind(2, lengthBytes).Run();
        return UploadRow.Find(Db, id);
    }

    public bool AdvanceUpload(UploadId id, long fromBytes, long offsetBytes)
    {
        using Statement advance = Db.Prepared(
            "UPDATE upload SET offset_bytes = ?3 WHERE id = ?1 AND offset_bytes = ?2 AND blob IS NOT NULL");
        return advance.Bind(1, id.Value).Bind(2, fromBytes).Bind(3, offsetBytes).Run() == 1;
    }

    public StoredObject FinishUpload(UploadId id, NewObject made, Guid keyId, NewContent content, InlineContent? body)
    {
        long nowMs = NowMs;
        if (UploadRow.Find(Db, id) is not { } upload || upload.ExpiresAtMs <= nowMs)
        {
            throw UploadGone();
        }

        if (upload.FinishedAs is { } before)
        {
            return Find(before)?.At(nowMs) ?? throw UploadGone();
        }

        if (upload.Blob is { } blob)
        {
            _handedOver.Add(blob);
        }

        StoredObject finished = Put(made, keyId, content, body);
        using Statement finish = Db.Prepared("UPDATE upload SET object = ?2, offset_bytes = ?3, blob = NULL WHERE id = ?1");
        finish.Bind(1, id.Value).Bind(2, finished.Id.Value).Bind(3, content.SizeBytes).Run();
        return finished;
    }

    public bool EndUpload(UploadId id)
    {
        if (UploadRow.Find(Db, id) is not { FinishedAs: null } upload)
        {
            return false;
        }

        Forget((id, upload.Blob));
        return true;
    }

    public int ReapUploads(int limit) => InOneTurn(UploadRow.Expired(Db, NowMs, Math.Min(limit, TurnRows)), Forget);

    private void Forget((UploadId Id, BlobId? Blob) upload)
    {
        using Statement delete = Db.Prepared("DELETE FROM upload WHERE id = ?");
        delete.Bind(1, upload.Id.Value).Run();
        if (upload.Blob is { } blob)
        {
            Enqueue(blob);
        }
    }

    private static StoreException UploadGone() => new(StoreErrorCode.UploadGone, "the upload has expired or was ended");
}
