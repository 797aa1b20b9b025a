using System.Globalization;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>What stops a start is said in one line that tells what to do, and the exit code is 1.</summary>
public sealed class StartRefusalTests
{
    [Fact]
    public async Task A_port_that_is_taken()
    {
        await using CofferProcess first = await CofferProcess.StartAsync();
        await using CofferProcess second = CofferProcess.Make();

        await RefusedAsync(second, $"{first.Port}", ("COFFER_URLS", $"http://127.0.0.1:{first.Port}"));

        Assert.DoesNotContain("exception", second.Log, StringComparison.OrdinalIgnoreCase); // nor a stack trace in the log
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}"), InlineData("http://localhost:{0}"), InlineData("http://*:{0}"), InlineData("http://[::1]:0;http://127.0.0.1:{0}")]
    public async Task A_port_that_is_taken_leaves_no_data_folder_behind(string urls)
    {
        await using CofferProcess first = await CofferProcess.StartAsync();
        await using CofferProcess second = CofferProcess.Make();
        string taken = string.Format(CultureInfo.InvariantCulture, urls, first.Port);

        await RefusedAsync(second, $"{first.Port} is in use", ("COFFER_URLS", taken));

        Assert.False(Path.Exists(second.Data));
        await second.StartAgainAsync(); // elsewhere, it is made

        await second.StopAsync();
        await second.RunToEndAsync(("COFFER_URLS", taken));
        Assert.True(File.Exists(Path.Combine(second.Data, "catalog.db"))); // what was there stays
    }

    [Fact]
    public async Task A_socket_that_is_taken_leaves_no_data_folder_behind_and_stays()
    {
        await using CofferProcess server = CofferProcess.Make();
        string socket = Path.Combine(server.Folder, "socket");
        await File.WriteAllTextAsync(socket, "somebody's");

        await RefusedAsync(server, "/socket is in use", ("COFFER_URLS", $"http://unix:{socket}"));

        Assert.False(Path.Exists(server.Data));
        Assert.Equal("somebody's", await File.ReadAllTextAsync(socket));
    }

    [Theory]
    [InlineData("http://localhost:80"), InlineData("http://127.0.0.1:80"), InlineData("http://*:80")]
    public async Task A_port_that_is_for_the_privileged(string url)
    {
        Assert.SkipUnless(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start").Trim() == "1024", "every port is for everybody here");
        await using CofferProcess server = CofferProcess.Make(Unprivileged());

        await RefusedAsync(server, url, ("COFFER_URLS", url));
    }

    [Fact]
    public async Task A_data_folder_that_another_process_owns()
    {
        await using CofferProcess first = await CofferProcess.StartAsync();
        await using CofferProcess second = CofferProcess.Make();

        await RefusedAsync(second, "in use by another", ("COFFER_DATA", first.Data));

        await first.Api.StoreAsync(); // the owner does not mind
    }

    [Fact]
    public async Task A_data_folder_that_is_none()
    {
        await using CofferProcess server = CofferProcess.Make();
        string file = Path.Combine(server.Folder, "file");
        await File.WriteAllTextAsync(file, "");

        await RefusedAsync(server, file, ("COFFER_DATA", Path.Combine(file, "data")));
    }

    [Fact]
    public async Task A_data_folder_whose_catalog_is_lost()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.StoreAsync(new string('x', 200_000));
        await server.StopAsync();
        string catalog = Path.Combine(server.Data, "catalog.db");
        File.Move(catalog, catalog + ".away");

        await RefusedAsync(server, "catalog.db"); // a new catalog would refer to none of the blobs, and these would be cleared

        File.Move(catalog + ".away", catalog);
        await server.StartAgainAsync();
        Assert.Equal(200_000, (await server.Api.DownloadAsync(id)).Expect(200).Body.Length);
    }

    [Theory]
    [InlineData("blobs"), InlineData("staging"), InlineData("catalog.db"), InlineData("credentials.json")]
    public async Task A_part_of_the_data_folder_that_is_something_else(string part)
    {
        await using CofferProcess server = CofferProcess.Make();
        if (part is "blobs" or "staging")
        {
            Directory.CreateDirectory(server.Data);
            await File.WriteAllTextAsync(Path.Combine(server.Data, part), "");
        }
        else
        {
            Directory.CreateDirectory(Path.Combine(server.Data, part));
        }

        await RefusedAsync(server, server.Data);
    }

    [Fact]
    public async Task Blobs_that_may_not_be_written()
    {
        await using CofferProcess server = CofferProcess.Make(Unprivileged());
        string blobs = Directory.CreateDirectory(Path.Combine(server.Data, "blobs")).FullName;
        File.SetUnixFileMode(blobs, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await RefusedAsync(server, blobs);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task A_volume_that_is_full_or_nearly_so()
    {
        int refused = 0;
        int inodes = 0;
        for (long left = 0; left < 512 << 10; left += 64 << 10)
        {
            await using Volume volume = await Volume.MountAsync(4 << 20);
            volume.LeaveBytes(left);
            refused += await RefusesOrServesAsync(volume) ? 1 : 0;
        }

        foreach (int count in (int[])[3, 5, 8, 264, 266, 300])
        {
            await using Volume volume = await Volume.MountAsync(4 << 20, count);
            inodes += await RefusesOrServesAsync(volume) ? 1 : 0;
        }

        Assert.InRange(refused, 1, 7);
        Assert.InRange(inodes, 1, 5);

        static async Task<bool> RefusesOrServesAsync(Volume volume)
        {
            await using CofferProcess server = CofferProcess.Make(new ServerSetup { Folder = volume.Path });
            try
            {
                await server.StartAgainAsync();
                return false;
            }
            catch (InvalidOperationException) when (server.HasEnded)
            {
                // Once more from nothing: what the first try left may be enough for a server to serve from.
                Directory.Delete(server.Data, recursive: true);
                await RefusedAsync(server, server.Data);
                return true;
            }
        }
    }

    [Fact]
    public async Task A_server_that_was_killed_starts_again_without_an_inode_to_spare()
    {
        await using Volume volume = await Volume.MountAsync(64 << 20);
        await using CofferProcess server = CofferProcess.Make(new ServerSetup { Folder = volume.Path });
        await server.StartAgainAsync();
        string id = await server.Api.StoreAsync("kept");
        await server.KillAsync();
        volume.TakeInodes();

        await server.StartAgainAsync();

        Assert.Equal("kept", (await server.Api.DownloadAsync(id)).Expect(200).Text);
        Assert.DoesNotContain("could not be brought", server.Log, StringComparison.Ordinal); // nothing to write, nothing to warn of
    }

    [Fact]
    public async Task Credentials_that_cannot_be_brought_up_to_date_are_a_warning()
    {
        await using Volume volume = await Volume.MountAsync(64 << 20);
        await using CofferProcess server = CofferProcess.Make(new ServerSetup { Folder = volume.Path });
        await server.StartAgainAsync();
        await server.KillAsync();
        volume.TakeInodes();

        await server.StartAgainAsync(("COFFER_API_KEY", $"{Canary.ApiKey} another"));

        Assert.Contains("credentials.json could not be brought up to date", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COFFER_SIGNING_KEY", "too short"), InlineData("COFFER_JWT_SECRET", "too short"), InlineData("COFFER_MAX_OBJECT_BYTES", "many")]
    [InlineData("COFFER_URLS", "ftp://localhost"), InlineData("COFFER_URLS", "http://127.0.0.1:99999")]
    [InlineData("COFFER_SHUTDOWN_SECONDS", "-1")]
    public async Task A_setting_that_cannot_be_honoured(string name, string value)
    {
        await using CofferProcess server = CofferProcess.Make();

        string line = await RefusedAsync(server, name, exit: 2, (name, value));

        Assert.DoesNotContain("too short", line.Replace("is too short", "", StringComparison.Ordinal), StringComparison.Ordinal); // secrets are not repeated
    }

    /// <summary>Root may do everything, unless it gives its privileges away.</summary>
    private static ServerSetup Unprivileged() =>
        new() { Wrapper = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-all"] : [] };

    private static Task<string> RefusedAsync(CofferProcess server, string named, params (string, string?)[] environment) =>
        RefusedAsync(server, named, exit: 1, environment);

    private static async Task<string> RefusedAsync(CofferProcess server, string named, int exit, params (string, string?)[] environment)
    {
        (int exitCode, string output) = await server.RunToEndAsync(environment);

        Assert.True(exitCode == exit, $"exit {exitCode}: {output}");
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith('{')); // the others are log lines
        Assert.Contains(named, line, StringComparison.Ordinal);
        return line;
    }
}
