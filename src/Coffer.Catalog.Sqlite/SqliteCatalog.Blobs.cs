using Coffer.Catalog.Sqlite.Readers;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    public ValueTask<BlobId> AnnounceBlobAsync(CancellationToken cancellationToken)
    {
        BlobId id = _blobIds.Mint();
        _announced.TryAdd(id, 0);
        return new ValueTask<BlobId>(id);
    }

    public ValueTask WithdrawBlobAsync(BlobId id)
    {
        _announced.TryRemove(id, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<BlobId>> FindUnclaimedAsync(IReadOnlyList<BlobId> ids, CancellationToken cancellationToken)
    {
        // The announcements first: one ends only after the row that takes its place is durable, which the read then sees.
        List<BlobId> unannounced = [.. ids.Where(id => !_announced.ContainsKey(id))];
        return ReadAsync(unannounced, BlobReads.Unclaimed, cancellationToken);
    }

    public ValueTask<IReadOnlyList<BlobId>> ReleasedBlobsAsync(
        TimeSpan grace, BlobId? after, int limit, CancellationToken cancellationToken) => ReadAsync(
            (NowMs, GraceMs: (long)grace.TotalMilliseconds, after, limit),
            static (db, look) => BlobReads.Released(db, look.NowMs, look.GraceMs, look.after, look.limit),
            cancellationToken);

    public async Task ForgetReleasedAsync(IReadOnlyList<BlobId> ids, CancellationToken cancellationToken)
    {
        for (int from = 0; from < ids.Count;)
        {
            int at = from;
            from = await UpkeepAsync(session => session.ForgetReleased(ids, at), freesSpace: true, cancellationToken);
        }
    }

    public ValueTask<IReadOnlyList<BlobPiece>> ListBlobsAsync(BlobId? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync((after, limit), static (db, look) => BlobReads.List(db, look.after, look.limit), cancellationToken);

    public ValueTask<InlineCheck> CheckInlineAsync(long after, int limit, CancellationToken cancellationToken) => ReadAsync(
        (Catalog: this, after, limit),
        static (db, look) => BlobReads.CheckInline(db, look.after, look.limit, look.Catalog.NoteDamage),
        cancellationToken);

    internal ValueTask<QueueLengths> QueueLengthsAsync(CancellationToken cancellationToken) =>
        ReadAsync(NowMs, BlobReads.QueueLengths, cancellationToken);
}
