using System.Collections.Concurrent;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Readers.Lists;
using Coffer.Catalog.Sqlite.Writer;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What a turn of the embedded catalog's writer takes up in memory.</summary>
public sealed class UpkeepTurnTests : IAsyncLifetime
{
    private const int Count = 40;
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private SqliteCatalog _catalog = null!;
    private Account _account = null!;

    public async ValueTask InitializeAsync()
    {
        _catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0 }, NullLoggerFactory.Instance, _clock, None);
        _account = (await _catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 0 }, None))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Emptying_a_bucket_does_not_read_its_metadata()
    {
        await FillAsync();
        await IsSmallAsync(session => session.EmptyBucket(_account.ObjectsBucket, new BucketExtent(Count, long.MaxValue), after: null));
    }

    [Fact]
    public async Task Reaping_and_purging_do_not_read_metadata()
    {
        await FillAsync(expiresAtMs: _catalog.NowMs + 60_000);
        _clock.Move(TimeSpan.FromMinutes(2));
        await IsSmallAsync(session => session.ReapExpired(Count));
        await IsSmallAsync(session => session.PurgeTombstones(_catalog.NowMs + 1, Count));
    }

    private async Task FillAsync(long? expiresAtMs = null)
    {
        ObjectMetadata metadata = ObjectMetadata.FromStored($$"""{"a":"{{new string('v', 500_000)}}"}""");
        for (int n = 0; n < Count; n++)
        {
            ObjectId id = _catalog.MintObjectId();
            await _catalog.PutObjectAsync(
                new NewObject
                {
                    Id = id,
                    Account = _account.Id,
                    Bucket = _account.ObjectsBucket,
                    Key = $"{n}",
                    Name = "",
                    Metadata = metadata,
                    ExpiresAtMs = expiresAtMs,
                },
                new NewContent { SizeBytes = 1, ETag = "tag", Inline = new byte[1] },
                None);
        }
    }

    /// <summary>Runs a turn until it has done something, and measures what it allocates: a row's metadata alone has a million bytes.</summary>
    private async Task IsSmallAsync<T>(Func<WriteSession, T> turn)
    {
        long allocated = 0;
        int changes = 0;
        await _catalog.RunOnWriterAsync(db =>
        {
            var session = new WriteSession(db, new ConcurrentDictionary<BlobId, byte>(), new FolderPositions(2048, 1 << 20), () => _catalog.NowMs, static _ => { });
            session.Begin();
            int before = db.TotalChanges;
            long start = GC.GetAllocatedBytesForCurrentThread();
            turn(session);
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
            changes = db.TotalChanges - before;
        });
        Assert.NotEqual(0, changes);
        Assert.InRange(allocated, 1, 500_000);
    }
}
