using System.Collections.Concurrent;
using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>
/// For every n of one scenario, from the first start to the stop, the n-th operation of a kind fails with each error. The server
/// answers an error or ends, never hangs, never acknowledges what is lost; after a restart the store is whole.
/// </summary>
/// <remarks>
/// How many operations a run has is the same nearly each time, but not quite: a batch may take in a turn of the background
/// work, and on a machine that is slow enough the log is copied once more. So n goes as far as the longest of some runs went,
/// a fault that found no operation gets further tries, and up to the end of the shortest run each must have found one.
/// </remarks>
public sealed class EveryOperationTests(LivesPool pool, ITestOutputHelper output) : IClassFixture<LivesPool>
{
    private const int CountingRuns = 4, Tries = 5, AtOnce = 3, Shown = 5;
    private static readonly DiskError[] Errors = [DiskError.InputOutput, DiskError.NoSpace];
    private static readonly bool[] OffAndOn = [false, true];

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_write_failed() => RunAllAsync(DiskOperations.Write);

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_write_stopped_half_way() => RunAllAsync(DiskOperations.Write, HalfWay);

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_sync_failed() => RunAllAsync(DiskOperations.Sync);

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_rename_failed() => RunAllAsync(DiskOperations.Rename);

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_creation_failed() => RunAllAsync(DiskOperations.Create);

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_change_of_a_size_failed() => RunAllAsync(DiskOperations.Resize, withHuge: true);

    [Fact, Trait("Speed", "Slow")]
    public Task The_store_is_whole_whichever_removal_failed() => RunAllAsync(DiskOperations.Remove);

    private static IEnumerable<Failing> InEachWay(DiskOperations kind, int n) => Errors.SelectMany(
        _ => OffAndOn, (error, losesPower) => new Failing(new FaultPlan(kind, n, error), losesPower));

    /// <summary>The log is written in pairs, the head of a page and the page, so both errors and power cuts take turns by pairs.</summary>
    private static IEnumerable<Failing> HalfWay(DiskOperations kind, int n) =>
    [
        new(new FaultPlan(kind, n, Errors[n / 2 % 2]) { HalfWritten = true }, LosesPower: n / 4 % 2 == 0),
    ];

    private async Task RunAllAsync(DiskOperations kind, Func<DiskOperations, int, IEnumerable<Failing>>? casesOf = null, bool withHuge = false)
    {
        (int fewest, int most) = await CountAsync(kind, withHuge);
        Failing[] cases = [.. Enumerable.Range(1, most).SelectMany(n => (casesOf ?? InEachWay)(kind, n))];
        var waiting = new ConcurrentQueue<Failing>(cases);
        var problems = new ConcurrentQueue<string>();
        var missed = new ConcurrentQueue<Failing>();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (!waiting.IsEmpty)
            {
                Lives lives = pool.Take();
                if (await RunAsync(lives)) pool.Return(lives);
                else await lives.DisposeAsync();
            }
        })));

        output.WriteLine($"{fewest} to {most} operations, {cases.Length} faults, {cases.Length - missed.Count} of them delivered");
        Assert.True(problems.IsEmpty, $"{problems.Count} of {cases.Length}:\n{string.Join("\n\n", problems.Take(Shown))}");
        Assert.DoesNotContain(missed, failing => failing.Plan.At <= fewest);

        // Until all is done, or until a server did not do what it should: the next one is to be another process.
        async Task<bool> RunAsync(Lives lives)
        {
            while (waiting.TryDequeue(out Failing? failing))
            {
                bool isDelivered = false;
                for (int i = 0; i < Tries && !isDelivered; i++)
                {
                    try
                    {
                        (isDelivered, IReadOnlyList<string> found) = await ProblemsAfterAsync(lives, failing, withHuge);
                        if (found.Count == 0) continue;
                        problems.Enqueue($"{failing}: {string.Join("\n", found)}\n{lives.Log}");
                        return false;
                    }
                    catch (Exception broken) // hangs and breakdowns, and whatever no model of a disk explains
                    {
                        problems.Enqueue($"{failing}: {broken}");
                        return false;
                    }
                }

                if (!isDelivered) missed.Enqueue(failing);
            }

            return true;
        }
    }

    /// <summary>The fewest and the most operations that the scenario makes when nothing fails.</summary>
    private async Task<(int Fewest, int Most)> CountAsync(DiskOperations kind, bool withHuge)
    {
        Lives lives = pool.Take();
        var counted = new List<int>();
        for (int i = 0; i < CountingRuns; i++)
        {
            lives.Clear();
            long before = Count();
            Ledger ledger = await ServeAsync(lives, mayFail: false, withHuge);
            Assert.All(ledger.Objects, tracked => Assert.All(tracked.Steps, step => Assert.Equal(Outcome.Acknowledged, step.Outcome)));
            counted.Add((int)(Count() - before));
        }

        pool.Return(lives);
        return (counted.Min(), counted.Max());

        long Count() => kind switch
        {
            DiskOperations.Write => lives.Disk.Counts.Writes,
            DiskOperations.Resize => lives.Disk.Counts.Resizes,
            DiskOperations.Sync => lives.Disk.Counts.Syncs,
            DiskOperations.Rename => lives.Disk.Counts.Renames,
            DiskOperations.Create => lives.Disk.Counts.Creates,
            _ => lives.Disk.Counts.Removes,
        };
    }

    private static async Task<(bool IsDelivered, IReadOnlyList<string> Problems)> ProblemsAfterAsync(Lives lives, Failing failing, bool withHuge)
    {
        lives.Clear();
        long delivered = lives.Disk.FaultsDelivered;
        lives.Disk.Fail(failing.Plan);
        Ledger ledger = await ServeAsync(lives, mayFail: true, withHuge);

        bool isDelivered = lives.Disk.FaultsDelivered > delivered;
        lives.Disk.Heal();
        if (failing.LosesPower) lives.Disk.LosePower(Unsynced.Dropped);
        if (!await lives.TryStartAsync()) return (isDelivered, ["the server does not start again"]);
        IReadOnlyList<string> problems = await StoreCheck.ProblemsAsync(lives.Server, ledger);
        if (problems.Count == 0) problems = await FolderCheck.ProblemsSoonAsync(lives.Server.Data);
        int exitCode = await lives.EndAsync();
        return (isDelivered, exitCode == 0 ? problems : [.. problems, $"the server ended with {exitCode}"]);
    }

    /// <summary>The scenario, from the start of a server to its end.</summary>
    private static async Task<Ledger> ServeAsync(Lives lives, bool mayFail, bool withHuge)
    {
        var ledger = new Ledger();
        if (!await lives.TryStartAsync())
        {
            Assert.True(mayFail, lives.Log);
            return ledger;
        }

        await Scenario.RunAsync(new Client(lives.Server) { MayBeRefused = mayFail }, ledger, () => lives.HasEnded, withHuge);
        int exitCode = await lives.EndAsync();
        Assert.True(mayFail || exitCode == 0, lives.Log);
        return ledger;
    }

    private sealed record Failing(FaultPlan Plan, bool LosesPower);
}
