using System.Runtime.CompilerServices;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Writer;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    public Task<CreatedObject> CreateObjectAsync(NewObject made, OnceToken? once, CancellationToken cancellationToken)
    {
        var keyId = Guid.NewGuid();
        return GrowAsync(session => session.Create(made, keyId, once), cancellationToken, made.Metadata?.Json.Length ?? 0);
    }

    public Task<Transition> AttachContentAsync(ObjectId id, NewContent content, CancellationToken cancellationToken) =>
        WriteContentAsync(id, content, (session, body) => session.Attach(id, content, body), cancellationToken);

    public Task<StoredObject> PutObjectAsync(NewObject made, NewContent content, CancellationToken cancellationToken)
    {
        var keyId = Guid.NewGuid();
        return WriteContentAsync(made.Id, content, (session, body) => session.Put(made, keyId, content, body), cancellationToken);
    }

    public Task<StoredObject?> CopyObjectAsync(ObjectId source, NewObject made, CancellationToken cancellationToken)
    {
        var keyId = Guid.NewGuid();
        return GrowAsync(session => session.Copy(source, made, keyId), cancellationToken);
    }

    public Task<StoredObject?> MoveObjectAsync(ObjectMove move, CancellationToken cancellationToken) =>
        GrowAsync(session => session.Move(move), cancellationToken);

    public Task<Transition> SealObjectAsync(ObjectId id, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Seal(id), cancellationToken);

    public Task<Transition> FailObjectAsync(ObjectId id, string? etag, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Fail(id, etag), cancellationToken);

    public Task<Transition> DeleteObjectAsync(ObjectId id, CancellationToken cancellationToken) =>
        _queue.Add(new WriteRequest<Transition>(session => session.Delete(id)) { FreesSpace = true }, cancellationToken);

    public async IAsyncEnumerable<StoredObject> DeleteObjectsAsync(
        IReadOnlyList<ObjectId> ids, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int done = 0; done < ids.Count;)
        {
            ObjectId[] some = [.. ids.Skip(done).Take(WriteSession.TurnRows)];
            (int looked, IReadOnlyList<StoredObject> deleted) = await _queue.Add(
                new WriteRequest<(int, IReadOnlyList<StoredObject>)>(session => session.DeleteMany(some)) { FreesSpace = true },
                cancellationToken);
            done += looked;
            foreach (StoredObject gone in deleted)
            {
                yield return gone;
            }
        }
    }

    public Task<Transition> UpdateObjectAsync(ObjectId id, ObjectChange change, CancellationToken cancellationToken) =>
        change.Metadata is { } metadata
            ? GrowAsync(session => session.Change(id, change), cancellationToken, metadata.Json.Length)
            : WriteAsync(session => session.Change(id, change), cancellationToken); // may end a lifetime, which gives room back

    public ValueTask<StoredObject?> FindObjectAsync(ObjectId id, CancellationToken cancellationToken) =>
        ReadAsync((id, NowMs), static (db, look) => ObjectReads.Find(db, look.id)?.At(look.NowMs), cancellationToken);

    public async ValueTask<FoundAddress> FindAsync(ObjectAddress address, CancellationToken cancellationToken) =>
        await FindBucketAsync(address.Bucket, cancellationToken) is { } bucket
            ? new FoundAddress(bucket, await FindObjectAsync(bucket.Id, address.Key, cancellationToken))
            : default;

    /// <remarks>A bucket's number is never another's, so what comes between is as if the bucket had been read a moment before.</remarks>
    public async ValueTask<OpenedAddress> OpenAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        if (await FindBucketAsync(address.Bucket, cancellationToken) is not { } bucket)
        {
            return default;
        }

        OpenedRow? row = _opened.Find(bucket.Id, address.Key, NowMs, out long commits) is { } kept ? kept : await ReadAsync(
            (Catalog: this, bucket.Id, address.Key, commits),
            static (db, look) => look.Catalog.Open(AddressReads.Open(db, look.Id, look.Key, look.Catalog.NowMs), look.commits),
            cancellationToken);
        return new OpenedAddress(bucket, row);
    }

    public async ValueTask<IReadOnlyList<StoredObject?>> FindObjectsAsync(
        BucketId bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var found = new FoundKeys(keys);
        while (!found.IsFull) // other reads come between
        {
            await ReadAsync(
                (bucket, found, NowMs), static (db, look) => AddressReads.FindMore(db, look.bucket, look.found, look.NowMs), cancellationToken);
        }

        return found.Objects;
    }

    public ValueTask<OpenedRow?> OpenObjectAsync(ObjectId id, CancellationToken cancellationToken) =>
        _opened.Find(id, NowMs, out long commits) is { } kept
            ? new ValueTask<OpenedRow?>(kept)
            : ReadAsync((Catalog: this, id, commits), static (db, look) => look.Catalog.Open(ObjectReads.Open(db, look.id, look.Catalog.NowMs), look.commits), cancellationToken);

    public ValueTask<ObjectPage> ListObjectsAsync(ObjectQuery query, CancellationToken cancellationToken) => query.IsFiltered
        ? new ValueTask<ObjectPage>(_search.PageAsync(query, cancellationToken))
        : ReadAsync((query, NowMs), static (db, look) => ObjectList.Page(db, look.query, look.NowMs), cancellationToken);

    /// <summary>
    /// Live counters of the whole installation, by state. When very much is past its expiry and not yet reaped, it counts as what
    /// it was.
    /// </summary>
    internal ValueTask<IReadOnlyList<StateTotal>> TotalsAsync(CancellationToken cancellationToken) =>
        ReadAsync((Catalog: this, NowMs), static (db, look) => look.Catalog.Totals(db, look.NowMs), cancellationToken);

    public ValueTask<long> CountExpiredAsync(long limit, CancellationToken cancellationToken) =>
        ReadAsync((NowMs, limit), static (db, look) => ObjectReads.CountExpired(db, look.NowMs, look.limit), cancellationToken);

    public ValueTask<long> CountUnreapedAsync(CancellationToken cancellationToken) =>
        ReadAsync(0, static (db, _) => ObjectReads.CountUnreaped(db), cancellationToken);

    public Task<int> ReapExpiredAsync(int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.ReapExpired(limit), freesSpace: true, cancellationToken);

    public Task<int> ReapAbandonedAsync(long madeBeforeMs, int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.ReapAbandoned(madeBeforeMs, limit), freesSpace: true, cancellationToken);

    public Task<int> PurgeTombstonesAsync(long deletedBeforeMs, int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.PurgeTombstones(deletedBeforeMs, limit), freesSpace: true, cancellationToken);

    public Task<int> PurgeOnceTokensAsync(long madeBeforeMs, int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.PurgeOnceTokens(madeBeforeMs, limit), freesSpace: true, cancellationToken);

    /// <summary>Copies and sums inline bytes on the caller's thread, and lets them join a batch only when there is room for them.</summary>
    private async Task<T> WriteContentAsync<T>(
        ObjectId id, NewContent content, Func<WriteSession, InlineContent?, T> write, CancellationToken cancellationToken)
    {
        if (content.Inline is not { } bytes)
        {
            return await GrowAsync(session => write(session, null), cancellationToken);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, InlineMaxBytes, nameof(content));
        ArgumentOutOfRangeException.ThrowIfNotEqual(content.SizeBytes, bytes.Length, nameof(content));
        using InlineContent body = InlineContent.ToStore(id, bytes.Span);
        _space.Check(RowBytes + body.Memory.Length, newFile: false);
        return await _queue.Add(
            new WriteRequest<T>(session => write(session, body)) { SizeBytes = body.Memory.Length }, cancellationToken);
    }

    private ValueTask<StoredObject?> FindObjectAsync(BucketId bucket, string key, CancellationToken cancellationToken) =>
        ReadAsync(
            (bucket, key, NowMs),
            static (db, look) => ObjectReads.Find(db, look.bucket, look.key) is { } row && !row.IsExpired(look.NowMs) ? row.Stored : null,
            cancellationToken);

    private OpenedRow? Open(OpenedContent? found, long commits)
    {
        if (found is not { } opened)
        {
            return null;
        }

        Row row = RowOf(opened);
        if (KeptObject.Of(opened.Object, opened.Inline) is not { } kept)
        {
            return row;
        }

        row.Dispose();
        _opened.Add(kept, commits);
        return kept;
    }

    private Row RowOf(OpenedContent opened)
    {
        if (opened.IsDamaged)
        {
            NoteDamage(opened.Object.Id);
            throw new StoreException(StoreErrorCode.Corrupt, "the object's stored bytes do not match their checksum");
        }

        return new Row(opened.Object, opened.Inline);
    }

    private IReadOnlyList<StateTotal> Totals(Connection db, long nowMs)
    {
        db.Run("BEGIN");
        try
        {
            return _lastTotals = [.. (ObjectReads.Totals(db, account: null, nowMs) ?? ObjectReads.Counters(db, account: null)).Values];
        }
        finally
        {
            db.Run("COMMIT");
        }
    }

    private void NoteDamage(ObjectId? id)
    {
        _meter.CrcFailed();
        Log.InlineCorrupt(_logger, id);
    }

    private sealed class Row(StoredObject found, InlineContent? inline) : OpenedRow(found)
    {
        public override ReadOnlyMemory<byte>? Inline => inline?.Memory;

        protected override void Dispose(bool disposing) => inline?.Dispose();
    }
}
