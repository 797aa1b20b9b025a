using Coffer.Access;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>Filtered lists of the embedded catalog: how many run at once, who waits for whom, and what is found when time runs out.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly AccountId Loud = new(1), Quiet = new(2), Third = new(3);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private SqliteCatalog _catalog = null!;
    private Account _account = null!;

    public async ValueTask InitializeAsync()
    {
        _catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0, SearchTime = TimeSpan.Zero },
            NullLoggerFactory.Instance, _clock, None);
        _account = (await _catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 0 }, None))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task As_many_searches_run_at_once_as_there_are_lanes()
    {
        var lanes = new SearchLanes(2, Patience);
        SearchLanes.Lane first = await lanes.EnterAsync(Loud, None);
        SearchLanes.Lane second = await lanes.EnterAsync(Loud, None);
        Task<SearchLanes.Lane> third = lanes.EnterAsync(Loud, None).AsTask();
        await StaysOpenAsync(third);

        first.Dispose();
        (await third.WaitAsync(Patience)).Dispose();
        second.Dispose();
        (await lanes.EnterAsync(Loud, None)).Dispose();
    }

    [Fact]
    public async Task The_searches_of_one_account_do_not_keep_out_those_of_another()
    {
        var lanes = new SearchLanes(2, Patience);
        var running = new Queue<SearchLanes.Lane>([await lanes.EnterAsync(Loud, None), await lanes.EnterAsync(Loud, None)]);
        Task<SearchLanes.Lane>[] waiting = [.. Enumerable.Range(0, 10).Select(_ => lanes.EnterAsync(Loud, None).AsTask())];
        Task<SearchLanes.Lane> quiet = lanes.EnterAsync(Quiet, None).AsTask();
        Task<SearchLanes.Lane> everybody = lanes.EnterAsync(account: null, None).AsTask();

        // The next two lanes go to those that have none, however long the first account's searches waited before.
        running.Dequeue().Dispose();
        SearchLanes.Lane theirs = await quiet.WaitAsync(Patience);
        await StaysOpenAsync(everybody, waiting[0]);
        running.Dequeue().Dispose();
        SearchLanes.Lane ofAll = await everybody.WaitAsync(Patience);
        await StaysOpenAsync(waiting[0]);

        // Then in turns, first come first served within an account.
        Task<SearchLanes.Lane> third = lanes.EnterAsync(Third, None).AsTask();
        theirs.Dispose();
        (await third.WaitAsync(Patience)).Dispose();
        running.Enqueue(await waiting[0].WaitAsync(Patience));
        ofAll.Dispose();
        running.Enqueue(await waiting[1].WaitAsync(Patience));
        foreach (Task<SearchLanes.Lane> next in waiting[2..])
        {
            running.Dequeue().Dispose();
            running.Enqueue(await next.WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task Who_waits_too_long_is_refused_and_leaves_no_gap()
    {
        var lanes = new SearchLanes(1, Soon);
        SearchLanes.Lane only = await lanes.EnterAsync(Loud, None);
        StoreException refused = await Assert.ThrowsAsync<StoreException>(async () => await lanes.EnterAsync(Quiet, None));
        Assert.Equal(StoreErrorCode.Busy, refused.Code);
        only.Dispose();
        (await lanes.EnterAsync(Quiet, None)).Dispose();
    }

    [Fact]
    public async Task Who_goes_away_while_it_waits_takes_no_lane()
    {
        var lanes = new SearchLanes(1, Patience);
        SearchLanes.Lane only = await lanes.EnterAsync(Loud, None);
        using var cancellation = new CancellationTokenSource();
        Task<SearchLanes.Lane> gone = lanes.EnterAsync(Quiet, cancellation.Token).AsTask();
        Task<SearchLanes.Lane> stays = lanes.EnterAsync(Quiet, None).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        only.Dispose();
        (await stays.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task A_turn_that_comes_while_its_owner_goes_away_is_not_lost()
    {
        for (int round = 0; round < 3000; round++)
        {
            var lanes = new SearchLanes(1, Patience);
            SearchLanes.Lane only = await lanes.EnterAsync(Loud, None);
            using var cancellation = new CancellationTokenSource();
            Task<SearchLanes.Lane> waiting = lanes.EnterAsync(Quiet, cancellation.Token).AsTask();
            using var together = new Barrier(2);
            Task leaving = Task.Run(
                () =>
                {
                    together.SignalAndWait(None);
                    only.Dispose();
                },
                None);
            together.SignalAndWait(None);
            await cancellation.CancelAsync();
            await leaving;
            try
            {
                (await waiting).Dispose();
            }
            catch (OperationCanceledException)
            {
            }

            Assert.True(lanes.EnterAsync(Third, None).AsTask().IsCompletedSuccessfully, $"the lane is lost in round {round}");
        }
    }

    [Fact]
    public async Task What_expires_while_a_search_waits_is_not_shown()
    {
        StoredObject brief = await PutAsync("brief", expiresInMs: 60_000);
        using var readers = new ReaderPool(() => CatalogFile.OpenReader(_folder.File("catalog.db")), capacity: 2);
        var lanes = new SearchLanes(1, Patience);
        var search = new ObjectSearch(readers, lanes, Patience, () => _catalog.NowMs);
        var query = new ObjectQuery { Account = _account.Id, Limit = 10, NameContains = "brief" };
        Assert.Equal([brief.Id], (await search.PageAsync(query, None)).Objects.Select(found => found.Id));

        SearchLanes.Lane other = await lanes.EnterAsync(Third, None);
        Task<ObjectPage> page = search.PageAsync(query, None);
        _clock.Move(TimeSpan.FromMinutes(2));
        other.Dispose();

        Assert.Empty((await page).Objects);
    }

    [Fact]
    public async Task An_object_is_found_by_its_id_also_when_the_time_runs_out_before_the_search_comes_to_it()
    {
        StoredObject old = await PutAsync("oldest");
        StoredObject deleted = await PutAsync("deleted");
        await _catalog.DeleteObjectAsync(deleted.Id, None);
        StoredObject brief = await PutAsync("brief", expiresInMs: 60_000);
        StoredObject published = await PutAsync("published", isPublic: true);
        StoredObject? newest = null;
        for (int n = 0; n < 1000; n++)
        {
            newest = await PutAsync($"newer {n}", isPublic: true);
        }

        _clock.Move(TimeSpan.FromMinutes(2));
        await FindsAsync(old, query => query);
        await FindsAsync(old, query => query with { Search = old.Id.ToString().ToUpperInvariant() });
        await FindsAsync(old, query => query with { State = ObjectState.ReadOnly, NameContains = "OLD", Class = ContentClass.Unspecified });
        await FindsAsync(old, query => query with { After = newest!.Id });
        await FindsAsync(deleted, query => query with { State = ObjectState.Deleted });
        await FindsAsync(brief, query => query with { State = ObjectState.Deleted });
        await FindsAsync(published, query => query with { Account = null });
        await FindsAsync(published, query => query with { Account = null, State = ObjectState.ReadOnly });

        await FindsNotAsync(old, query => query with { State = ObjectState.Deleted });
        await FindsNotAsync(old, query => query with { State = ObjectState.Uploading });
        await FindsNotAsync(old, query => query with { NameContains = "new" });
        await FindsNotAsync(old, query => query with { Class = ContentClass.Tar });
        await FindsNotAsync(old, query => query with { Account = null });
        await FindsNotAsync(old, query => query with { Account = Third });
        await FindsNotAsync(old, query => query with { After = old.Id });
        await FindsNotAsync(deleted, query => query);
        await FindsNotAsync(brief, query => query);

        // The newest one is on the page once, where it belongs.
        await FindsAsync(newest!, query => query);

        async Task FindsAsync(StoredObject sought, Func<ObjectQuery, ObjectQuery> with)
        {
            ObjectPage page = await SearchAsync(sought, with);
            Assert.Equal([sought.Id], page.Objects.Select(found => found.Id));
        }

        async Task FindsNotAsync(StoredObject sought, Func<ObjectQuery, ObjectQuery> with)
        {
            try
            {
                Assert.Empty((await SearchAsync(sought, with)).Objects);
            }
            catch (StoreException slow) when (slow.Code == StoreErrorCode.SearchTooSlow)
            {
            }
        }

        async Task<ObjectPage> SearchAsync(StoredObject sought, Func<ObjectQuery, ObjectQuery> with) => await _catalog.ListObjectsAsync(
            with(new ObjectQuery { Account = _account.Id, Limit = 10, Search = sought.Id.ToString(), WithTotal = true }), None);
    }

    private static async Task StaysOpenAsync(params Task[] tasks)
    {
        await Task.Delay(Soon, None);
        Assert.DoesNotContain(tasks, task => task.IsCompleted);
    }

    private async Task<StoredObject> PutAsync(string name, long? expiresInMs = null, bool isPublic = false)
    {
        ObjectId id = _catalog.MintObjectId();
        return await _catalog.PutObjectAsync(
            new NewObject
            {
                Id = id,
                Account = _account.Id,
                Bucket = _account.ObjectsBucket,
                Key = id.ToString(),
                Name = name,
                IsPublic = isPublic,
                ExpiresAtMs = _catalog.NowMs + expiresInMs,
            },
            new NewContent { SizeBytes = 1, ETag = "tag", Inline = new byte[1] },
            None);
    }
}
