using System.Text;
using System.Text.RegularExpressions;
using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>The power goes: no acknowledged object is lost, every other one is absent or whole, and the server starts again.</summary>
public sealed partial class PowerCutTests(ITestOutputHelper output)
{
    private const int LiveFolders = 4, LiveCutsInEach = 11;
    private const int Places = 30;

    [Fact, Trait("Speed", "Slow")]
    public async Task Forty_four_cuts_of_a_running_server_lose_nothing_acknowledged()
    {
        int cuts = 0;
        int acknowledged = 0;
        for (int folder = 0; folder < LiveFolders; folder++)
        {
            var random = new Random(folder);
            using var disk = new ShimmedDisk { SyncDelay = TimeSpan.FromMilliseconds(1) }; // so that cuts fall into syncs
            var ledger = new Ledger();
            for (int cut = 0; cut < LiveCutsInEach; cut++)
            {
                // The first start makes some 300 folders and files; it is cut as well, and here and there a later one.
                bool isCutAtStart = cut is 0 or 5;
                int at = random.Next(1, cut == 0 ? 350 : isCutAtStart ? 30 : 300);
                Unsynced unsynced = (folder + cut) % 2 == 0 ? Unsynced.Dropped : Unsynced.Sampled(cuts);
                await using (CofferProcess server = Serve.On(disk))
                {
                    if (isCutAtStart) disk.CutPowerAt(at);
                    if (await server.TryStartAsync())
                    {
                        if (!isCutAtStart) disk.CutPowerAt(at);
                        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(4));
                        await new Load(ledger, seed: cuts * 100) { WithLarge = false }.RunAsync(new Client(server), end.Token);
                        await server.KillAsync();
                    }
                }

                acknowledged += ledger.Acknowledged;
                disk.LosePower(unsynced);
                cuts++;
                await using CofferProcess again = Serve.In(disk.Root);
                await again.StartAgainAsync();
                IReadOnlyList<string> problems = await StoreCheck.ProblemsAsync(again, ledger);
                Assert.True(problems.Count == 0, $"Folder {folder}, cut {cut} at {at}, {unsynced}: {string.Join("\n", problems)}\n{again.Log}");
                await again.StopAsync();
                problems = FolderCheck.Problems(again.Data);
                Assert.True(problems.Count == 0, $"Files in folder {folder}, cut {cut} at {at}, {unsynced}: {string.Join("\n", problems)}");
            }
        }

        output.WriteLine($"{cuts} cuts, {acknowledged} requests acknowledged");
        Assert.True(acknowledged > cuts * 5, $"only {acknowledged} requests were acknowledged");
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Sixty_cuts_in_the_journal_of_one_run_lose_nothing_acknowledged()
    {
        using var disk = new ShimmedDisk { SyncDelay = TimeSpan.FromMilliseconds(1) };
        Recorded run = await RecordAsync(disk, LyingSyncs.None);
        int step = Math.Max(1, (run.Journal.Entries.Count - run.Journal.Start) / (Places / 2));
        int[] answers = [.. run.AnswerPlaces().Where((_, i) => i % 2 == 0)];
        int[] places =
        [
            .. Enumerable.Range(0, Places / 2).Select(i => run.Journal.Entries.Count - (i * step)),
            .. answers.Take(Places / 2).Select(answer => answer + 1), // just promised: nothing may be missing
        ];
        int cuts = 0;
        foreach (int at in places)
        {
            foreach (Unsynced unsynced in new[] { Unsynced.Dropped, Unsynced.Sampled(at) })
            {
                IReadOnlyList<string> problems = await ProblemsAfterAsync(run, at, unsynced);
                Assert.True(problems.Count == 0, $"Cut before entry {at}, {unsynced}: {string.Join("\n", problems)}");
                cuts++;
            }
        }

        output.WriteLine($"{cuts} cuts over {run.Journal.Entries.Count} entries, {run.Requests} requests");
        Assert.Equal(2 * Places, cuts);
    }

    [Theory]
    [InlineData(nameof(LyingSyncs.Directories))]
    [InlineData(nameof(LyingSyncs.Files))]
    [InlineData(nameof(LyingSyncs.Logs))]
    public async Task A_disk_that_lies_about_syncs_is_found_out(string lies)
    {
        using var disk = new ShimmedDisk();
        Recorded run = await RecordAsync(disk, Enum.Parse<LyingSyncs>(lies));

        IReadOnlyList<string> problems = await ProblemsAfterAsync(run, run.AnswerPlaces().Last() + 1, Unsynced.Dropped);

        foreach (string problem in problems.Take(5)) output.WriteLine(problem);
        Assert.NotEmpty(problems);
    }

    /// <summary>One run of a few clients, journaled to its end.</summary>
    private static async Task<Recorded> RecordAsync(ShimmedDisk disk, LyingSyncs lies)
    {
        var ledger = new Ledger();
        await using CofferProcess server = Serve.On(disk);
        await server.StartAgainAsync();
        disk.Lies = lies;
        var client = new Client(server);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async writer =>
        {
            for (int i = 0; i < 3; i++)
            {
                TrackedObject it = ledger.New();
                int size = new[] { 4_000, 70_000, 600_000, 60_000 }[(writer + i) % 4];
                List<Func<Task<Outcome>>> requests =
                [
                    () => client.CreateAsync(it),
                    () => client.UploadAsync(it, new Content(size / 2, (writer * 10) + i), isChunked: i == 1),
                    () => client.UploadAsync(it, new Content(size, (writer * 10) + i + 100)),
                    () => client.CompleteAsync(it),
                ];
                if (i == 1) requests.Add(() => client.RenameAsync(it, it.Name + "-renamed"));
                if (i == 2) requests.Add(() => client.DeleteAsync(it));
                foreach (Func<Task<Outcome>> request in requests)
                {
                    await request();
                    await Task.Delay(5); // a promise that was given too early is not found out by the next request
                }
            }
        }));
        await Task.Delay(lies == LyingSyncs.None ? 1_500 : 0); // the writer is idle for a second, then it checkpoints
        if (lies == LyingSyncs.None) await server.StopAsync();
        else await server.KillAsync();
        return new Recorded(ledger, disk.ReadJournal());
    }

    private static async Task<IReadOnlyList<string>> ProblemsAfterAsync(Recorded run, int at, Unsynced unsynced)
    {
        using var copy = new ScratchFolder();
        run.Journal.ImageAt(at).WriteTo(copy.Path, unsynced);
        HashSet<string> answered = run.AnsweredAt(at);
        await using CofferProcess server = Serve.In(copy.Path);
        if (!await server.TryStartAsync()) return [$"the server does not start: {server.Log}"];
        IReadOnlyList<string> problems = await StoreCheck.ProblemsAsync(server, run.Ledger.Copy(), step => answered.Contains(step.RequestId));
        return problems.Count > 0 ? problems : await FolderCheck.ProblemsSoonAsync(server.Data);
    }

    /// <summary>A run that is over: what was asked, and what the disk and the sockets saw.</summary>
    private sealed partial record Recorded(Ledger Ledger, Journal Journal)
    {
        public int Requests => Ledger.Objects.Sum(tracked => tracked.Steps.Count);

        /// <summary>The entries that are answers to the requests.</summary>
        public IEnumerable<int> AnswerPlaces() => Enumerable.Range(0, Journal.Entries.Count).Where(i =>
            Journal.Entries[i].Kind == JournalKind.Answer && RequestId().IsMatch(Encoding.UTF8.GetString(Journal.Entries[i].Data.Span)));

        public HashSet<string> AnsweredAt(int count) =>
            [.. Journal.AnswersAt(count).SelectMany(answer => RequestId().Matches(answer)).Select(match => match.Groups["id"].Value)];

        [GeneratedRegex(@"x-request-id: (?<id>step-\d+)\r", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex RequestId();
    }
}
