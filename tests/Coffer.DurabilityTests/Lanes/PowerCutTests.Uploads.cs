using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.DurabilityTests.Lanes;

public sealed partial class PowerCutTests
{
    private const int UploadPlaces = 16;

    [Fact, Trait("Speed", "Slow")]
    public async Task Cuts_in_the_journal_of_resumable_uploads_keep_every_offset_that_was_acknowledged()
    {
        using var disk = new ShimmedDisk { SyncDelay = TimeSpan.FromMilliseconds(1) };
        (List<ResumedUpload> uploads, Recorded run) = await RecordUploadsAsync(disk, LyingSyncs.None);
        int[] answers = [.. run.AnswerPlaces()];
        int step = Math.Max(1, answers.Length / UploadPlaces);
        int cuts = 0;
        foreach (int answer in answers.Where((_, i) => i % step == 0))
        {
            // Just promised: nothing may be missing. And a few calls later, in the middle of what comes next.
            foreach ((int at, Unsynced unsynced) in new[] { (answer + 1, Unsynced.Dropped), (answer + 1 + (cuts % 9), Unsynced.Sampled(answer)) })
            {
                IReadOnlyList<string> problems = await ProblemsAfterAsync(uploads, run, Math.Min(at, run.Journal.Entries.Count), unsynced);
                Assert.True(problems.Count == 0, $"Cut before entry {at}, {unsynced}: {string.Join("\n", problems)}");
                cuts++;
            }
        }

        output.WriteLine($"{cuts} cuts, {uploads.Sum(upload => upload.Promises)} promises");
        Assert.True(cuts >= UploadPlaces, $"only {cuts} cuts");
    }

    [Theory]
    [InlineData(nameof(LyingSyncs.Files))]
    [InlineData(nameof(LyingSyncs.Logs))]
    public async Task A_disk_that_lies_about_syncs_is_found_out_by_resumable_uploads(string lies)
    {
        using var disk = new ShimmedDisk();
        (List<ResumedUpload> uploads, Recorded run) = await RecordUploadsAsync(disk, Enum.Parse<LyingSyncs>(lies));

        IReadOnlyList<string> problems = await ProblemsAfterAsync(uploads, run, run.AnswerPlaces().Last() + 1, Unsynced.Dropped);

        Assert.NotEmpty(problems);
    }

    /// <summary>One run of three clients, each of which sends uploads in pieces; some of them stay unfinished.</summary>
    private static async Task<(List<ResumedUpload> Uploads, Recorded Run)> RecordUploadsAsync(ShimmedDisk disk, LyingSyncs lies)
    {
        await using CofferProcess server = Serve.On(disk);
        await server.StartAgainAsync();
        string bucket = await server.Api.NewBucketAsync();
        disk.Lies = lies;
        List<ResumedUpload> uploads =
        [
            .. new[] { 3_000, 180_000, 1_500_000, 700_001, 65_536, 262_144 }
                .Select((size, i) => new ResumedUpload(bucket, $"upload-{i}", new Content(size, i))),
        ];
        await Task.WhenAll(uploads.Chunk(2).Select(async (mine, writer) =>
        {
            foreach ((int i, ResumedUpload upload) in mine.Index())
            {
                int most = i == 1 && writer == 1 ? 3 : 7; // requests
                for (int asked = 0; asked < most && !upload.IsWhole; asked++)
                {
                    Assert.True(await upload.GoOnAsync(server, pieceBytes: 1_000 + (100_000 * (asked % 3)) + (writer * 77_777)));
                    await Task.Delay(5);
                }
            }
        }));
        await server.KillAsync();
        return (uploads, new Recorded(new Ledger(), disk.ReadJournal()));
    }

    private static async Task<IReadOnlyList<string>> ProblemsAfterAsync(List<ResumedUpload> uploads, Recorded run, int at, Unsynced unsynced)
    {
        using var copy = new ScratchFolder();
        run.Journal.ImageAt(at).WriteTo(copy.Path, unsynced);
        HashSet<string> answered = run.AnsweredAt(at);
        await using CofferProcess server = Serve.In(copy.Path);
        if (!await server.TryStartAsync()) return [$"the server does not start: {server.Log}"];
        var problems = new List<string>();
        foreach (ResumedUpload upload in uploads)
        {
            if (await upload.ProblemAsync(server, answered.Contains) is { } problem) problems.Add(problem);
        }

        return problems;
    }
}
