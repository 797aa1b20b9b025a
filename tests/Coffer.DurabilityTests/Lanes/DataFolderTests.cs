using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>A folder or port that cannot be had: exit code 1, one line that says what to do, nothing touched.</summary>
public sealed class DataFolderTests
{
    [Fact]
    public async Task A_folder_that_another_process_owns_is_left_alone()
    {
        using var disk = new ShimmedDisk();
        await using CofferProcess owner = Serve.In(disk.Root);
        await owner.StartAgainAsync();
        string id = await owner.Api.StoreAsync("content");
        await using CofferProcess second = Serve.On(disk);

        string line = await RefusedAsync(second);

        Assert.Contains("in use by another coffer process", line, StringComparison.Ordinal);
        Assert.Equal(0, disk.Counts.Total); // not one change, and the shim saw them all
        Assert.Equal("content", (await owner.Api.DownloadAsync(id)).Expect(200).Text);
        await owner.StopAsync();
    }

    [Fact]
    public async Task A_folder_becomes_free_when_its_owner_is_killed()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess owner = Serve.In(folder.Path);
        await owner.StartAgainAsync();
        await owner.KillAsync();
        await using CofferProcess next = Serve.In(folder.Path);

        await next.StartAgainAsync();

        await next.StopAsync();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_refused()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess server = CofferProcess.Make(new ServerSetup
        {
            Folder = folder.Path,
            Prepare = start =>
            {
                TinyVolume.Mount(start, folder.Path, sizeBytes: 1 << 20, inodes: 100);
                start.ArgumentList[start.ArgumentList.IndexOf(start.ArgumentList.Single(argument => argument.StartsWith("size=", StringComparison.Ordinal)))] += ",ro";
            },
        });

        string line = await RefusedAsync(server);

        Assert.Contains(server.Data, line, StringComparison.Ordinal);
        Assert.Contains("--data", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess server = Serve.In(folder.Path);
        await File.WriteAllTextAsync(server.Data, "not a folder");

        string line = await RefusedAsync(server);

        Assert.Contains(server.Data, line, StringComparison.Ordinal);
        Assert.Equal("not a folder", await File.ReadAllTextAsync(server.Data));
    }

    [Fact]
    public async Task Data_of_a_newer_program_is_refused_and_stays_as_it_is()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess server = Serve.In(folder.Path);
        await server.StartAgainAsync();
        string id = await server.Api.StoreAsync("content");
        await server.StopAsync();
        string catalog = Path.Combine(server.Data, "catalog.db");
        long version = SetSchema(catalog, 9_999);
        byte[] before = SHA256.HashData(await File.ReadAllBytesAsync(catalog));

        string line = await RefusedAsync(server);

        Assert.Contains("newer", line, StringComparison.Ordinal);
        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(catalog)));
        SetSchema(catalog, version);
        await server.StartAgainAsync();
        Assert.Equal("content", (await server.Api.DownloadAsync(id)).Expect(200).Text);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_one_line()
    {
        using var folder = new ScratchFolder();
        await using CofferProcess server = Serve.In(folder.Path);
        using var other = new TcpListener(IPAddress.Loopback, server.Port);
        other.Start();

        string line = await RefusedAsync(server);

        Assert.Contains($"{server.Port}", line, StringComparison.Ordinal);
        Assert.Contains("--urls", line, StringComparison.Ordinal);
        other.Stop();
        await server.StartAgainAsync(); // and nothing of the failed start is in the way
        await server.StopAsync();
    }

    private static async Task<string> RefusedAsync(CofferProcess server)
    {
        (int exitCode, string text) = await server.RunToEndAsync();
        Assert.True(exitCode == 1, $"it ended with {exitCode}: {text}");
        return Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line[0] != '{'); // those are the log's
    }

    /// <summary>Writes another schema number into a catalog that nobody has open. Returns the one before.</summary>
    private static long SetSchema(string catalog, long version)
    {
        using var database = new Database(catalog);
        long before = database.Query("SELECT version, NULL FROM schema_version").Single().First;
        database.Execute($"UPDATE schema_version SET version = {version}");
        return before;
    }
}
