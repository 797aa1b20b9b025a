using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

public sealed partial class PowerCutTests
{
    [Fact, Trait("Speed", "Slow")]
    public async Task A_commit_whose_sync_failed_is_on_the_disk_before_anything_is_built_on_it()
    {
        using var disk = new ShimmedDisk();
        var ledger = new Ledger();
        await using (CofferProcess server = Serve.On(disk))
        {
            await server.StartAgainAsync();
            var client = new Client(server) { MayBeRefused = true };
            await client.StoreAsync(ledger.New(), new Content(10_000, 1));
            disk.Fail(new FaultPlan(DiskOperations.Sync, At: 1, DiskError.InputOutput) { PathContains = "-wal" });
            Assert.Equal(Outcome.Open, await client.CreateAsync(ledger.New()));
            Assert.Equal(1, await server.EndAsync(TimeSpan.FromSeconds(20)));
            disk.Heal();
        }

        // The machine did not lose its power: the next process finds the bytes in the page cache, where no sync brings them on.
        int restart = disk.ReadJournal().Entries.Count;
        await using (CofferProcess server = Serve.On(disk, continued: true))
        {
            await server.StartAgainAsync();
            Assert.Equal(Outcome.Acknowledged, await new Client(server).StoreAsync(ledger.New(), new Content(20_000, 2)));
            await Task.Delay(1_500); // by then the log is copied into the database
            await server.KillAsync();
        }

        var run = new Recorded(ledger, disk.ReadJournal());
        int step = Math.Max(1, (run.Journal.Entries.Count - restart) / 16);
        int cuts = 0;
        for (int at = run.Journal.Entries.Count; at > restart; at -= step)
        {
            Unsynced unsynced = cuts++ % 3 == 0 ? Unsynced.Dropped : Unsynced.Sampled(at);
            IReadOnlyList<string> problems = await ProblemsAfterAsync(run, at, unsynced);
            Assert.True(problems.Count == 0, $"Cut {at - restart} entries after the restart, {unsynced}: {string.Join("\n", problems)}");
        }
    }
}
