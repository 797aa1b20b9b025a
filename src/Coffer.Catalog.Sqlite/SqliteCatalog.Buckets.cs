using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Writer;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    /// <summary>By name.</summary>
    private readonly KnownRows<string, Bucket> _buckets = new(capacity: 1000);

    public Task<Bucket?> AddBucketAsync(Bucket bucket, CancellationToken cancellationToken) =>
        GrowAsync(session => session.AddBucket(bucket), cancellationToken);

    public Task UpdateBucketAsync(Bucket bucket, CancellationToken cancellationToken) =>
        _buckets.ChangeAsync(() => WriteAsync(session => Done(() => session.UpdateBucket(bucket)), cancellationToken));

    public Task<Bucket?> ChangeBucketAsync(BucketId id, BucketChange change, CancellationToken cancellationToken) =>
        _buckets.ChangeAsync(() => WriteAsync(session => session.ChangeBucket(id, change), cancellationToken));

    public Task<BucketRemoval> DeleteBucketAsync(BucketId id, CancellationToken cancellationToken) =>
        _buckets.ChangeAsync(() => _queue.Add(
            new WriteRequest<BucketRemoval>(session => session.DeleteBucket(id)) { FreesSpace = true }, cancellationToken));

    public async ValueTask<Bucket?> FindBucketAsync(string name, CancellationToken cancellationToken)
    {
        if (!_buckets.TryFind(name, out Bucket? bucket, out long version))
        {
            bucket = await ReadAsync(name, AccessRows.FindBucket, cancellationToken);
            _buckets.Add(name, bucket, version);
        }

        return bucket;
    }

    public ValueTask<IReadOnlyList<Bucket>> ListBucketsAsync(AccountId account, CancellationToken cancellationToken) =>
        ReadAsync(account, AccessRows.ListBuckets, cancellationToken);

    public ValueTask<BucketExtent> MeasureBucketAsync(BucketId id, long limit, CancellationToken cancellationToken) =>
        ReadAsync((id, limit), static (db, look) => BucketReads.Measure(db, look.id, look.limit), cancellationToken);

    public Task<string?> EmptyBucketAsync(BucketId id, BucketExtent upTo, string? after, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.EmptyBucket(id, upTo, after), freesSpace: true, cancellationToken);
}
