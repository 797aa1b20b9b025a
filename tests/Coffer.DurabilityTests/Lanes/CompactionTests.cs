using System.Diagnostics;
using System.Text.Json;
using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>The power goes while <c>coffer compact</c> writes a catalog anew: whichever file is there, it holds all that was acknowledged.</summary>
public sealed class CompactionTests(ITestOutputHelper output)
{
    private const string Leftover = "catalog.db.compact";

    [Fact, Trait("Speed", "Slow")]
    public async Task A_cut_at_any_place_of_a_compaction_loses_nothing_acknowledged()
    {
        using var disk = new ShimmedDisk();
        Ledger ledger = await FillAsync(disk);
        Journal journal = await CompactAsync(disk, LyingSyncs.None);
        await using var lives = new Lives();
        int cuts = 0;
        int leftovers = 0;
        int renamed = journal.Entries.Index().Single(entry => entry.Item.Kind == JournalKind.Rename).Index;
        foreach (int at in Places(journal))
        {
            int lots = at > renamed ? 24 : 2; // where one file takes the place of the other, more of what could be on the disk is tried
            IEnumerable<Unsynced> drawn = Enumerable.Range(0, lots).Select(lot => Unsynced.Sampled(at + (lot * 100_000)));
            foreach (Unsynced unsynced in drawn.Prepend(Unsynced.Dropped))
            {
                Put(journal, at, unsynced, lives);
                leftovers += File.Exists(Path.Combine(lives.Server.Data, Leftover)) ? 1 : 0;

                IReadOnlyList<string> problems = await ProblemsAsync(lives, ledger);

                Assert.True(problems.Count == 0, $"Cut before entry {at} of {journal.Entries.Count}, {unsynced}: {string.Join("\n", problems)}\n{lives.Log}");
                cuts++;
            }
        }

        output.WriteLine($"{cuts} cuts over {journal.Entries.Count - journal.Start} entries, {leftovers} with an unfinished file");
        Assert.InRange(cuts, 60, int.MaxValue);
        Assert.NotEqual(0, leftovers); // which the start removed: it is a problem if not
    }

    /// <remarks>
    /// With unsynced files the new one takes the name before its bytes are on the disk; with unsynced directories it may take the
    /// name while the log of the old one still has its own.
    /// </remarks>
    [Theory, Trait("Speed", "Slow")]
    [InlineData(nameof(LyingSyncs.Files))]
    [InlineData(nameof(LyingSyncs.Directories))]
    public async Task A_disk_that_lies_about_syncs_is_found_out(string lies)
    {
        using var disk = new ShimmedDisk();
        Ledger ledger = await FillAsync(disk);
        Journal journal = await CompactAsync(disk, Enum.Parse<LyingSyncs>(lies));
        await using var lives = new Lives();

        const int lots = 80;
        for (int seed = 0; seed < lots; seed++)
        {
            Put(journal, journal.Entries.Count, Unsynced.Sampled(seed), lives);
            IReadOnlyList<string> problems = await ProblemsAsync(lives, ledger);
            if (problems.Count == 0) continue;

            output.WriteLine($"seed {seed}: {string.Join("\n", problems.Take(3))}");
            return;
        }

        Assert.Fail($"syncs of {lies} that are none went unseen through {lots} cuts.");
    }

    /// <summary>
    /// A server's folder with inline and larger objects and what deletes left; killed in its second run, so that a part of the catalog is
    /// in the log alone. A log that held all of it would make any file beside it whole again.
    /// </summary>
    private static async Task<Ledger> FillAsync(ShimmedDisk disk)
    {
        var ledger = new Ledger();
        await using CofferProcess server = Serve.In(disk.Root);
        await server.StartAgainAsync();
        var client = new Client(server);
        await StoreAsync(count: 20);
        await server.StopAsync();
        await server.StartAgainAsync();
        await StoreAsync(count: 4);
        await server.KillAsync();
        return ledger;

        async Task StoreAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                TrackedObject it = ledger.New();
                await client.StoreAsync(it, new Content(i % 6 == 0 ? 100_000 : 9_000, (count * 100) + i));
                if (i % 2 == 1) await client.DeleteAsync(it);
            }
        }
    }

    /// <summary>Runs the command to its end. The folder as it was counts as on the disk.</summary>
    private static async Task<Journal> CompactAsync(ShimmedDisk disk, LyingSyncs lies)
    {
        disk.Lies = lies;
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "coffer"), ["compact", "--data", Path.Combine(disk.Root, "data"), "--json"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        disk.Attach(start);
        using Process compact = Process.Start(start)!;
        Task<string> errors = compact.StandardError.ReadToEndAsync();
        string said = await compact.StandardOutput.ReadToEndAsync();
        await compact.WaitForExitAsync();
        Assert.True(compact.ExitCode == 0, await errors);
        JsonElement sizes = JsonSerializer.Deserialize<JsonElement>(said);
        Assert.NotEqual(sizes.GetProperty("before_bytes").GetInt64(), sizes.GetProperty("after_bytes").GetInt64());
        return disk.ReadJournal();
    }

    /// <summary>Before and behind every operation that is no write, and at each eighth write: the pages of the new file follow one another.</summary>
    private static IEnumerable<int> Places(Journal journal)
    {
        int writes = 0;
        for (int at = journal.Start; at < journal.Entries.Count; at++)
        {
            bool isTurn = journal.Entries[at].Kind is not JournalKind.Write || writes++ % 8 == 0;
            bool followsTurn = at > journal.Start && journal.Entries[at - 1].Kind is not JournalKind.Write;
            if (isTurn || followsTurn) yield return at;
        }

        yield return journal.Entries.Count;
    }

    /// <summary>Makes the disk of the servers what the cut left.</summary>
    private static void Put(Journal journal, int at, Unsynced unsynced, Lives lives)
    {
        lives.Clear();
        journal.ImageAt(at).WriteTo(lives.Disk.Root, unsynced);
    }

    /// <summary>Starts a server on what is left, looks at everything, and ends it.</summary>
    private static async Task<IReadOnlyList<string>> ProblemsAsync(Lives lives, Ledger ledger)
    {
        if (!await lives.TryStartAsync()) return [$"the server does not start: {lives.Log}"];
        List<string> problems;
        try
        {
            problems = [.. await StoreCheck.ProblemsAsync(lives.Server, ledger.Copy())];
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            problems = [$"the server cannot be looked at: {broken.Message}"];
        }

        if (File.Exists(Path.Combine(lives.Server.Data, Leftover))) problems.Add("the unfinished file of the compaction is still there");
        if (await lives.EndAsync() is not 0 and var exitCode) problems.Add($"the server ended with {exitCode}");
        if (problems.Count == 0) problems.AddRange(FolderCheck.Problems(lives.Server.Data));
        return problems;
    }
}
