using System.Security.Cryptography;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The published tus-js-client, which Supabase's documents send large files with.</summary>
public sealed class TusClientTests(SharedServer server)
{
    [Fact]
    public async Task The_published_client_works() =>
        await NodeScript.RunAsync("tus.mjs", server.Process, (await server.Accounts.NewAsync()).Token);

    [Fact, Trait("Speed", "Slow")]
    public async Task A_large_file_outlives_clients_that_are_killed_in_the_middle() =>
        await NodeScript.RunAsync("tus-large.mjs", server.Process, (await server.Accounts.NewAsync()).Token);

    [Fact]
    public Task A_file_outlives_a_server_that_is_killed_in_the_middle() => UploadOverKillsAsync(40 << 20, kills: 2);

    [Fact, Trait("Speed", "Slow")]
    public Task A_large_file_outlives_a_server_that_is_killed_in_the_middle() => UploadOverKillsAsync(200 << 20, kills: 3);

    private static async Task UploadOverKillsAsync(int size, int kills)
    {
        await using CofferProcess process = await CofferProcess.StartAsync();
        string bucket = await process.Api.NewBucketAsync();
        string file = System.IO.Path.Combine(process.Folder, "file");
        byte[] bytes = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(file, bytes);

        Task sending = NodeScript.RunAsync(
            "tus-file.mjs", process, process.Api.Token, file, bucket, "killed", System.IO.Path.Combine(process.Folder, "uploads.json"), "");
        for (int kill = 1; kill <= kills; kill++)
        {
            long enough = (long)size * kill / (kills + 1);
            while (StagedBytes() < enough)
            {
                if (sending.IsCompleted)
                {
                    await sending; // throws what ended it, which is a skip where the packages are missing
                    Assert.Fail("the upload was over before the server was killed");
                }

                await Task.Delay(5);
            }

            await process.KillAsync();
            await process.StartAgainAsync();
        }

        await sending;
        Answer read = (await process.Api.ReadAsync(bucket, "killed")).Expect(200);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(read.Body));

        long StagedBytes() => new DirectoryInfo(System.IO.Path.Combine(process.Data, "staging"))
            .EnumerateFiles("*.part").Sum(staged => staged.Exists ? staged.Length : 0);
    }
}
