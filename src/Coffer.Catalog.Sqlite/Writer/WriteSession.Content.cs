namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public int ForgetReleased(IReadOnlyList<BlobId> ids, int from)
    {
        int end = Math.Min(ids.Count, from + TurnRows);
        for (int i = from; i < end; i++)
        {
            using Statement forget = Db.Prepared("DELETE FROM released_blob WHERE id = ?");
            forget.Bind(1, ids[i].Value).Run();
        }

        return end;
    }

    /// <summary>Refuses, before anything is changed, blobs whose bytes may be swept.</summary>
    private void RequireClaimable(IReadOnlyList<BlobPiece> pieces)
    {
        foreach (BlobPiece piece in pieces)
        {
            if (!announced.ContainsKey(piece.Blob) && !_handedOver.Contains(piece.Blob) && !IsReferredTo(piece.Blob))
            {
                throw new StoreException(StoreErrorCode.Corrupt, "the bytes are no longer announced and may be gone; upload them again");
            }
        }
    }

    private bool IsReferredTo(BlobId blob)
    {
        using Statement find = Db.Prepared("SELECT 1 FROM blob WHERE id = ?");
        return find.Bind(1, blob.Value).Step();
    }

    private void StoreInline(long n, InlineContent? body)
    {
        if (body is not null)
        {
            using Statement insert = Db.Prepared("INSERT INTO inline_content (object, body) VALUES (?, ?)");
            insert.Bind(1, n).Run(2, body.Memory.Span);
        }
    }

    private void ClaimPieces(NewContent content)
    {
        foreach (BlobPiece piece in content.Pieces)
        {
            Claim(piece);
        }
    }

    /// <summary>Refers to a blob: one that others refer to already, or one that was announced.</summary>
    private void Claim(BlobPiece piece)
    {
        using Statement share = Db.Prepared("UPDATE blob SET refs = refs + 1 WHERE id = ?");
        if (share.Bind(1, piece.Blob.Value).Run() == 1)
        {
            return;
        }

        // An announcement serves once: two rows of one batch cannot both claim what the first has released again.
        if (!_handedOver.Remove(piece.Blob) && (!announced.ContainsKey(piece.Blob) || _claimed.Contains(piece.Blob)))
        {
            throw new StoreException(StoreErrorCode.Corrupt, "the bytes are no longer announced and may be gone; upload them again");
        }

        using Statement insert = Db.Prepared("INSERT INTO blob (id, size_bytes, refs) VALUES (?, ?, 1)");
        insert.Bind(1, piece.Blob.Value).Bind(2, piece.SizeBytes).Run();
        _claimed.Add(piece.Blob);
    }

    private void ReleaseContent(ObjectRow row)
    {
        if (row.IsInline)
        {
            using Statement delete = Db.Prepared("DELETE FROM inline_content WHERE object = ?");
            delete.Bind(1, row.N).Run();
            RemovedInlineBytes = true;
        }

        foreach (BlobPiece piece in row.Stored.Pieces)
        {
            Release(piece.Blob);
        }
    }

    private void Release(BlobId blob)
    {
        using Statement share = Db.Prepared("UPDATE blob SET refs = refs - 1 WHERE id = ? AND refs > 1");
        if (share.Bind(1, blob.Value).Run() == 1)
        {
            return;
        }

        using Statement delete = Db.Prepared("DELETE FROM blob WHERE id = ?");
        if (delete.Bind(1, blob.Value).Run() == 1)
        {
            Enqueue(blob);
        }
    }

    private void Enqueue(BlobId released)
    {
        using Statement enqueue = Db.Prepared("INSERT INTO released_blob (id, released_ms) VALUES (?, ?)");
        enqueue.Bind(1, released.Value).Bind(2, NowMs).Run();
    }
}
