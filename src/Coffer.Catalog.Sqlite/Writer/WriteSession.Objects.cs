using System.Diagnostics;
using Coffer.Catalog.Sqlite.Readers;

namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public CreatedObject Create(NewObject made, Guid keyId, OnceToken? once)
    {
        if (once is not null && FindOnce(once) is { } first)
        {
            return new CreatedObject(first, WasMade: false);
        }

        StoredObject row = NewRow(made, keyId) with { State = ObjectState.Uploading };
        if (TryInsert(row, content: null) is null)
        {
            ObjectRow taken = FindTaken(made);
            if (!taken.IsExpired(NowMs))
            {
                throw KeyIsTaken();
            }

            Bury(taken);
            Insert(row, content: null);
        }

        if (once is not null)
        {
            Remember(once, made.Id.Value);
        }

        return new CreatedObject(row, WasMade: true);
    }

    public StoredObject Put(NewObject made, Guid keyId, NewContent content, InlineContent? body)
    {
        RequireBucket(made.Bucket);
        RequireClaimable(content.Pieces);
        StoredObject row = NewRow(made, keyId) with
        {
            State = ObjectState.ReadOnly,
            SizeBytes = content.SizeBytes,
            ETag = content.ETag,
            Pieces = content.Pieces,
        };
        RequireSeen(made);
        return Write(row, made, content, body);
    }

    public Transition Attach(ObjectId id, NewContent content, InlineContent? body)
    {
        if (Find(id) is not { } row)
        {
            return new Transition(Happened: false, Object: null);
        }

        long nowMs = NowMs;
        if (row.At(nowMs).State != ObjectState.Uploading || (content.Replaces is { } seen && seen.ETag != row.Stored.ETag))
        {
            return new Transition(Happened: false, row.At(nowMs));
        }

        RequireClaimable(content.Pieces);
        ClaimPieces(content);
        ReleaseContent(row);
        StoredObject attached = row.Stored with
        {
            SizeBytes = content.SizeBytes,
            ETag = content.ETag,
            Pieces = content.Pieces,
            UpdatedAtMs = nowMs,
        };
        Update(row, attached, content.Inline is null ? ObjectRow.PackPieces(content.Pieces) : null);
        StoreInline(row.N, body);
        return new Transition(Happened: true, attached);
    }

    public Transition Seal(ObjectId id) => Change(
        id,
        static row => row is { State: ObjectState.Uploading, SizeBytes: not null },
        static row => row with { State = ObjectState.ReadOnly });

    public Transition Change(ObjectId id, ObjectChange change) => Change(
        id,
        static row => row.State is ObjectState.Uploading or ObjectState.ReadOnly,
        row => row with
        {
            Name = change.Name ?? row.Name,
            Metadata = change.ClearMetadata ? null : change.Metadata ?? row.Metadata,
            IsPublic = change.IsPublic ?? row.IsPublic,
            ExpiresAtMs = change.ClearExpiry ? null : change.ExpiresAtMs ?? row.ExpiresAtMs,
        });

    public Transition Fail(ObjectId id, string? etag)
    {
        if (Find(id) is not { } row)
        {
            return new Transition(Happened: false, Object: null);
        }

        long nowMs = NowMs;
        if (row.At(nowMs).State != ObjectState.Uploading || row.Stored.ETag != etag)
        {
            return new Transition(Happened: false, row.At(nowMs));
        }

        ReleaseContent(row);
        StoredObject failed = row.Stored with
        {
            State = ObjectState.Error,
            SizeBytes = null,
            ETag = null,
            Pieces = [],
            UpdatedAtMs = nowMs,
        };
        Update(row, failed, pieces: null);
        return new Transition(Happened: true, failed);
    }

    public Transition Delete(ObjectId id)
    {
        if (Find(id) is not { } row)
        {
            return new Transition(Happened: false, Object: null);
        }

        if (row.Stored.State == ObjectState.Deleted)
        {
            return new Transition(Happened: false, row.Stored);
        }

        bool wasExpired = row.IsExpired(NowMs);
        return new Transition(Happened: !wasExpired, Bury(row));
    }

    /// <returns>How many ids it looked at, which is all of them unless the objects have much metadata; and what it deleted.</returns>
    public (int Looked, IReadOnlyList<StoredObject> Deleted) DeleteMany(ReadOnlySpan<ObjectId> ids)
    {
        var deleted = new List<StoredObject>();
        var text = new TextBudget();
        int looked = 0;
        for (; looked < ids.Length && !text.IsSpent; looked++)
        {
            if (Find(ids[looked]) is { } row && row.At(NowMs).State is ObjectState.ReadOnly)
            {
                deleted.Add(row.Stored);
                text.Spend(row.Stored);
                Bury(row);
            }
        }

        return (looked, deleted);
    }

    public int ReapExpired(int limit)
    {
        List<long> rows;
        using (Statement expired = Db.Prepared(
            """
            SELECT n FROM object INDEXED BY object_expiry
            WHERE state <> 3 AND expires_ms <= ? ORDER BY expires_ms LIMIT ?
            """))
        {
            rows = Collect(expired.Bind(1, NowMs).Bind(2, Math.Min(limit, TurnRows)));
        }

        return InOneTurn(rows, row => Bury(row));
    }

    public int ReapAbandoned(long madeBeforeMs, int limit)
    {
        List<long> rows;
        using (Statement abandoned = Db.Prepared(
            """
            SELECT o.n FROM account AS a CROSS JOIN object AS o INDEXED BY object_uploading
            WHERE o.state = 1 AND o.account = a.id AND o.id < ? LIMIT ?
            """))
        {
            UInt128 firstKept = (UInt128)(ulong)Math.Max(0, madeBeforeMs) << 80;
            rows = Collect(abandoned.Bind(1, firstKept).Bind(2, Math.Min(limit, TurnRows)));
        }

        return InOneTurn(rows, row => Bury(row));
    }

    public int PurgeTombstones(long deletedBeforeMs, int limit)
    {
        List<long> rows;
        using (Statement old = Db.Prepared(
            """
            SELECT n FROM object INDEXED BY object_purge
            WHERE state = 3 AND updated_ms < ? ORDER BY updated_ms LIMIT ?
            """))
        {
            rows = Collect(old.Bind(1, deletedBeforeMs).Bind(2, Math.Min(limit, TurnRows)));
        }

        return InOneTurn(rows, row =>
        {
            using Statement purge = Db.Prepared("DELETE FROM object WHERE n = ?");
            purge.Bind(1, row.N).Run();
            Count(row.Stored, -1);
        });
    }

    public int PurgeOnceTokens(long madeBeforeMs, int limit)
    {
        using Statement purge = Db.Prepared(
            """
            DELETE FROM once_token WHERE (account, token) IN
              (SELECT account, token FROM once_token WHERE made_ms < ? ORDER BY made_ms LIMIT ?)
            """);
        return purge.Bind(1, madeBeforeMs).Bind(2, Math.Min(limit, TurnRows)).Run();
    }

    /// <summary>Adds a READ_ONLY row with its content; one that has its key becomes a tombstone.</summary>
    private StoredObject Write(StoredObject row, NewObject made, NewContent content, InlineContent? body)
    {
        if (TryInsert(row, content) is { } n)
        {
            ClaimPieces(content);
            StoreInline(n, body);
            return row;
        }

        ObjectRow taken = FindTaken(made);
        row = Succeeding(row, made, taken);
        ClaimPieces(content); // before the old ones are released: they may be the same
        Bury(taken);
        StoreInline(Insert(row, content), body);
        return row;
    }

    private StoredObject NewRow(NewObject made, Guid keyId) => new()
    {
        Id = made.Id,
        Account = made.Account,
        Bucket = made.Bucket,
        Key = made.Key,
        KeyId = keyId,
        KeyCreatedAtMs = made.Id.CreatedAtMs,
        Name = made.Name,
        State = ObjectState.Uploading,
        Class = made.Class,
        MediaType = made.MediaType,
        CacheControl = made.CacheControl,
        ContentEncoding = made.ContentEncoding,
        RobotsTag = made.RobotsTag,
        Metadata = made.Metadata,
        Owner = made.Owner,
        IsPublic = made.IsPublic,
        ExpiresAtMs = made.ExpiresAtMs,
        UpdatedAtMs = NowMs,
    };

    /// <summary>None when its tombstone was purged: then a new one is made.</summary>
    private StoredObject? FindOnce(OnceToken once) => FindOnceId(once) is { } id ? Find(new ObjectId(id))?.At(NowMs) : null;

    private void Remember(OnceToken once, UInt128 id)
    {
        using Statement remember = Db.Prepared(
            "INSERT OR REPLACE INTO once_token (account, token, digest, object, made_ms) VALUES (?, ?, ?, ?, ?)");
        remember.Bind(1, once.Account.Value).Bind(2, once.Token).Bind(3, once.Digest).Bind(4, id).Bind(5, NowMs).Run();
    }

    /// <summary>What the first call with this request id made.</summary>
    private UInt128? FindOnceId(OnceToken once)
    {
        using Statement find = Db.Prepared("SELECT digest, object FROM once_token WHERE account = ? AND token = ?");
        if (!find.Bind(1, once.Account.Value).Bind(2, once.Token).Step())
        {
            return null;
        }

        if (!find.Blob(0).SequenceEqual(once.Digest))
        {
            throw new StoreException(StoreErrorCode.RequestIdReused, "this request id came before with another body");
        }

        return find.Number128(1);
    }

    private ObjectRow? Find(ObjectId id)
    {
        using Statement find = Db.Prepared($"SELECT {ObjectRow.Columns} FROM object AS o WHERE o.id = ?");
        return find.Bind(1, id.Value).Step() ? ObjectRow.Read(find) : null;
    }

    private ObjectRow? Find(BucketId bucket, string key)
    {
        using Statement find = Db.Prepared(
            $"SELECT {ObjectRow.Columns} FROM object AS o WHERE o.bucket = ? AND o.key = ? AND o.state <> 3");
        return find.Bind(1, bucket.Value).Bind(2, key).Step() ? ObjectRow.Read(find) : null;
    }

    /// <summary>Refuses, before anything is changed, a write that was judged by what is not there any more.</summary>
    private void RequireSeen(NewObject made)
    {
        if (made.Seen is { } seen && (Find(made.Bucket, made.Key) is { } there && !there.IsExpired(NowMs) ? there.Stored.Id : null) != seen.Id)
        {
            throw new StoreException(StoreErrorCode.PreconditionFailed, "the object changed while this write was on its way");
        }
    }

    /// <summary>The row as it follows on the one that has its key.</summary>
    private StoredObject Succeeding(StoredObject row, NewObject made, ObjectRow taken)
    {
        if (taken.IsExpired(NowMs))
        {
            return row;
        }

        return made.OnlyIfAbsent || taken.Stored.IsKeyedById
            ? throw KeyIsTaken()
            : row with { KeyId = taken.Stored.KeyId, KeyCreatedAtMs = taken.Stored.KeyCreatedAtMs };
    }

    /// <summary>Refuses a bucket that was deleted after the write was judged.</summary>
    private void RequireBucket(BucketId bucket)
    {
        using Statement find = Db.Prepared("SELECT 1 FROM bucket WHERE id = ? AND deleted_ms IS NULL");
        if (!find.Bind(1, bucket.Value).Step())
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, "the bucket is gone");
        }
    }

    /// <summary>The numbers of the rows that a turn is to touch: they are in the index, and each row is read only when its time comes.</summary>
    private static List<long> Collect(Statement statement)
    {
        var rows = new List<long>();
        while (statement.Step())
        {
            rows.Add(statement.Integer(0));
        }

        return rows;
    }

    /// <summary>The row that was in the way of an insert.</summary>
    private ObjectRow FindTaken(NewObject made) => Find(made.Bucket, made.Key) ?? throw new UnreachableException();

    private static StoreException KeyIsTaken() => new(StoreErrorCode.ObjectExists, "an object with this key exists");

    private long Insert(StoredObject row, NewContent? content) => TryInsert(row, content) ?? throw new UnreachableException();

    /// <summary>Adds a row and counts it.</summary>
    /// <returns>Its number; null when a live row has its key.</returns>
    private long? TryInsert(StoredObject row, NewContent? content)
    {
        using Statement insert = Db.Prepared(
            """
            INSERT INTO object (id, account, bucket, key, key_id, key_created_ms, name, state, size_bytes, etag, class, media_type,
              cache_control, content_encoding, metadata, owner, public, updated_ms, expires_ms, pieces,
              robots_tag)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (bucket, key) WHERE state <> 3 DO NOTHING
            """);
        insert.Bind(1, row.Id.Value).Bind(2, row.Account.Value).Bind(3, row.Bucket.Value).Bind(4, row.Key).Bind(5, row.KeyId)
            .Bind(6, row.KeyCreatedAtMs).Bind(7, row.Name).Bind(8, (long)row.State).Bind(9, row.SizeBytes).Bind(10, row.ETag)
            .Bind(11, (long)row.Class).Bind(12, row.MediaType).Bind(13, row.CacheControl).Bind(14, row.ContentEncoding)
            .Bind(15, row.Metadata?.Json).Bind(16, row.Owner).Bind(17, row.IsPublic).Bind(18, row.UpdatedAtMs).Bind(19, row.ExpiresAtMs)
            .Bind(21, row.RobotsTag);
        if (content is null or { Inline: not null })
        {
            insert.BindNull(20);
        }
        else
        {
            insert.Bind(20, ObjectRow.PackPieces(content.Pieces));
        }

        if (insert.Run() == 0)
        {
            return null;
        }

        Count(row, 1);
        return Db.LastRowId;
    }

    /// <summary>One UPDATE that names the expected state, of an object that has not expired.</summary>
    private Transition Change(ObjectId id, Func<StoredObject, bool> allowed, Func<StoredObject, StoredObject> change)
    {
        long nowMs = NowMs;
        if (Find(id) is not { } row)
        {
            return new Transition(Happened: false, Object: null);
        }

        StoredObject seen = row.At(nowMs);
        if (!allowed(seen))
        {
            return new Transition(Happened: false, seen);
        }

        StoredObject changed = change(seen) with { UpdatedAtMs = nowMs };
        using Statement update = Db.Prepared(
            """
            UPDATE object SET name = ?3, state = ?4, metadata = ?5, public = ?6, updated_ms = ?7, expires_ms = ?8
            WHERE n = ?1 AND state = ?2
            """);
        update.Bind(1, row.N).Bind(2, (long)seen.State).Bind(3, changed.Name).Bind(4, (long)changed.State)
            .Bind(5, changed.Metadata?.Json).Bind(6, changed.IsPublic).Bind(7, changed.UpdatedAtMs).Bind(8, changed.ExpiresAtMs).Run();
        Count(seen, -1);
        Count(changed, 1);
        return new Transition(Happened: true, (row with { Stored = changed }).At(nowMs));
    }

    /// <summary>Changes state and content, and the counters with them.</summary>
    private void Update(ObjectRow before, StoredObject after, byte[]? pieces)
    {
        using Statement update = Db.Prepared(
            "UPDATE object SET state = ?3, size_bytes = ?4, etag = ?5, updated_ms = ?6, pieces = ?7 WHERE n = ?1 AND state = ?2");
        update.Bind(1, before.N).Bind(2, (long)before.Stored.State).Bind(3, (long)after.State).Bind(4, after.SizeBytes)
            .Bind(5, after.ETag).Bind(6, after.UpdatedAtMs);
        _ = pieces is null ? update.BindNull(7) : update.Bind(7, pieces);
        update.Run();
        Count(before.Stored, -1);
        Count(after, 1);
    }

    /// <summary>Turns a row into a tombstone. One past its expiry gets the moment of its expiry, as reads showed it.</summary>
    private StoredObject Bury(ObjectRow row)
    {
        long nowMs = NowMs;
        ReleaseContent(row);
        StoredObject tombstone = row.Tombstone(row.IsExpired(nowMs) ? row.ExpiryTombstoneMs : nowMs);
        Update(row, tombstone, pieces: null);
        return tombstone;
    }
}
