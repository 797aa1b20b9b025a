using System.IO.Pipelines;
using Coffer.Blobs;
using Coffer.Objects;
using Coffer.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Upkeep;

public sealed class UpkeepLoopTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Every_start_clears_litter_also_after_an_orderly_end()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject kept = await store.StoreAsync(new byte[100_000]);
        await store.Blobs.WriteAsync(new BlobId(1), PipeReader.Create(new MemoryStream(new byte[100])), new BlobWrite(), None);
        await store.ReopenAsync();

        await RunAsync(store, () => store.BlobFiles() == 1);

        Assert.Equal(100_000, (await store.ReadAsync(kept.Id)).Length);
    }

    [Fact]
    public async Task A_scrub_comes_when_it_is_due_however_short_the_runs_are()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject damaged = await store.StoreAsync(new byte[100_000]);
        await store.Blobs.DeleteAsync(damaged.Pieces[0].Blob, None);
        var log = new LogLines();

        // A new installation is not scrubbed at once, nor is one that is started again and again within a week.
        for (int day = 0; day < 7; day++)
        {
            await RunForAWhileAsync(store, log);
            Assert.Empty(log.Errors);
            store.Clock.Pass(TimeSpan.FromDays(1));
        }

        await RunAsync(store, () => log.Errors.Count == 1, log);
        store.Clock.Pass(TimeSpan.FromDays(6));
        await RunForAWhileAsync(store, log);
        Assert.Single(log.Errors);
        store.Clock.Pass(TimeSpan.FromDays(1));
        await RunAsync(store, () => log.Errors.Count == 2, log);

        // A last time in the future says nothing.
        store.Clock.SetWall(TimeSpan.FromDays(-400));
        await RunAsync(store, () => log.Errors.Count == 3, log);
        await RunForAWhileAsync(store, log);
        Assert.Equal(3, log.Errors.Count);
    }

    [Fact]
    public async Task The_times_of_the_last_reads_are_written_back_when_the_work_ends()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject stored = await store.StoreAsync([1, 2, 3]);
        await RunForAWhileAsync(store, new LogLines(), () => store.ReadAsync(stored.Id));

        Assert.Equal(store.Catalog.NowMs, (await store.Catalog.FindObjectAsync(stored.Id, None))!.LastReadAtMs);
    }

    private static UpkeepLoop LoopOf(SmallStore store, LogLines log) => new(
        store.Catalog,
        new Reaper(store.Catalog, store.Objects.Limits, store.Clock, NullLogger<Reaper>.Instance),
        new Sweep(store.Catalog, store.Blobs, TimeSpan.FromMinutes(1), log.For<Sweep>()),
        new Scrub(store.Catalog, store.Blobs, store.Clock, log.For<Scrub>()),
        store.Use,
        new UpkeepTimes(),
        store.Clock,
        log.For<UpkeepLoop>());

    /// <summary>Runs the work until something has come about.</summary>
    private static async Task RunAsync(SmallStore store, Func<bool> isDone, LogLines? log = null)
    {
        using var end = new CancellationTokenSource();
        Task work = LoopOf(store, log ?? new LogLines()).RunAsync(end.Token);
        for (int tries = 0; tries < 500 && !isDone(); tries++)
        {
            await Task.Delay(20, None);
        }

        // What it notes when it is done, it notes soon; a cancellation could come in between.
        await Task.Delay(200, None);
        await end.CancelAsync();
        await work;
        Assert.True(isDone());
    }

    private static async Task RunForAWhileAsync(SmallStore store, LogLines log, Func<Task>? meanwhile = null)
    {
        using var end = new CancellationTokenSource();
        Task work = LoopOf(store, log).RunAsync(end.Token);
        await Task.Delay(100, None);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await end.CancelAsync();
        await work;
    }
}
