using System.Diagnostics;
using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>What was deleted, has expired or was replaced leaves the files, not only the answers.</summary>
public sealed class LifetimeTests(ITestOutputHelper output)
{
    private const string Kept = "canary that stays 7c7b2b1f";

    /// <summary>Ten minutes are promised; the defaults come to about two and a half.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(5);

    [Fact, Trait("Speed", "Slow")]
    public async Task Deleted_expired_and_replaced_bytes_leave_the_files_of_a_running_server()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess server = Serve.In(folder.Path);
        await server.StartAgainAsync();
        var took = Stopwatch.StartNew();
        await StoreAsync(server, Kept);
        int keptFiles = FolderCheck.BlobFiles(server.Data).Length;
        string[] gone = await GoneAsync(server);
        Assert.Contains(gone, canary => IsAnywhere(server.Data, canary)); // the search does find such a text

        string[] left = gone;
        int files;
        do
        {
            await Task.Delay(2_000);
            left = [.. left.Where(canary => IsAnywhere(server.Data, canary))];
            files = FolderCheck.BlobFiles(server.Data).Length;
        }
        while ((left.Length > 0 || files > keptFiles) && took.Elapsed < Promised);

        output.WriteLine($"{took.Elapsed.TotalSeconds:0} s");
        Assert.Empty(left);
        Assert.Equal(keptFiles, files);
        Assert.True(IsAnywhere(server.Data, Kept));
        await server.StopAsync();
    }

    [Fact]
    public async Task A_server_that_stops_leaves_no_deleted_text_behind()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess server = Serve.In(folder.Path);
        await server.StartAgainAsync();
        await StoreAsync(server, Kept);
        const string canary = "canary that goes 0e4b1a52";
        string id = await StoreAsync(server, canary);
        Assert.True(IsAnywhere(server.Data, canary));
        (await server.Api.RemoveAsync(id)).Expect(200);

        await server.StopAsync();

        Assert.False(IsAnywhere(server.Data, canary));
        Assert.True(IsAnywhere(server.Data, Kept));
    }

    /// <summary>Makes texts that are deleted, have expired or were replaced, some in the catalog and some in files.</summary>
    private static async Task<string[]> GoneAsync(CofferProcess server)
    {
        string deleted = await StoreAsync(server, "canary deleted 5f2d");
        string deletedLarge = await StoreAsync(server, Large("canary deleted large 91aa"));
        await server.Api.StoreAsync(Encoding.UTF8.GetBytes("canary expired 3c1e"), new { name = "brief", content_type = "text", ttl_ms = 1_000 });
        await server.Api.StoreAsync(
            Encoding.UTF8.GetBytes(Large("canary expired large 77b0")), new { name = "brief", content_type = "text", ttl_ms = 1_000 });
        CreatedObject replaced = await server.Api.CreateAsync();
        (await server.Api.UploadAsync(replaced.UploadUrl, "canary replaced 19f4")).Expect(200);
        (await server.Api.UploadAsync(replaced.UploadUrl, Large("canary replaced large 60d8"))).Expect(200);
        (await server.Api.UploadAsync(replaced.UploadUrl, "what stays")).Expect(200);
        (await server.Api.CompleteAsync(replaced.Id)).Expect(200);
        (await server.Api.RemoveAsync(deleted)).Expect(200);
        (await server.Api.RemoveAsync(deletedLarge)).Expect(200);
        return
        [
            "canary deleted 5f2d", "canary deleted large 91aa", "canary expired 3c1e", "canary expired large 77b0",
            "canary replaced 19f4", "canary replaced large 60d8",
        ];
    }

    private static string Large(string text) => string.Concat(Enumerable.Repeat(text + "\n", 4_000));

    private static Task<string> StoreAsync(CofferProcess server, string text) => server.Api.StoreAsync(text);

    private static bool IsAnywhere(string data, string text)
    {
        byte[] sought = Encoding.UTF8.GetBytes(text);
        foreach (string path in Directory.GetFiles(data, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var all = new MemoryStream();
                file.CopyTo(all);
                if (all.GetBuffer().AsSpan(0, (int)all.Length).IndexOf(sought) >= 0) return true;
            }
            catch (FileNotFoundException)
            {
                // swept while the folder was read
            }
        }

        return false;
    }
}
