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
            await Task.Delay(1_500); // the log was copied into the database and begins anew, with a sync of its first bytes
            disk.Fail(new FaultPlan(DiskOperations.Sync, At: 2, DiskError.InputOutput) { PathContains = "-wal" });
            Outcome outcome = Outcome.Acknowledged;
            for (int i = 0; i < 3 && outcome == Outcome.Acknowledged; i++) outcome = await client.CreateAsync(ledger.New());
            Assert.Equal(Outcome.Open, outcome);
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
        int[] copied =
        [
            .. Enumerable.Range(restart, run.Journal.Entries.Count - restart)
                .Where(i => run.Journal.Entries[i] is { Kind: JournalKind.Write, Path: "data/catalog.db" }),
        ];
        IEnumerable<(int At, Unsynced Unsynced)> cuts =
        [
            .. run.AnswerPlaces().Where(answer => answer > restart).Select(answer => (answer + 1, Unsynced.Dropped)),
            .. copied.Where((_, i) => i % Math.Max(1, copied.Length / 12) == 0).Select(write => (write + 1, Unsynced.Sampled(write))),
        ];
        Assert.NotEmpty(copied);
        foreach ((int at, Unsynced unsynced) in cuts)
        {
            IReadOnlyList<string> problems = await ProblemsAfterAsync(run, at, unsynced);
            Assert.True(problems.Count == 0, $"Cut {at - restart} entries after the restart, {unsynced}: {string.Join("\n", problems)}");
        }
    }
}
