using System.Text;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What every catalog promises. An implementation inherits this and says how it is opened.</summary>
public abstract partial class CatalogConformance : IAsyncLifetime
{
    private int _names;

    /// <summary>The catalog under test; another one after <see cref="ReopenAsync"/>.</summary>
    protected ICatalog Catalog { get; private set; } = null!;

    /// <summary>The account <c>default</c>.</summary>
    protected Account Account { get; private set; } = null!;

    protected static CancellationToken None => CancellationToken.None;

    private BucketId Bucket => Account.ObjectsBucket;

    /// <summary>Opens the catalog of this test: an empty one at first, the same one later.</summary>
    protected abstract Task<ICatalog> OpenAsync();

    /// <summary>Moves the clock by which expiry is judged.</summary>
    protected abstract void MoveClock(TimeSpan by);

    /// <summary>What the catalog tells its metrics of objects.</summary>
    protected abstract Task<IReadOnlyList<(ObjectState State, long Objects, long SizeBytes)>> TotalsAsync();

    /// <summary>What the catalog tells its metrics of what waits for upkeep.</summary>
    protected abstract Task<(long Released, long Expired)> QueueLengthsAsync();

    public virtual async ValueTask InitializeAsync()
    {
        Catalog = await OpenAsync();
        Account = (await Catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = Catalog.NowMs }, None))!;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await Catalog.DisposeAsync();
        Catalog = await OpenAsync();
    }

    protected async Task<Account> AddAccountAsync(string name) =>
        (await Catalog.AddAccountAsync(new Account { Name = name, CreatedAtMs = Catalog.NowMs }, None))!;

    protected async Task<Bucket> AddBucketAsync(string name) => (await Catalog.AddBucketAsync(
        new Bucket { Account = Account.Id, Name = name, CreatedAtMs = Catalog.NowMs, UpdatedAtMs = Catalog.NowMs }, None))!;

    /// <summary>As the Objects dialect makes them: the id is the key.</summary>
    protected NewObject NewObject(string? name = null, Account? account = null)
    {
        ObjectId id = Catalog.MintObjectId();
        account ??= Account;
        return new NewObject
        {
            Id = id,
            Account = account.Id,
            Bucket = account.ObjectsBucket,
            Key = id.ToString(),
            Name = name ?? $"object {++_names}",
        };
    }

    protected NewObject NewKeyed(string key, BucketId? bucket = null) => NewObject(key) with { Key = key, Bucket = bucket ?? Bucket };

    protected static NewContent Inline(string text, string? etag = null) => Inline(Encoding.UTF8.GetBytes(text), etag);

    protected static NewContent Inline(byte[] bytes, string? etag = null) =>
        new() { SizeBytes = bytes.Length, ETag = etag ?? $"tag-{bytes.Length}", Inline = bytes };

    protected static NewContent InBlobs(params BlobId[] blobs) => new()
    {
        SizeBytes = 100 * blobs.Length,
        ETag = "blobs",
        Pieces = [.. blobs.Select(blob => new BlobPiece(blob, 100))],
    };

    protected async Task<StoredObject> CreateAsync(NewObject? made = null) =>
        (await Catalog.CreateObjectAsync(made ?? NewObject(), once: null, None)).Object;

    protected Task<StoredObject> PutAsync(NewObject? made = null, NewContent? content = null) =>
        Catalog.PutObjectAsync(made ?? NewObject(), content ?? Inline("hello"), None);

    /// <summary>Objects with 64 times 2 KiB of metadata.</summary>
    protected async Task<List<StoredObject>> PutLargeAsync(BucketId bucket, int count)
    {
        var large = ObjectMetadata.From(Enumerable.Range(0, ObjectMetadata.MaxPairs).Select(
            n => KeyValuePair.Create($"{n}".PadLeft(ObjectMetadata.MaxNameLength, 'k'), new string('v', ObjectMetadata.MaxValueLength))));
        var made = new List<StoredObject>();
        for (int n = 0; n < count; n++)
        {
            made.Add(await PutAsync(NewObject() with { Bucket = bucket, Metadata = large, IsPublic = true }));
        }

        return made;
    }

    protected async Task<BlobId> AnnounceAsync() => await Catalog.AnnounceBlobAsync(None);

    /// <summary>The live object under a key.</summary>
    protected async Task<StoredObject?> FindAsync(BucketId bucket, string key) => (await Catalog.FindObjectsAsync(bucket, [key], None))[0];

    protected async Task<StoredObject> FindAsync(ObjectId id) => (await Catalog.FindObjectAsync(id, None))!;

    protected async Task<string?> ReadInlineAsync(ObjectId id)
    {
        using OpenedRow? row = await Catalog.OpenObjectAsync(id, None);
        return row?.Inline is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    protected async Task<ObjectPage> ListAsync(
        ObjectState? state = null, ObjectId? after = null, int limit = 100, bool withTotal = true, ObjectQuery? with = null) =>
        await Catalog.ListObjectsAsync(
            (with ?? new ObjectQuery { Account = Account.Id, Limit = limit }) with
            {
                State = state,
                After = after,
                Limit = limit,
                WithTotal = withTotal,
            },
            None);

    protected async Task<IReadOnlyList<BlobId>> ReleasedAsync() => await Catalog.ReleasedBlobsAsync(TimeSpan.Zero, after: null, 1000, None);

    protected static async Task<StoreErrorCode> RefusalAsync(Func<Task> write) => (await Assert.ThrowsAsync<StoreException>(write)).Code;

    protected static IEnumerable<ObjectId> Ids(ObjectPage page) => page.Objects.Select(found => found.Id);
}
