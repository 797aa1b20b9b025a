using System.Collections.Concurrent;
using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>
/// The scenario from the first start to the stop, again and again, each time with another disk operation that fails. The server
/// answers an error or ends, never hangs, never acknowledges what is lost; once the disk is well, the store is whole.
/// </summary>
/// <remarks>Here each server is a process of its own, which takes long: <see cref="EveryOperationTests"/> leaves no operation out.</remarks>
public sealed class FailingDiskTests(ITestOutputHelper output)
{
    [Fact, Trait("Speed", "Slow")]
    public async Task The_store_is_whole_after_any_sync_failed()
    {
        long syncs = (await CountAsync()).Syncs;
        await RunAllAsync(
        [
            .. Each(syncs).Select(n => new Failing(new FaultPlan(DiskOperations.Sync, n, DiskError.InputOutput), LosesPower: true)),
            .. Each(syncs).Where(n => n % 2 == 0)
                .Select(n => new Failing(new FaultPlan(DiskOperations.Sync, n, DiskError.InputOutput), LosesPower: false)),
            .. Each(syncs).Where(n => n % 4 == 1)
                .Select(n => new Failing(new FaultPlan(DiskOperations.Sync, n, DiskError.NoSpace), LosesPower: true)),
        ]);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task The_store_is_whole_after_any_rename_failed()
    {
        long renames = (await CountAsync()).Renames;
        await RunAllAsync(
        [
            .. Each(renames).SelectMany(n => new[] { DiskError.InputOutput, DiskError.NoSpace }, (n, error) =>
                new Failing(new FaultPlan(DiskOperations.Rename, n, error), LosesPower: n % 2 == 0)),
        ]);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task The_store_is_whole_after_a_write_failed_or_stopped_half_way()
    {
        const int points = 48;
        long writes = (await CountAsync()).Writes;
        long step = Math.Max(1, writes / points);
        await RunAllAsync(
        [
            .. Each(writes).Where(n => n % step == 0).Select((n, i) => new Failing(
                new FaultPlan(DiskOperations.Write, n, i % 2 == 0 ? DiskError.NoSpace : DiskError.InputOutput) { HalfWritten = i % 4 < 2 },
                LosesPower: i % 3 == 0)),
        ]);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task The_store_is_whole_after_the_disk_failed_for_good()
    {
        DiskCounts counts = await CountAsync();
        const DiskOperations all = DiskOperations.Write | DiskOperations.Sync | DiskOperations.Rename | DiskOperations.Create;
        long operations = counts.Writes + counts.Syncs + counts.Renames + counts.Creates;
        await RunAllAsync(
        [
            .. Enumerable.Range(1, 16).Select(i => new Failing(
                new FaultPlan(all, i * operations / 17, i % 2 == 0 ? DiskError.InputOutput : DiskError.NoSpace) { Onwards = true },
                LosesPower: i % 4 < 2)),
        ]);
    }

    private static IEnumerable<long> Each(long count)
    {
        for (long n = 1; n <= count; n++) yield return n;
    }

    /// <summary>How many operations of each kind the scenario makes when nothing fails.</summary>
    private static async Task<DiskCounts> CountAsync()
    {
        using var disk = new ShimmedDisk();
        Ledger ledger = await ScenarioAsync(disk, plan: null);
        Assert.All(ledger.Objects, tracked => Assert.All(tracked.Steps, step => Assert.Equal(Outcome.Acknowledged, step.Outcome)));
        return disk.Counts;
    }

    private async Task RunAllAsync(IReadOnlyList<Failing> cases)
    {
        var problems = new ConcurrentQueue<string>();
        int delivered = 0;
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (failing, _) =>
        {
            (bool wasDelivered, string? problem) = await RunAsync(failing);
            if (wasDelivered) Interlocked.Increment(ref delivered);
            if (problem is not null) problems.Enqueue($"{failing}: {problem}");
        });

        output.WriteLine($"{cases.Count} runs, {delivered} faults delivered");
        Assert.True(problems.IsEmpty, $"{problems.Count} of {cases.Count}:\n{string.Join("\n\n", problems)}");
        Assert.True(delivered >= cases.Count * 0.95, $"only {delivered} of {cases.Count} faults were delivered");
    }

    private static async Task<(bool WasDelivered, string? Problem)> RunAsync(Failing failing)
    {
        using var disk = new ShimmedDisk();
        Ledger ledger;
        try
        {
            ledger = await ScenarioAsync(disk, failing.Plan);
        }
        catch (Exception late) when (late is TimeoutException or InvalidOperationException)
        {
            return (disk.FaultsDelivered > 0, late.Message);
        }

        bool wasDelivered = disk.FaultsDelivered > 0;
        disk.Heal();
        if (failing.LosesPower) disk.LosePower(Unsynced.Dropped);
        await using CofferProcess server = Serve.In(disk.Root);
        if (!await server.TryStartAsync()) return (wasDelivered, $"the server does not start again: {server.Log}");
        IReadOnlyList<string> problems = await StoreCheck.ProblemsAsync(server, ledger);
        if (problems.Count == 0) problems = await FolderCheck.ProblemsSoonAsync(server.Data);
        if (problems.Count > 0) return (wasDelivered, string.Join("\n", problems));
        await server.StopAsync();
        return (wasDelivered, null);
    }

    private static async Task<Ledger> ScenarioAsync(ShimmedDisk disk, FaultPlan? plan)
    {
        var ledger = new Ledger();
        await using CofferProcess server = Serve.On(disk);
        if (plan is not null) disk.Fail(plan);
        if (!await server.TryStartAsync()) return ledger;

        await Scenario.RunAsync(new Client(server) { MayBeRefused = plan is not null }, ledger, () => server.HasEnded);
        if (!server.HasEnded) server.Terminate();
        int exitCode = await server.EndAsync(TimeSpan.FromSeconds(40));
        if (plan is null) Assert.Equal(0, exitCode);
        return ledger;
    }

    private sealed record Failing(FaultPlan Plan, bool LosesPower);
}
