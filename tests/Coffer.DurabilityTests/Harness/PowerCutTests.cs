using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;

namespace Coffer.DurabilityTests.Harness;

/// <summary>The power-cut harness against a store in miniature: the right protocol survives, each slip is caught.</summary>
public sealed class PowerCutTests
{
    private const int Objects = 12;

    private readonly ITestOutputHelper _output;

    public PowerCutTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void The_right_protocol_survives_a_cut_before_every_single_operation()
    {
        using var disk = new ShimmedDisk();
        (List<long> acknowledged, string errors) = StandIn.Run(disk, Slip.None, Objects);
        Assert.Equal("", errors);
        Assert.Equal(Objects, acknowledged.Count);
        Journal journal = disk.ReadJournal();

        for (int at = journal.Start; at <= journal.Entries.Count; at++)
        {
            List<long> promised = StandIn.Acknowledged(string.Concat(journal.AnswersAt(at)));
            foreach (Unsynced unsynced in new[] { Unsynced.Dropped, Unsynced.Sampled(at), Unsynced.Sampled(at + 100_000) })
            {
                List<string> problems = ProblemsAfterCut(journal, at, promised, unsynced);
                Assert.True(problems.Count == 0, $"Cut before entry {at}, {unsynced}: {string.Join("; ", problems)}");
            }
        }

        _output.WriteLine($"{journal.Entries.Count - journal.Start + 1} places, 3 cuts each");
    }

    [Fact]
    public void The_right_protocol_survives_when_the_process_itself_is_killed_and_starts_again()
    {
        using var disk = new ShimmedDisk { SyncDelay = TimeSpan.FromMilliseconds(1) }; // so that cuts fall into syncs
        var acknowledged = new List<long>();
        var random = new Random(20_310_521);
        for (int round = 0; round < 20; round++)
        {
            bool fromOutside = round % 2 == 1;
            if (!fromOutside) disk.CutPowerAt(random.Next(1, 80));
            int stored = (int)acknowledged.DefaultIfEmpty().Max();
            TimeSpan? killAfter = fromOutside ? TimeSpan.FromMilliseconds(random.Next(80, 250)) : null;
            acknowledged.AddRange(StandIn.Run(disk, Slip.None, count: stored + 40, byManyWriters: true, killAfter).Acknowledged);
            Unsynced unsynced = round % 4 < 2 ? Unsynced.Dropped : Unsynced.Sampled(round);
            disk.LosePower(unsynced);

            List<string> problems = StandIn.Problems(StandIn.FolderOn(disk), acknowledged);
            Assert.True(problems.Count == 0, $"Round {round}, unsynced {unsynced}: {string.Join("; ", problems)}");
        }

        _output.WriteLine($"{acknowledged.Count} objects were acknowledged");
        Assert.NotEmpty(acknowledged);
    }

    [Fact]
    public void A_process_that_is_killed_before_its_first_change_has_changed_nothing()
    {
        using var disk = new ShimmedDisk();
        List<long> acknowledged = StandIn.Run(disk, Slip.None, Objects).Acknowledged;
        disk.LosePower(Unsynced.Dropped);
        StandIn.Run(disk, Slip.None, Objects);
        string journal = Path.Combine(Path.GetDirectoryName(disk.Root)!, "journal");
        File.WriteAllBytes(journal, File.ReadAllBytes(journal)[..200]); // killed while it noted what is there

        disk.LosePower(Unsynced.Dropped);

        Assert.Empty(StandIn.Problems(StandIn.FolderOn(disk), acknowledged));
    }

    [Theory]
    [InlineData(nameof(Slip.NoDirectorySync))]
    [InlineData(nameof(Slip.NoFileSync))]
    [InlineData(nameof(Slip.NormalSynchronous))]
    [InlineData(nameof(Slip.RowBeforeBytes))]
    [InlineData(nameof(Slip.AnswerBeforeCommit))]
    public void Each_slip_in_the_protocol_is_caught_by_live_cuts(string name)
    {
        const int mostCuts = 40;
        Slip slip = Enum.Parse<Slip>(name);
        for (int cut = 1; cut <= mostCuts; cut++)
        {
            using var disk = new ShimmedDisk();
            disk.CutPowerAt(40 + cut); // beyond the making of the folder
            List<long> acknowledged = StandIn.Run(disk, slip, Objects).Acknowledged;
            disk.LosePower(Unsynced.Dropped);
            List<string> problems = StandIn.Problems(StandIn.FolderOn(disk), acknowledged);
            if (problems.Count == 0) continue;

            _output.WriteLine($"cut {cut}: {string.Join("; ", problems)}");
            return;
        }

        Assert.Fail($"{slip} went unseen through {mostCuts} cuts.");
    }

    [Theory]
    [InlineData(nameof(Slip.NoDirectorySync))]
    [InlineData(nameof(Slip.NoFileSync))]
    [InlineData(nameof(Slip.NormalSynchronous))]
    [InlineData(nameof(Slip.RowBeforeBytes))]
    [InlineData(nameof(Slip.AnswerBeforeCommit))]
    public void Each_slip_in_the_protocol_is_caught_in_the_journal_of_one_run(string name)
    {
        using var disk = new ShimmedDisk();
        StandIn.Run(disk, Enum.Parse<Slip>(name), Objects);
        Journal journal = disk.ReadJournal();
        int caught = 0;
        for (int at = journal.Start; at <= journal.Entries.Count; at++)
        {
            List<long> promised = StandIn.Acknowledged(string.Concat(journal.AnswersAt(at)));
            if (ProblemsAfterCut(journal, at, promised, Unsynced.Dropped).Count > 0) caught++;
        }

        _output.WriteLine($"{caught} of {journal.Entries.Count - journal.Start + 1} places");
        Assert.NotEqual(0, caught);
    }

    private static List<string> ProblemsAfterCut(Journal journal, int at, List<long> promised, Unsynced unsynced)
    {
        using var copy = new ScratchFolder();
        journal.ImageAt(at).WriteTo(copy.Path, unsynced);
        try
        {
            return StandIn.Problems(Path.Combine(copy.Path, "data"), promised);
        }
        catch (IOException problem)
        {
            return [problem.Message];
        }
    }
}
