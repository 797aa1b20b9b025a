namespace Coffer.Catalog.Sqlite.Writer;

/// <remarks>A second row for bytes that are there. Blobs are shared and counted; inline bytes are written once more.</remarks>
internal sealed partial class WriteSession
{
    public StoredObject? Copy(ObjectId source, NewObject made, Guid keyId)
    {
        if (FindReadOnly(source) is not { } from)
        {
            return null;
        }

        RequireBucket(made.Bucket);
        RequireSeen(made);
        using InlineContent? body = InlineOf(from, made.Id);
        StoredObject row = NewRow(made, keyId) with
        {
            State = ObjectState.ReadOnly,
            SizeBytes = from.Stored.SizeBytes,
            ETag = from.Stored.ETag,
            Pieces = from.Stored.Pieces,
        };
        return Write(row, made, ContentOf(from, body), body);
    }

    public StoredObject? Move(ObjectMove move)
    {
        if (FindReadOnly(move.Source) is not { } from)
        {
            return null;
        }

        if (from.Stored.IsKeyedById)
        {
            throw new StoreException(StoreErrorCode.WrongState, "an object of the Objects API keeps its key");
        }

        RequireBucket(move.Bucket);
        ObjectRow? taken = Find(move.Bucket, move.Key);
        if (taken is { } there && !there.IsExpired(NowMs))
        {
            throw KeyIsTaken();
        }

        using InlineContent? body = InlineOf(from, move.Id);
        StoredObject row = from.Stored with
        {
            Id = move.Id,
            Bucket = move.Bucket,
            Key = move.Key,
            Name = move.Key,
            Owner = move.Owner ?? from.Stored.Owner,
            UpdatedAtMs = NowMs,
        };
        NewContent content = ContentOf(from, body);
        ClaimPieces(content); // before the old row lets go of them
        if (taken is { } expired)
        {
            Bury(expired);
        }

        Bury(from);
        StoreInline(Insert(row, content), body);
        return row;
    }

    private ObjectRow? FindReadOnly(ObjectId id) =>
        Find(id) is { } row && row.At(NowMs).State is ObjectState.ReadOnly ? row : null;

    /// <summary>Inline bytes laid out for another row, because their checksum covers its id; null when there are none.</summary>
    private InlineContent? InlineOf(ObjectRow from, ObjectId id)
    {
        if (!from.IsInline)
        {
            return null;
        }

        using Statement find = Db.Prepared("SELECT body FROM inline_content WHERE object = ?");
        if (find.Bind(1, from.N).Step()
            && InlineBody.TryRead(find.Blob(0), from.Stored.Id, from.Stored.SizeBytes ?? 0, out ReadOnlySpan<byte> bytes))
        {
            return InlineContent.ToStore(id, bytes);
        }

        noteDamage(from.Stored.Id);
        throw new StoreException(StoreErrorCode.Corrupt, "the object's stored bytes do not match their checksum");
    }

    private static NewContent ContentOf(ObjectRow from, InlineContent? body) => new()
    {
        SizeBytes = from.Stored.SizeBytes ?? 0,
        ETag = from.Stored.ETag ?? "",
        Inline = body?.Memory, // says only that there is such a body
        Pieces = from.Stored.Pieces,
    };
}
