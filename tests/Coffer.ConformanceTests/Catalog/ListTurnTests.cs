using Coffer.Access;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Readers.Lists;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>Lists of the embedded catalog that do not end within one turn.</summary>
public sealed class ListTurnTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RandomLists _random = new(1970);
    private readonly FolderPositions _positions = new(stretchEntries: 4, mostBytes: 1 << 20);
    private SqliteCatalog _catalog = null!;
    private Account _account = null!;
    private ListModel _model = null!;

    public async ValueTask InitializeAsync()
    {
        _catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0 }, NullLoggerFactory.Instance, _clock, None);
        _account = (await _catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 0 }, None))!;
        var like = new NewObject { Id = default, Account = _account.Id, Bucket = _account.ObjectsBucket, Key = "", Name = "" };
        _model = new ListModel(await _random.FillAsync(_catalog, like, _clock.Move));
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_list_goes_on_where_its_turn_was_over()
    {
        using Connection db = CatalogFile.OpenReader(_folder.File("catalog.db"));
        for (int round = 0; round < 1000; round++)
        {
            FolderQuery query = _random.FolderQuery(_account.ObjectsBucket);
            var list = new FolderList(query, _positions);
            ReadInTurns(db, list);
            RandomLists.Same(query, _model.Folder(query), [.. list.Found.Select(entry => (entry.Name, entry.Object?.Id))]);
        }

        for (int round = 0; round < 1000; round++)
        {
            SortedKeyQuery query = _random.KeyQuery(_account.ObjectsBucket);
            var sight = new RowSight(query.Filter);
            var entries = new KeyEntries(query.Limit);
            ReadInTurns(db, query.Sort is KeySort.Name ? new KeyNameWalk(query, sight, entries) : new KeyTimeScan(query, sight, entries));
            List<(string, long?, ObjectId?)> expected = _model.Keys(query);
            SortedKeyPage page = entries.ToPage(isComplete: true);
            RandomLists.Same(
                query, [.. expected.Take(query.Limit)], [.. page.Entries.Select(entry => (entry.Name, entry.TimeMs, entry.Object?.Id))]);
            Assert.Equal(expected.Count > query.Limit, page.HasMore);
        }
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(3)] // then everything is read
    public void Keys_by_creation_along_the_index_are_those_of_the_model(int mostFolders)
    {
        using Connection db = CatalogFile.OpenReader(_folder.File("catalog.db"));
        for (int round = 0; round < 1500; round++)
        {
            SortedKeyQuery any = _random.KeyQuery(_account.ObjectsBucket);
            SortedKeyQuery query = any with
            {
                Sort = KeySort.CreatedAt,
                Delimiter = round % 3 == 0 ? null : "/",
                Prefix = any.Prefix[..(any.Prefix.LastIndexOf('/') + 1)],
            };
            var sight = new RowSight(query.Filter);
            if (KeyCreationWalk.Suits(query, sight))
            {
                var entries = new KeyEntries(query.Limit);
                ReadInTurns(db, new KeyCreationWalk(query, sight, entries) { MostFolders = mostFolders });
                RandomLists.Same(
                    query, [.. _model.Keys(query).Take(query.Limit)],
                    [.. entries.ToPage(isComplete: true).Entries.Select(entry => (entry.Name, entry.TimeMs, entry.Object?.Id))]);
            }
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 2)] // so far in that places are remembered
    [InlineData(true, 2)]
    public async Task Files_that_differ_in_letter_case_only_are_both_listed_when_a_turn_ends_between_them(bool descending, int offset)
    {
        string[] keys = ["twins/a", "twins/ab", "twins/AB", "twins/aB", "twins/b", "twins/B"];
        long nowMs = _catalog.NowMs;
        foreach (string key in keys)
        {
            await _catalog.PutObjectAsync(
                new NewObject { Id = ObjectId.Make(nowMs), Account = _account.Id, Bucket = _account.ObjectsBucket, Key = key, Name = key },
                new NewContent { SizeBytes = 1, ETag = "tag", Inline = new byte[1] },
                None);
        }

        using Connection db = CatalogFile.OpenReader(_folder.File("catalog.db"));
        var query = new FolderQuery
        {
            Bucket = _account.ObjectsBucket,
            Prefix = "twins/",
            NameStart = 6,
            Sort = KeySort.CreatedAt,
            Descending = descending,
            Limit = 100,
        };
        var whole = new FolderList(query, _positions);
        ReadInTurns(db, whole, rows: 1000);
        List<string> all = [.. whole.Found.Select(entry => entry.Name)];
        Assert.Equal(keys.Select(key => key[6..]).Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
        for (int rows = 1; rows <= keys.Length; rows++)
        {
            var list = new FolderList(query with { Offset = offset }, _positions);
            ReadInTurns(db, list, rows);
            Assert.Equal(all.Skip(offset), list.Found.Select(entry => entry.Name));
        }
    }

    [Fact]
    public async Task A_list_that_takes_too_long_is_given_up_between_two_turns()
    {
        using var readers = new ReaderPool(() => CatalogFile.OpenReader(_folder.File("catalog.db")), capacity: 2);
        var patient = new ListReader(readers, new SearchLanes(1, TimeSpan.Zero), _positions, TimeSpan.FromMinutes(1), () => _catalog.NowMs) { FirstTurnRows = 2, TurnRows = 2 };
        var hasty = new ListReader(readers, new SearchLanes(1, TimeSpan.Zero), _positions, TimeSpan.Zero, () => _catalog.NowMs) { FirstTurnRows = 2, TurnRows = 2 };
        var query = new SortedKeyQuery { Bucket = _account.ObjectsBucket, Limit = 1000 };
        var all = new KeyEntries(query.Limit);
        Assert.True(await patient.ReadAsync(query.Bucket, new KeyNameWalk(query, new RowSight(null), all), None));
        var some = new KeyEntries(query.Limit);
        Assert.False(await hasty.ReadAsync(query.Bucket, new KeyNameWalk(query, new RowSight(null), some), None));

        // What was found is a page, and the next one begins behind it.
        SortedKeyPage first = some.ToPage(isComplete: false);
        Assert.True(first.HasMore);
        Assert.Equal(all.ToPage(isComplete: true).Entries.Take(first.Entries.Count), first.Entries);
        Assert.InRange(first.Entries.Count, 1, 10);
    }

    [Fact]
    public async Task A_filter_that_shows_nothing_of_much_is_refused_and_a_bucket_without_what_is_asked_for_is_empty()
    {
        await using SqliteCatalog catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = _folder.File("other.db"), MinFreeBytes = 0, ListTime = TimeSpan.Zero },
            NullLoggerFactory.Instance, _clock, None);
        Account account = (await catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 0 }, None))!;
        await catalog.RunOnWriterAsync(db => db.Execute( // more than two turns read
            $"""
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 33000)
            INSERT INTO object (id, account, bucket, key, key_id, key_created_ms, name, state, size_bytes, class, public, updated_ms)
            SELECT randomblob(16), {account.Id.Value}, {account.ObjectsBucket.Value}, n, randomblob(16), n, n, 2, 0, 1, 0, n FROM number
            """));

        var nothing = new RowFilter { Shows = static _ => false };
        var folder = new FolderQuery { Bucket = account.ObjectsBucket, Limit = 10 };
        var keys = new SortedKeyQuery { Bucket = account.ObjectsBucket, Limit = 10 };
        await RefusedAsync(async () => await catalog.ListFolderAsync(folder with { Filter = nothing }, None));
        await RefusedAsync(async () => await catalog.ListFolderAsync(folder with { Sort = KeySort.UpdatedAt }, None));
        await RefusedAsync(async () => await catalog.ListSortedAsync(keys with { Filter = nothing }, None));
        await RefusedAsync(async () => await catalog.ListSortedAsync(keys with { Sort = KeySort.UpdatedAt }, None));

        Assert.Equal(10, (await catalog.ListSortedAsync(keys with { Sort = KeySort.CreatedAt, Delimiter = "/" }, None)).Entries.Count);
        Assert.Equal(10, (await catalog.ListFolderAsync(folder with { Sort = KeySort.CreatedAt }, None)).Count);
        Assert.Empty(await catalog.ListFolderAsync(folder with { Filter = nothing with { Prefixes = ["x/"] } }, None));
        Assert.Empty((await catalog.ListSortedAsync(keys with { Sort = KeySort.CreatedAt, Prefix = "x/" }, None)).Entries);

        static async Task RefusedAsync(Func<Task> list) =>
            Assert.Equal(StoreErrorCode.SearchTooSlow, (await Assert.ThrowsAsync<StoreException>(list)).Code);
    }

    /// <param name="rows">Rows of a turn; null for any few.</param>
    private void ReadInTurns(Connection db, IListWalk walk, int? rows = null)
    {
        bool isComplete;
        do
        {
            db.Run("BEGIN");
            isComplete = walk.Read(new Turn(db, _clock.GetUtcNow().ToUnixTimeMilliseconds(), rows ?? (_random.Next(6) + 1), _positions.Committed));
            db.Run("COMMIT");
        }
        while (!isComplete);
    }
}
