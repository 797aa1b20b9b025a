using System.Globalization;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Commands when the server ends, and where it cannot run any.</summary>
public sealed class CommandRestartTests
{
    [Fact]
    public async Task After_a_kill_nothing_runs_on_and_what_ran_counts_as_killed()
    {
        SandboxTests.RequireRoot();
        ServerSetup setup = CommandTests.ExecServer.Running();
        await using CofferProcess server = await CofferProcess.StartAsync(setup);
        string id = (await server.Api.PostAsync("/v1/devboxes", "{}")).Expect(200).Json.Text("id")!;
        string[] executions = new string[4];
        for (int i = 0; i < executions.Length; i++)
        {
            executions[i] = (await server.Api.PostAsync($"/v1/devboxes/{id}/execute_async",
                """{"command":"echo begun; (setsid nohup sleep 1000 &); trap '' TERM HUP INT; sleep 1000 & wait"}""")).Expect(200).Json.Text("execution_id")!;
        }

        await SandboxTests.EventuallyAsync(() => Processes(setup), found => found.Length >= 5 * executions.Length);
        await server.KillAsync();
        int[] left = await SandboxTests.EventuallyAsync(() => Processes(setup), found => found.Length == 0);
        await server.StartAgainAsync();

        Assert.Empty(left);
        foreach (string execution in executions)
        {
            JsonElement ended = (await server.Api.GetAsync($"/v1/devboxes/{id}/executions/{execution}")).Expect(200).Json;
            Assert.Equal(("completed", 137), (ended.Text("status"), ended.GetProperty("exit_status").GetInt32()));
            Assert.Equal("begun\n", ended.Text("stdout"));
            Assert.Equal("\ncoffer: ended, because the server ended while the command ran\n", ended.Text("stderr"));
        }

        Assert.Contains("4 executions were cut off", server.Log, StringComparison.Ordinal);
        Assert.Equal("fine\n", (await server.Api.PostAsync($"/v1/devboxes/{id}/execute", """{"command":"echo fine"}""")).Expect(200).Json.Text("stdout"));
    }

    [Fact]
    public async Task A_server_that_ends_in_order_ends_its_commands_and_answers_who_waits()
    {
        ServerSetup setup = CommandTests.ExecServer.Running();
        await using CofferProcess server = await CofferProcess.StartAsync(setup);
        string id = (await server.Api.PostAsync("/v1/devboxes", "{}")).Expect(200).Json.Text("id")!;
        Task<Answer> waiting = server.Api.PostAsync($"/v1/devboxes/{id}/execute_sync", """{"command":"touch begun; sleep 1000"}""");
        await WhenAsync(async () => (await server.Api.PostAsync($"/v1/devboxes/{id}/download_file", """{"path":"begun"}""")).Status is System.Net.HttpStatusCode.OK);

        await server.StopAsync();

        JsonElement ended = (await waiting).Expect(200).Json;
        Assert.Equal(137, ended.GetProperty("exit_status").GetInt32());
        Assert.Contains("the server was stopped", ended.Text("stderr"), StringComparison.Ordinal);
        Assert.Contains("Commands run in devboxes by bubblewrap", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switched_off_every_call_says_how_to_switch_it_on_and_is_not_repeated()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = (await server.Api.PostAsync("/v1/devboxes", "{}")).Expect(200).Json.Text("id")!;

        foreach (string call in (string[])["execute", "execute_async", "execute_sync", "executions/x/kill", "executions/x/wait_for_status"])
        {
            Answer refused = (await server.Api.PostAsync($"/v1/devboxes/{id}/{call}", """{"command":"true"}""")).ExpectError(501, "execution_disabled");
            Assert.Contains("COFFER_DEVBOX_EXEC=bubblewrap", refused.Text, StringComparison.Ordinal);
            Assert.Equal("false", refused.Header("x-should-retry"));
        }
    }

    [Fact]
    public async Task Where_no_user_namespace_can_be_made_the_server_does_not_start()
    {
        SandboxTests.RequireRoot();
        ServerSetup setup = CommandTests.ExecServer.Running();

        // A root that may not divide mounts, as in most containers.
        await using CofferProcess server = CofferProcess.Make(setup with { Wrapper = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all"] });
        (int exit, string output) = await server.RunToEndAsync();

        Assert.Equal(2, exit);
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith('{'));
        Assert.Contains("COFFER_DEVBOX_EXEC", line, StringComparison.Ordinal);
        Assert.Contains("set it to off", line, StringComparison.Ordinal);
    }

    private static async Task WhenAsync(Func<Task<bool>> isSo)
    {
        for (int tries = 0; tries < 400 && !await isSo(); tries++)
        {
            await Task.Delay(25);
        }
    }

    /// <summary>What runs under any uid of a server's range.</summary>
    private static int[] Processes(ServerSetup setup)
    {
        int[] range = [.. setup.Environment["COFFER_DEVBOX_UIDS"]!.Split('-').Select(uid => int.Parse(uid, CultureInfo.InvariantCulture))];
        return Boxes.ProcessesOf(uid => uid >= range[0] && uid <= range[1]);
    }
}
