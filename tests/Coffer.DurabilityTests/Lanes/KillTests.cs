using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>kill -9 in the middle of a write load: what was acknowledged is there, nothing is half there.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 20, QuietOnes = 8;

    [Fact, Trait("Speed", "Slow")]
    public async Task Everything_acknowledged_survives_twenty_kills_in_one_folder_and_no_litter_stays()
    {
        using var folder = new ScratchFolder();
        var ledger = new Ledger();
        var random = new Random(20_310_522);
        int acknowledged = 0;
        int large = 0;
        for (int round = 0; round < Rounds; round++)
        {
            await using CofferProcess server = Serve.In(folder.Path);
            await server.StartAgainAsync();
            IReadOnlyList<string> problems = await StoreCheck.ProblemsAsync(server, ledger, readQuiet: i => i % QuietOnes == round % QuietOnes);
            Assert.True(problems.Count == 0, $"Round {round}: {string.Join("\n", problems)}\n{server.Log}");
            problems = await FolderCheck.ProblemsSoonAsync(server.Data);
            Assert.True(problems.Count == 0, $"Files in round {round}: {string.Join("\n", problems)}\n{server.Log}");

            Task kill = KillAfterAsync(server, TimeSpan.FromMilliseconds(random.Next(100, 700)));
            await new Load(ledger, seed: round * 100).RunAsync(new Client(server), CancellationToken.None);
            await kill;
            acknowledged += ledger.Acknowledged;
            large = Math.Max(large, FolderCheck.BlobFiles(server.Data).Length);
        }

        await using CofferProcess last = Serve.In(folder.Path);
        await last.StartAgainAsync();
        Assert.Empty(await StoreCheck.ProblemsAsync(last, ledger));
        await last.StopAsync();
        Assert.Empty(FolderCheck.Problems(last.Data));
        output.WriteLine($"{acknowledged} requests acknowledged, {ledger.Objects.Count} objects, up to {large} blob files");
        Assert.NotEqual(0, large);
        Assert.True(acknowledged > Rounds * 10, $"only {acknowledged} requests were acknowledged");
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Offsets_of_resumable_uploads_survive_twelve_kills_in_one_folder()
    {
        const int rounds = 12;
        using var folder = new ScratchFolder();
        var random = new Random(20_310_523);
        var uploads = new List<ResumedUpload>();
        string bucket = "";
        for (int round = 0; round < rounds; round++)
        {
            await using CofferProcess server = Serve.In(folder.Path);
            await server.StartAgainAsync();
            if (round == 0)
            {
                bucket = await server.Api.NewBucketAsync();
            }

            foreach (ResumedUpload upload in uploads) await upload.SettleAsync(server);
            List<ResumedUpload> running =
            [
                .. uploads.Where(upload => upload.Path is not null && !upload.IsWhole).Take(2),
                .. Enumerable.Range(0, 2).Select(i => new ResumedUpload(bucket, $"upload-{round}-{i}", new Content(random.Next(1, 4_000_000), random.Next()))),
            ];
            uploads.AddRange(running.Except(uploads).ToArray());
            Task kill = KillAfterAsync(server, TimeSpan.FromMilliseconds(random.Next(100, 600)));
            int seed = random.Next();
            await Task.WhenAll(running.Select(async (upload, i) =>
            {
                var sizes = new Random(seed + i);
                while (!upload.IsWhole && await upload.GoOnAsync(server, sizes.Next(1, 200_000)))
                {
                }
            }));
            await kill;
        }

        await using CofferProcess last = Serve.In(folder.Path);
        await last.StartAgainAsync();
        foreach (ResumedUpload upload in uploads) Assert.Null(await upload.ProblemAsync(last));
        output.WriteLine($"{uploads.Sum(upload => upload.Promises)} promises, {uploads.Count} uploads");
        Assert.True(uploads.Sum(upload => upload.Promises) > 3 * rounds, "too few requests were acknowledged");
    }

    private static async Task KillAfterAsync(CofferProcess server, TimeSpan delay)
    {
        await Task.Delay(delay);
        await server.KillAsync();
    }
}
