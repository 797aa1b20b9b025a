using System.Net;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>What a command plants for the server to stumble over, before a file call and during it.</summary>
public sealed class PlantedLinkTests(CommandTests.ExecServer server) : IClassFixture<CommandTests.ExecServer>, IDisposable
{
    private const int Tries = 1000;
    private readonly string _outside = Directory.CreateTempSubdirectory("coffer-outside-").FullName;

    private Api Api => server.Api;

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Fact]
    public async Task Fifos_and_links_to_the_machine_s_files_are_refused()
    {
        string id = await Api.NewBoxAsync();
        await Api.OutputAsync(id, """
            mkfifo pipe && ln -s /etc/shadow shadow && ln -s /proc/1/environ environ && ln -s ../../../../../../etc/shadow climbing && ln -s /dev/zero zero
            ln -s pipe to-pipe && ln -s /etc etc && ln -s /home/user folder && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")' || exit 1
            """);

        foreach (string path in (string[])["pipe", "shadow", "environ", "climbing", "zero", "to-pipe", "folder", "socket", "/home/user/shadow"])
        {
            var told = TimeSpan.FromSeconds(20);
            (await Api.ReadAsync(id, path).WaitAsync(told)).ExpectError(400, "invalid_argument");
            (await Api.DownloadAsync(id, path).WaitAsync(told)).ExpectError(400, "invalid_argument");
        }

        foreach (string path in (string[])["etc/shadow", "etc/passwd"])
        {
            Answer read = await Api.ReadAsync(id, path);
            Assert.InRange((int)read.Status, 400, 404);
        }

        foreach (string path in (string[])["pipe", "to-pipe", "folder", "socket"])
        {
            (await Api.WriteAsync(id, path, "x")).ExpectError(400, "invalid_argument");
            (await Api.UploadAsync(id, path, [1])).ExpectError(400, "invalid_argument");
        }

        // A fifo that somebody reads could be opened for writing, and one that somebody writes for reading.
        string reading = await Api.BeginAsync(id, "cat pipe > /tmp/came & echo secret > pipe; sleep 1000");
        (await Api.WriteAsync(id, "pipe", "x")).ExpectError(400, "invalid_argument");
        (await Api.ReadAsync(id, "pipe")).ExpectError(400, "invalid_argument");
        (await Api.PostAsync($"{reading}/kill")).Expect(200);
        (await Api.ShutdownAsync(id)).Expect(200);
    }

    [Theory]
    [InlineData("way/victim"), InlineData("leaf"), InlineData("way/new/deep/file")]
    public async Task A_name_that_a_command_exchanges_for_a_link_again_and_again_never_leads_out(string path)
    {
        string victim = Path.Combine(_outside, "victim");
        await File.WriteAllTextAsync(victim, "outside", TestContext.Current.CancellationToken);
        string id = await Api.NewBoxAsync();
        string swapping = await Api.BeginAsync(id, $"""
            mkdir way && echo inside > way/victim && echo inside > leaf && ln -s {_outside} to-folder && ln -s {victim} to-file && touch ready
            exec python3 - <<'END'
            import ctypes
            libc = ctypes.CDLL(None)
            while True:
                assert libc.renameat2(-100, b"way", -100, b"to-folder", 2) == 0
                assert libc.renameat2(-100, b"leaf", -100, b"to-file", 2) == 0
            END
            """);
        while ((await Api.ReadAsync(id, "ready")).Status is not HttpStatusCode.OK)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var met = new Dictionary<string, int>();
        for (int i = 0; i < Tries; i++)
        {
            Answer answer = (i % 4) switch
            {
                0 => await Api.ReadAsync(id, path),
                1 => await Api.WriteAsync(id, path, "inside\n"),
                2 => await Api.DownloadAsync(id, path),
                _ => await Api.UploadAsync(id, path, "inside\n"u8.ToArray()),
            };
            string seen = answer.Status is HttpStatusCode.OK && i % 2 == 0 ? answer.Text : ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
            met[seen] = met.GetValueOrDefault(seen) + 1;
        }

        Assert.Equal("running", (await Api.GetAsync(swapping)).Expect(200).Json.Text("status")); // all the while
        (await Api.PostAsync($"{swapping}/kill")).Expect(200);
        Assert.Subset(new HashSet<string>(["inside\n", "", "200", "400", "404"]), met.Keys.ToHashSet()); // empty: just being written
        Assert.True(met.ContainsKey("400") && met.ContainsKey("200"), string.Join(' ', met)); // both were met
        Assert.Equal("outside", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Equal([victim], Directory.EnumerateFileSystemEntries(_outside));
        (await Api.ShutdownAsync(id)).Expect(200);
    }

    [Fact]
    public async Task A_devbox_whose_folders_move_while_it_is_shut_down_is_removed_alone()
    {
        string victim = Path.Combine(_outside, "victim");
        await File.WriteAllTextAsync(victim, "outside", TestContext.Current.CancellationToken);
        string archive = await Api.StoreAsync(DevboxApi.Tgz([.. Enumerable.Range(0, 500).Select(i => ($"{i % 20}/{i}", "x"))]), "a.tgz", "tgz");
        string kept = await Api.NewBoxAsync((archive, "/home/user/m"));
        string id = await Api.NewBoxAsync((archive, "/home/user/m"));
        await Api.OutputAsync(id, $"cd m && for i in $(seq 0 9); do ln -s {_outside} $i/out; ln -s / $i/root; mv $i ../$i; done; chmod 000 1[0-5]; ln -s {server.Process.Data} ../data");
        await Api.BeginAsync(id, "cd /home/user; while :; do mv 1 a; ln -s /etc 1; rm 1; mv a 1; done");

        (await Api.ShutdownAsync(id)).Expect(200);

        await Leftovers.ExpectNoneButAsync(server.Process, (await Api.BoxesAsync("?status=running")), sharedTrees: 1);
        Assert.Equal("outside", await File.ReadAllTextAsync(victim, TestContext.Current.CancellationToken));
        Assert.Equal("x", await Api.TextAsync(kept, "m/7/7"));
        Assert.Equal("500\n", await Api.OutputAsync(kept, "find m -type f | wc -l"));
        (await Api.ShutdownAsync(kept)).Expect(200);
        await Leftovers.ExpectNoneButAsync(server.Process, (await Api.BoxesAsync("?status=running")));
    }
}
