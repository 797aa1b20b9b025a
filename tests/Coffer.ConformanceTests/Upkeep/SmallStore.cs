using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Blobs.Disk;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Objects;
using Coffer.Policies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Upkeep;

/// <summary>The core over the embedded engines, in a folder of its own, with clocks that a test moves.</summary>
internal sealed class SmallStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coffer-upkeep-").FullName;

    private SmallStore()
    {
    }

    public TwoClocks Clock { get; } = new();

    public SqliteCatalog Catalog { get; private set; } = null!;

    public DiskBlobStore Blobs { get; private set; } = null!;

    public PolicyStore Policies { get; private set; } = null!;

    public DecisionLog Decisions { get; private set; } = null!;

    public PolicyGate Gate { get; private set; } = null!;

    public ObjectStore Objects { get; private set; } = null!;

    public BucketStore Buckets { get; private set; } = null!;

    public BucketObjects Keyed { get; private set; } = null!;

    public StoreLimits Limits { get; init; } = new();

    public CoarseUse Use { get; private set; } = null!;

    public Caller Owner { get; private set; } = null!;

    public string BlobsDirectory => Path.Combine(_folder, "blobs");

    public SignedUrls Urls { get; } = new(new byte[32]);

    public static async Task<SmallStore> OpenAsync(StoreLimits? limits = null)
    {
        var store = new SmallStore { Limits = limits ?? new StoreLimits() };
        await store.OpenEnginesAsync();
        Account account = (await store.Catalog.AddAccountAsync(
            new Account { Name = Account.DefaultName, CreatedAtMs = store.Catalog.NowMs }, CancellationToken.None))!;
        store.Owner = Caller.Service(account.Id);
        return store;
    }

    /// <summary>The service caller of another account.</summary>
    public async Task<Caller> AddAccountAsync(string name) => Caller.Service(
        (await Catalog.AddAccountAsync(new Account { Name = name, CreatedAtMs = Catalog.NowMs }, CancellationToken.None))!.Id);

    /// <summary>Ends in order and begins again.</summary>
    public async Task ReopenAsync()
    {
        await Decisions.DisposeAsync();
        Blobs.Dispose();
        await Catalog.DisposeAsync();
        await OpenEnginesAsync();
    }

    /// <summary>An object of this many bytes, uploaded and complete.</summary>
    public async Task<StoredObject> StoreAsync(byte[] bytes, long? lifetimeMs = null)
    {
        CreatedObject made = await Objects.CreateAsync(
            Owner, new ObjectDraft { Name = "a", LifetimeMs = lifetimeMs }, once: null, CancellationToken.None);
        await UploadAsync(made.Object.Id, bytes);
        return await Objects.CompleteAsync(Owner, made.Object.Id, CancellationToken.None);
    }

    public Task UploadAsync(ObjectId id, byte[] bytes) => Objects.UploadAsync(
        LinkTo(id, SignedUse.Upload), PipeReader.Create(new MemoryStream(bytes)), bytes.Length, mayReplace: null, CancellationToken.None);

    public async Task<byte[]> ReadAsync(ObjectId id)
    {
        using OpenObject open = await Objects.OpenAsync(LinkTo(id, SignedUse.Download), CancellationToken.None);
        using var bytes = new MemoryStream();
        var writer = PipeWriter.Create(bytes);
        Assert.True(await open.CopyToAsync(writer, 0, open.SizeBytes, CancellationToken.None));
        await writer.CompleteAsync();
        return bytes.ToArray();
    }

    public VerifiedLink LinkTo(ObjectId id, SignedUse use) => Urls.Verify(Urls.Sign(use, id, Catalog.NowMs + 1000), Catalog.NowMs, use);

    /// <summary>Puts something that cannot be deleted as a file where a blob is.</summary>
    public void MakeUndeletable(BlobId id)
    {
        string path = Path.Combine(BlobsDirectory, id.ToString()[^2..], id.ToString());
        File.Delete(path);
        Directory.CreateDirectory(path);
    }

    public int BlobFiles() => Directory.EnumerateFiles(BlobsDirectory, "*", SearchOption.AllDirectories).Count();

    public async ValueTask DisposeAsync()
    {
        await Decisions.DisposeAsync();
        Blobs.Dispose();
        await Catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenEnginesAsync()
    {
        Catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = Path.Combine(_folder, "catalog.db") }, NullLoggerFactory.Instance, Clock, CancellationToken.None);
        Blobs = new DiskBlobStore(
            new DiskBlobOptions { BlobsDirectory = BlobsDirectory, StagingDirectory = Path.Combine(_folder, "staging") },
            NullLogger<DiskBlobStore>.Instance, Clock);
        Use = new CoarseUse(Catalog);
        Policies = new PolicyStore(Catalog);
        Decisions = new DecisionLog(Catalog, TimeProvider.System, NullLogger<DecisionLog>.Instance);
        Gate = new PolicyGate(Policies, Decisions);
        Objects = new ObjectStore(Catalog, Blobs, Gate, Limits, Use);
        Buckets = new BucketStore(Catalog, Gate, Limits);
        Keyed = new BucketObjects(Catalog, Blobs, Gate, Limits, Use);
    }
}
