using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Readers.Lists;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>Offsets into folders while these change: what was counted before must not be believed longer than it is true.</summary>
public sealed class FolderPositionTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Enough for some of the lists that are asked for, so that some are forgotten while they are read.</summary>
    private const int PositionsBytes = 4096;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly Dictionary<string, StoredObject> _live = new(StringComparer.Ordinal);
    private SqliteCatalog _catalog = null!;
    private Account _account = null!;

    private BucketId Bucket => _account.ObjectsBucket;

    public async ValueTask InitializeAsync()
    {
        _catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions
            {
                Path = _folder.File("catalog.db"),
                MinFreeBytes = 0,
                FolderStretchEntries = 4,
                FolderPositionsBytes = PositionsBytes,
            },
            NullLoggerFactory.Instance, _clock, None);
        _account = (await _catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 0 }, None))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Offsets_stay_right_while_objects_come_and_go()
    {
        var random = new Random(1971);
        for (int round = 0; round < 150; round++)
        {
            for (int n = random.Next(6); n >= 0; n--)
            {
                await ChangeAsync(random);
            }

            await AgreesAsync(random, lists: 6);
        }
    }

    [Fact]
    public async Task What_readers_count_while_writers_write_is_right_afterwards()
    {
        var random = new Random(1972);
        for (int n = 0; n < 200; n++)
        {
            await ChangeAsync(random);
        }

        for (int round = 0; round < 15; round++)
        {
            using var done = new CancellationTokenSource();
            Task[] readers = [.. Enumerable.Range(0, 3).Select(reader => Task.Run(() => ReadUntilAsync(new Random(reader), done.Token), None))];
            for (int n = 0; n < 30; n++)
            {
                await ChangeAsync(random);
            }

            await done.CancelAsync();
            await Task.WhenAll(readers);
            await AgreesAsync(random, lists: 20);
        }
    }

    [Fact]
    public async Task What_slow_lists_count_while_objects_change_is_right_afterwards()
    {
        var random = new Random(1974);
        using Connection db = CatalogFile.OpenReader(_folder.File("catalog.db"));
        for (int n = 0; n < 200; n++)
        {
            await ChangeAsync(random);
        }

        var lists = new List<FolderList>();
        for (int round = 0; round < 600; round++)
        {
            while (lists.Count < 6)
            {
                lists.Add(new FolderList(Query(random, Bucket), _catalog.Positions));
            }

            lists.RemoveAll(list => random.Next(2) == 0 && IsReadInTurn(list));
            if (random.Next(3) == 0)
            {
                await ChangeAsync(random);
            }

            await AgreesAsync(random, lists: 2);
            Assert.InRange(_catalog.Positions.SizeBytes, 0, PositionsBytes);
        }

        bool IsReadInTurn(FolderList list)
        {
            long committed = _catalog.Positions.Committed;
            db.Run("BEGIN");
            bool isRead = list.Read(new Turn(db, _catalog.NowMs, random.Next(1, 40), committed));
            db.Run("COMMIT");
            return isRead;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_change_makes_everything_untrue_that_was_counted_across_it(bool descending)
    {
        string[] places = descending ? ["y", "p", "k", "h", "c"] : ["c", "h", "k", "p", "y"];
        byte[][] at = [.. places.Select(KeyBytes.Of)];
        var map = new PositionMap(byCreation: false, descending, prefix: []);
        map.Note(at[0], at[3], entries: 30, committed: 1);
        map.Note(at[3], at[4], entries: 10, committed: 1);
        Assert.Equal((30, at[3]), map.Jump(at[0], committed: 1, most: 100));
        Assert.Null(map.Jump(at[0], committed: 0, most: 100)); // an older snapshot
        Assert.Null(map.Jump(at[0], committed: 1, most: 29));

        map.Note(at[1], at[3], entries: 20, committed: 1); // by a list that went on from the middle
        map.Change(at[2], number: 2);
        Assert.Null(map.Jump(at[0], committed: 2, most: 100));
        Assert.Null(map.Jump(at[1], committed: 2, most: 100));
        Assert.Equal((10, at[4]), map.Jump(at[3], committed: 2, most: 100));

        map.Note(at[1], at[3], entries: 21, committed: 2);
        Assert.Equal((21, at[3]), map.Jump(at[1], committed: 2, most: 100));
        map.Forget();
        map.Note(at[1], at[3], entries: 21, committed: 2); // by a list that holds the map still
        Assert.Null(map.Jump(at[1], committed: 2, most: 100));
        Assert.Equal(0, map.SizeBytes);
    }

    [Fact]
    public async Task Changes_that_are_rolled_back_and_made_again_leave_offsets_right()
    {
        var random = new Random(1975);
        for (int n = 0; n < 100; n++)
        {
            await ChangeAsync(random);
        }

        for (int round = 0; round < 40; round++)
        {
            await AgreesAsync(random, lists: 3);
            using var release = new ManualResetEventSlim();
            Task slow = _catalog.RunOnWriterAsync(_ => release.Wait());
            Task[] changes = [ChangeAsync(random), ChangeAsync(random)];
            Task broken = _catalog.RunOnWriterAsync(static db =>
            {
                db.Execute("INSERT INTO setting VALUES ('half', x'00')");
                throw new StoreException(StoreErrorCode.ObjectExists, "planted");
            });
            release.Set();
            await Assert.ThrowsAsync<StoreException>(() => broken);
            await Task.WhenAll([slow, .. changes]);
            await AgreesAsync(random, lists: 3);
        }
    }

    [Fact]
    public async Task An_object_that_expires_leaves_the_count_without_a_write()
    {
        var random = new Random(1973);
        for (int n = 0; n < 60; n++)
        {
            await PutAsync($"f/{n:d2}", n is 5 or 20 ? 60_000 : null);
        }

        await AgreesAsync(random, lists: 40);
        _clock.Move(TimeSpan.FromMinutes(2));
        _live.Remove("f/05");
        _live.Remove("f/20");
        await AgreesAsync(random, lists: 40);
    }

    private static FolderQuery Query(Random random, BucketId bucket)
    {
        string prefix = random.Next(4) switch { 0 => "", 1 => "f/", 2 => "F/g/", _ => "f/1" };
        return new FolderQuery
        {
            Bucket = bucket,
            Prefix = prefix,
            NameStart = prefix.LastIndexOf('/') + 1,
            Sort = random.Next(3) switch { 0 => KeySort.CreatedAt, _ => KeySort.Name },
            Descending = random.Next(2) == 0,
            Offset = random.Next(120),
            Limit = random.Next(1, 20),
        };
    }

    private async Task ChangeAsync(Random random)
    {
        string key = random.Next(5) switch { 0 => "", 1 => "F/", 2 => "f/g/", _ => "f/" } + random.Next(100)
            + random.Next(4) switch { 0 => "/" + random.Next(3), 1 => "A/1", 2 => "a/1", _ => "" };
        if (random.Next(3) > 0)
        {
            await PutAsync(key);
        }
        else if (_live.Remove(key, out StoredObject? gone) || (_live.Count > 150 && _live.Remove(_live.Keys.First(), out gone)))
        {
            await _catalog.DeleteObjectAsync(gone!.Id, None);
        }
    }

    private async Task PutAsync(string key, long? expiresInMs = null)
    {
        _clock.Move(TimeSpan.FromMilliseconds(1));
        ObjectId id = _catalog.MintObjectId();
        _live[key] = await _catalog.PutObjectAsync(
            new NewObject
            {
                Id = id,
                Account = _account.Id,
                Bucket = Bucket,
                Key = key,
                Name = key,
                ExpiresAtMs = _catalog.NowMs + expiresInMs,
            },
            new NewContent { SizeBytes = 1, ETag = "tag", Inline = new byte[1] },
            None);
    }

    private async Task AgreesAsync(Random random, int lists)
    {
        var model = new ListModel(_live.Values);
        for (int n = 0; n < lists; n++)
        {
            FolderQuery query = Query(random, Bucket);
            IReadOnlyList<FolderEntry> seen = await _catalog.ListFolderAsync(query, None);
            RandomLists.Same(query, model.Folder(query), [.. seen.Select(entry => (entry.Name, entry.Object?.Id))]);
        }
    }

    private async Task ReadUntilAsync(Random random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await _catalog.ListFolderAsync(Query(random, Bucket), None);
        }
    }
}
