using System.Buffers;
using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs.Disk;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.LocalFiles;
using Coffer.Objects;
using Coffer.Policies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.Bench;

/// <summary>The core over the embedded engines, as the server puts them together, without the server.</summary>
internal sealed class EmbeddedStore : IDisposable
{
    private const string BucketName = "bench";
    private readonly DataFolder _folder;
    private readonly SqliteCatalog _catalog;
    private readonly DiskBlobStore _blobs;
    private readonly BucketObjects _store;
    private readonly Account _account;

    private EmbeddedStore(DataFolder folder, SqliteCatalog catalog, DiskBlobStore blobs, Account account)
    {
        _folder = folder;
        _catalog = catalog;
        _blobs = blobs;
        _account = account;
        var gate = new PolicyGate(new PolicyStore(catalog), new DecisionLog(catalog, TimeProvider.System, NullLogger<DecisionLog>.Instance));
        _store = new BucketObjects(catalog, blobs, gate, new StoreLimits(), new CoarseUse(catalog));
    }

    public static EmbeddedStore Open(string path)
    {
        DataFolder folder = DataFolder.Open(path);
        var catalogOptions = new SqliteCatalogOptions { Path = folder.CatalogPath, BallastPath = folder.BallastPath };
        SqliteCatalog catalog = SqliteCatalog.OpenAsync(catalogOptions, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None)
            .GetAwaiter().GetResult();
        var blobOptions = new DiskBlobOptions { BlobsDirectory = folder.BlobsDirectory, StagingDirectory = folder.StagingDirectory };
        var blobs = new DiskBlobStore(blobOptions, NullLogger<DiskBlobStore>.Instance, TimeProvider.System);
        Account account = catalog.FindAccountAsync(Account.DefaultName, CancellationToken.None).AsTask().GetAwaiter().GetResult()
            ?? catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = catalog.NowMs }, CancellationToken.None)
                .GetAwaiter().GetResult()!;
        catalog.AddBucketAsync(
            new Bucket { Account = account.Id, Name = BucketName, CreatedAtMs = catalog.NowMs, UpdatedAtMs = catalog.NowMs }, CancellationToken.None)
            .GetAwaiter().GetResult(); // null when it is there
        return new EmbeddedStore(folder, catalog, blobs, account);
    }

    /// <summary>Writes one durable object.</summary>
    public Task<StoredObject> PutAsync(string key, byte[] bytes, string bucket = BucketName)
    {
        var request = new PutRequest(new ObjectAddress(bucket, key));
        return _store.PutAsync(
            Caller.Service(_account.Id), request, PipeReader.Create(new ReadOnlySequence<byte>(bytes)), bytes.Length, CancellationToken.None);
    }

    /// <summary>Writes a READ_ONLY object like those of the Objects dialect.</summary>
    public async Task<ObjectId> PutNamedAsync(string name, byte[] bytes)
    {
        ObjectId id = _catalog.MintObjectId();
        var made = new NewObject { Id = id, Account = _account.Id, Bucket = _account.ObjectsBucket, Key = id.ToString(), Name = name };
        await _catalog.PutObjectAsync(
            made, new NewContent { SizeBytes = bytes.Length, ETag = $"{id.Value:x32}-1", Inline = bytes }, CancellationToken.None);
        return id;
    }

    /// <summary>A bucket of the account, made when it is not there.</summary>
    public async Task<BucketId> OpenBucketAsync(string name)
    {
        var wanted = new Bucket { Account = _account.Id, Name = name, CreatedAtMs = _catalog.NowMs, UpdatedAtMs = _catalog.NowMs };
        Bucket? bucket = await _catalog.AddBucketAsync(wanted, CancellationToken.None)
            ?? await _catalog.FindBucketAsync(name, CancellationToken.None);
        return bucket!.Id;
    }

    /// <summary>Makes an object like those of the Storage dialect, which shares the bytes of another one.</summary>
    public async Task<StoredObject> CopyAsync(ObjectId source, BucketId bucket, string key)
    {
        var made = new NewObject
        {
            Id = _catalog.MintObjectId(),
            Account = _account.Id,
            Bucket = bucket,
            Key = key,
            Name = key,
            MediaType = "text/csv",
            OnlyIfAbsent = true,
        };
        return (await _catalog.CopyObjectAsync(source, made, CancellationToken.None))!;
    }

    public Task DeleteAsync(ObjectId id) => _catalog.DeleteObjectAsync(id, CancellationToken.None);

    public void Dispose()
    {
        _catalog.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _blobs.Dispose();
        _folder.Dispose();
    }
}
