using Coffer.IntegrationTests.Server;

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

    private static async Task KillAfterAsync(CofferProcess server, TimeSpan delay)
    {
        await Task.Delay(delay);
        await server.KillAsync();
    }
}
