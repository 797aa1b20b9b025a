using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>
/// The server ends, by SIGKILL or in order, while devboxes are made, run commands and are shut down. After the next start each is
/// whole or has failed, and nothing of the others is left: no folder, no extracted archive, no mount, no process.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class EndedMidwayTests : IAsyncLifetime
{
    private const int Files = 2000;
    private const string Sum = "find /m -type f | wc -l; cat /m/*/* | sha256sum";
    private readonly ServerSetup _setup = CommandTests.ExecServer.Running();
    private CofferProcess? _process;

    private CofferProcess Server => _process!;

    private Api Api => Server.Api;

    public async ValueTask InitializeAsync()
    {
        SandboxTests.RequireRoot();
        _process = await CofferProcess.StartAsync(_setup);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task While_an_archive_is_mounted(bool isKilled)
    {
        string archive = await StoreAsync("first");
        string kept = await MadeAsync((archive, "/m"));
        string sum = await Api.OutputAsync(kept, Sum);
        foreach (int delay in (int[])[0, 50, 150, 400])
        {
            // The second archive is extracted for this devbox, the first is there.
            string other = await StoreAsync($"another {delay}");
            Task<Answer> creating = Api.CreateBoxAsync(DevboxApi.MountsOf((archive, "/m"), (other, "/home/user/other"), (archive, "/m/again")));
            string[] made;
            while ((made = await Api.BoxesAsync("?status=provisioning")).Length == 0)
            {
                Assert.False(creating.IsCompleted);
            }

            await Task.Delay(delay, TestContext.Current.CancellationToken);
            await EndAsync(isKilled);
            await SettledAsync(creating);
            await Server.StartAgainAsync();

            string status = (await Api.BoxAsync(made[0])).Expect(200).Json.Text("status")!;
            if (status == "running")
            {
                Assert.Equal($"{Files}\n", await Api.OutputAsync(made[0], "find /home/user/other -type f | wc -l"));
                Assert.Equal("the last\n", await Api.TextAsync(made[0], "/home/user/other/last"));
            }
            else
            {
                Assert.Equal("failure", status);
                (await Api.ReadAsync(made[0], "/home/user/other/last")).ExpectError(400, "devbox_not_running");
            }

            await ExpectWholeAsync(kept, sum, status == "running" ? [kept, made[0]] : [kept]);
            (await Api.ShutdownAsync(made[0])).Expect(200);
            await ExpectWholeAsync(kept, sum, [kept]);
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task While_commands_start_and_run(bool isKilled)
    {
        string archive = await StoreAsync("first");
        string id = await MadeAsync((archive, "/m"));
        string sum = await Api.OutputAsync(id, Sum);
        foreach (int delay in (int[])[0, 5, 10, 20, 40])
        {
            // Some run, holding files and folders of the mount, some are just starting.
            string running = await Api.BeginAsync(id, "cd /m; exec 3< 0/0; (setsid nohup sleep 1000 &); echo begun; sleep 1000");
            Task[] starting = [.. Enumerable.Range(0, 8).Select(_ => SettledAsync(Api.PostAsync($"/v1/devboxes/{id}/execute_async", """{"command":"cd /m; sleep 1000"}""")))];
            await Task.Delay(delay, TestContext.Current.CancellationToken);

            await EndAsync(isKilled);
            await Task.WhenAll(starting);
            await Server.StartAgainAsync();

            Assert.Empty(Leftovers.Processes(_setup));
            await ExpectWholeAsync(id, sum, [id]);
            JsonElement ended = (await Api.GetAsync(running)).Expect(200).Json;
            Assert.Equal(("completed", 137), (ended.Text("status"), ended.GetProperty("exit_status").GetInt32()));
            Assert.Empty(Leftovers.Processes(_setup));
        }

        (await Api.ShutdownAsync(id)).Expect(200);
        await Leftovers.ExpectNoneButAsync(Server, []);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task While_devboxes_are_shut_down(bool isKilled)
    {
        string archive = await StoreAsync("first");
        string kept = await MadeAsync((archive, "/m"));
        string sum = await Api.OutputAsync(kept, Sum);
        foreach (int delay in (int[])[0, 10, 30, 80])
        {
            string other = await StoreAsync($"another {delay}");
            string[] ending = [await MadeAsync((other, "/m")), await MadeAsync((archive, "/m"), (other, "/n")), await MadeAsync([])];
            foreach (string id in ending)
            {
                await Api.OutputAsync(id, "mkdir d && cd d && seq 2000 | xargs touch");
                await Api.BeginAsync(id, "cd /m 2> /dev/null; sleep 1000");
            }

            Task[] calls = [.. ending.Select(id => SettledAsync(Api.ShutdownAsync(id)))];
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            await EndAsync(isKilled);
            await Task.WhenAll(calls);
            await Server.StartAgainAsync();

            Assert.Empty(Leftovers.Processes(_setup));
            string[] running = await Api.BoxesAsync("?status=running");
            foreach (string id in ending)
            {
                string status = (await Api.BoxAsync(id)).Expect(200).Json.Text("status")!;
                Assert.True(status is "running" or "shutdown", status); // it was asked for, and came or not
                Assert.Equal(status == "running", running.Contains(id));
            }

            int trees = running.Intersect(ending[..2]).Any() ? 2 : 1;
            await ExpectWholeAsync(kept, sum, running, trees);
            foreach (string id in running.Where(id => id != kept))
            {
                Assert.Equal("2000\n", await Api.OutputAsync(id, "ls d | wc -l"));
                (await Api.ShutdownAsync(id)).Expect(200);
            }

            await ExpectWholeAsync(kept, sum, [kept]);
        }
    }

    private async Task ExpectWholeAsync(string id, string sum, string[] running, int? trees = null)
    {
        Assert.Equal(sum, await Api.OutputAsync(id, Sum));
        Assert.Equal("the last\n", await Api.TextAsync(id, "/m/last"));
        await Leftovers.ExpectNoneButAsync(Server, running, trees ?? running.Length);
    }

    /// <summary>Makes a devbox, however long a busy machine takes for that.</summary>
    private async Task<string> MadeAsync(params (string Object, string Path)[] mounts)
    {
        string id = (await Api.CreateBoxAsync(DevboxApi.MountsOf(mounts))).Expect(200).Json.Text("id")!;
        while ((await Api.BoxAsync(id)).Expect(200).Json.Text("status") == "provisioning")
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal("running", (await Api.BoxAsync(id)).Json.Text("status"));
        return id;
    }

    private async Task EndAsync(bool isKilled)
    {
        if (isKilled)
        {
            await Server.KillAsync();
            return;
        }

        await Server.StopAsync();
        Assert.Empty(Leftovers.MountPoints(Server)); // so that the folder can be moved
        Assert.Empty(Leftovers.Processes(_setup));
    }

    private Task<string> StoreAsync(string text) => Api.StoreAsync(
        DevboxApi.Tgz([.. Enumerable.Range(0, Files - 1).Select(i => ($"{i % 50}/{i}", $"{text} {i}\n")), ("last", "the last\n")]), "a.tgz", "tgz");

    /// <summary>Waits for a call of which nobody says whether it is answered.</summary>
    private static async Task SettledAsync(Task<Answer> call)
    {
        try
        {
            await call;
        }
        catch (HttpRequestException)
        {
            // The server ended first.
        }
    }
}
