using Coffer.Objects;
using Coffer.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Upkeep;

public sealed class ReaperTests
{
    private static readonly byte[] Small = [1, 2, 3];

    [Fact]
    public async Task An_expired_object_is_gone_at_once_and_reaped_by_the_next_pass()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Reaper reaper = ReaperOf(store);
        StoredObject shortLived = await store.StoreAsync(Small, lifetimeMs: 1000);
        StoredObject kept = await store.StoreAsync(Small);
        Assert.Equal(0, await reaper.RunAsync(CancellationToken.None));

        store.Clock.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(ObjectState.Deleted, (await store.Objects.GetAsync(store.Owner, shortLived.Id, CancellationToken.None)).State);
        Assert.Equal(
            StoreErrorCode.ObjectGone, (await Assert.ThrowsAsync<StoreException>(() => store.ReadAsync(shortLived.Id))).Code);
        Assert.Equal(1, await reaper.RunAsync(CancellationToken.None));
        Assert.Equal(Small, await store.ReadAsync(kept.Id));
    }

    [Fact]
    public async Task When_the_wall_clock_jumps_ahead_nothing_is_removed_for_an_hour()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Reaper reaper = ReaperOf(store);
        StoredObject stored = await store.StoreAsync(Small, lifetimeMs: 24 * 3600 * 1000);
        await reaper.RunAsync(CancellationToken.None);

        store.Clock.SetWall(TimeSpan.FromDays(2));
        Assert.Equal(0, await reaper.RunAsync(CancellationToken.None));
        Assert.True(reaper.IsHolding);
        Assert.Equal(ObjectState.Deleted, (await store.Objects.GetAsync(store.Owner, stored.Id, CancellationToken.None)).State);

        // Somebody notices and sets the clock right: the object is there as before.
        store.Clock.SetWall(TimeSpan.FromDays(-2));
        Assert.Equal(Small, await store.ReadAsync(stored.Id));

        store.Clock.SetWall(TimeSpan.FromDays(2));
        store.Clock.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await reaper.RunAsync(CancellationToken.None));
        store.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await reaper.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_person_who_found_the_clock_right_ends_the_hold()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Reaper reaper = ReaperOf(store);
        await store.StoreAsync(Small, lifetimeMs: 1000);
        await reaper.RunAsync(CancellationToken.None);
        store.Clock.SetWall(TimeSpan.FromDays(2));
        Assert.Equal(0, await reaper.RunAsync(CancellationToken.None));

        reaper.Confirm();

        Assert.Equal(1, await reaper.RunAsync(CancellationToken.None));
        Assert.False(reaper.IsHolding);
    }

    [Fact]
    public async Task A_pass_that_would_end_more_than_a_tenth_of_many_objects_waits_an_hour()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Reaper reaper = ReaperOf(store);
        await Task.WhenAll(Enumerable.Range(0, 1001).Select(_ => store.StoreAsync(Small, lifetimeMs: 60_000)));
        await Task.WhenAll(Enumerable.Range(0, 8000).Select(_ => store.Objects.CreateAsync(
            store.Owner, new ObjectDraft { Name = "kept" }, once: null, CancellationToken.None)));
        await reaper.RunAsync(CancellationToken.None);

        store.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await reaper.RunAsync(CancellationToken.None));
        Assert.True(reaper.IsHolding);

        store.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(1001, await reaper.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Very_many_expired_objects_are_reaped_when_they_are_few_among_all()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        const int expired = 100_001; // more than reads correct the totals by
        await store.Catalog.RunOnWriterAsync(db => db.Execute(
            $"""
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {expired})
            INSERT INTO object (id, account, bucket, key, key_id, key_created_ms, name, state, class, public, updated_ms, expires_ms)
            SELECT randomblob(16), 1, 1, 'key ' || n, randomblob(16), 0, 'a', 1, 0, 0, 0, 1 FROM number;
            INSERT INTO counter VALUES (1, 1, {expired}, 0), (1, 2, 1000000, 0);
            """));
        Reaper reaper = ReaperOf(store);

        using var seen = new CancellationTokenSource();
        Task<int> reaping = reaper.RunAsync(seen.Token);
        long left;
        do
        {
            await Task.Delay(20, CancellationToken.None);
            left = await store.Catalog.CountExpiredAsync(long.MaxValue, CancellationToken.None);
        }
        while (left == expired && !reaping.IsCompleted);
        await seen.CancelAsync();
        await ((Task)reaping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.InRange(left, 0, expired - 1);
        Assert.False(reaper.IsHolding);
    }

    [Fact]
    public async Task An_upload_that_was_never_completed_ends_a_day_after_its_url()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Reaper reaper = ReaperOf(store);
        StoredObject made = (await store.Objects.CreateAsync(
            store.Owner, new ObjectDraft { Name = "a" }, once: null, CancellationToken.None)).Object;
        await store.UploadAsync(made.Id, Small);

        store.Clock.Pass(TimeSpan.FromHours(47));
        Assert.Equal(0, await reaper.RunAsync(CancellationToken.None));
        store.Clock.Pass(TimeSpan.FromHours(2));
        Assert.Equal(1, await reaper.RunAsync(CancellationToken.None));

        Assert.Equal(ObjectState.Deleted, (await store.Objects.GetAsync(store.Owner, made.Id, CancellationToken.None)).State);
    }

    [Fact]
    public async Task A_tombstone_can_be_asked_for_during_thirty_days()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Reaper reaper = ReaperOf(store);
        StoredObject stored = await store.StoreAsync(Small);
        await store.Objects.DeleteAsync(store.Owner, stored.Id, CancellationToken.None);

        store.Clock.Pass(TimeSpan.FromDays(29));
        await reaper.RunAsync(CancellationToken.None);
        Assert.Equal(ObjectState.Deleted, (await store.Objects.GetAsync(store.Owner, stored.Id, CancellationToken.None)).State);
        store.Clock.Pass(TimeSpan.FromDays(2));
        await reaper.RunAsync(CancellationToken.None);

        Assert.Equal(
            StoreErrorCode.ObjectNotFound,
            (await Assert.ThrowsAsync<StoreException>(
                async () => await store.Objects.GetAsync(store.Owner, stored.Id, CancellationToken.None))).Code);
    }

    private static Reaper ReaperOf(SmallStore store) =>
        new(store.Catalog, store.Objects.Limits, store.Clock, NullLogger<Reaper>.Instance);
}
