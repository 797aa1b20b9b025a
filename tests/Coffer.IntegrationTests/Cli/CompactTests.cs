using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary><c>coffer compact</c> on the data folder of a server, while it runs and after.</summary>
public sealed class CompactTests
{
    [Fact]
    public async Task A_catalog_gives_back_what_deletes_left_and_keeps_the_rest()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        using CommandLine line = CommandLine.Bare();
        byte[] bytes = Bytes.Random(Bytes.Inline);
        string kept = await server.Api.StoreAsync(bytes, new { name = "kept", content_type = "binary" });
        var gone = new List<string>();
        for (int i = 0; i < 100; i++)
        {
            gone.Add(await server.Api.StoreAsync(Bytes.Random(Bytes.Inline), new { name = $"gone-{i}", content_type = "binary" }));
        }

        foreach (string id in gone)
        {
            (await server.Api.RemoveAsync(id)).Expect(200);
        }

        (await line.RunAsync("compact", "--data", server.Data)).ExpectError(
            1, $"the data folder {server.Data} is in use by another coffer process; stop that one, or start this one with another --data");
        await server.StopAsync();
        string catalog = System.IO.Path.Combine(server.Data, "catalog.db");
        long before = new FileInfo(catalog).Length;

        JsonElement told = (await line.RunAsync("compact", "--data", server.Data, "--json")).Expect().Json;

        long after = new FileInfo(catalog).Length;
        Assert.Equal((before, after), (told.Number("before_bytes"), told.Number("after_bytes")));
        Assert.True(after < before - (50 * Bytes.Inline), $"{before} bytes before, {after} after");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(catalog));
        }

        Assert.Equal(["catalog.db"], Directory.GetFiles(server.Data, "catalog.db*").Select(System.IO.Path.GetFileName));
        await server.StartAgainAsync();
        Assert.Equal(bytes, (await server.Api.DownloadAsync(kept)).Expect(200).Body);
        Assert.Equal("new", (await server.Api.DownloadAsync(await server.Api.StoreAsync("new"))).Text);
    }

    [Fact]
    public async Task After_a_kill_it_keeps_what_was_acknowledged()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        using CommandLine line = CommandLine.Bare();
        string id = await server.Api.StoreAsync("in the log alone");
        await server.KillAsync();

        (await line.RunAsync("compact", "--data", server.Data)).Expect();

        await server.StartAgainAsync();
        Assert.Equal("in the log alone", (await server.Api.DownloadAsync(id)).Text);
    }

    [Fact]
    public async Task A_folder_without_a_catalog_is_refused_and_stays_as_it_is()
    {
        using CommandLine line = CommandLine.Bare();
        string nowhere = System.IO.Path.Combine(line.Folder, "nowhere");

        (await line.RunAsync("compact", "--data", nowhere)).ExpectError(1, $"there is no catalog in {nowhere}; name the data folder with --data");

        Assert.False(Directory.Exists(nowhere));
    }
}
