using System.Text.Json;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Devboxes.Script;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Devboxes;

public sealed class WaitTests
{
    private readonly ImpatientTime _time = new();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_devbox_that_is_not_ready_is_asked_for_after_each_408(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("provisioning"), NotYet(), NotYet(), Devbox("running"));
        using CofferClient client = Client(server);

        Devbox devbox = await CreateAsync(async, client);

        Assert.Equal(("dbx_1", DevboxStatus.Running), (devbox.Id, devbox.Info!.Status));
        Assert.Equal(["/v1/devboxes", .. Enumerable.Repeat("/v1/devboxes/dbx_1/wait_for_status", 3)], server.Seen.Select(request => request.Target));
        Assert.Equal("""{"statuses":["running","failure","shutdown"],"timeout_seconds":20}""", server.Seen[1].Text);
        Assert.All(server.Seen, request => Assert.Equal("0", request["x-coffer-retry-count"])); // a 408 is an answer here
        Assert.Equal(4, server.Seen.Select(request => request["x-request-id"]).Distinct().Count());
        Assert.Equal(2, _time.Waits.Count(wait => wait > TimeSpan.Zero && wait <= TimeSpan.FromSeconds(1))); // not asked without a pause
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_wait_is_kept_within_the_timeout_of_a_try(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("provisioning"), Devbox("running"));
        using CofferClient client = Client(server);

        await CreateAsync(async, client, options: new() { Timeout = TimeSpan.FromSeconds(9), IdempotencyKey = "once", Headers = { ["x-extra"] = "h" }, Body = { ["name"] = "n" } });

        Assert.Equal("""{"statuses":["running","failure","shutdown"],"timeout_seconds":6}""", server.Seen[1].Text); // nothing of the create's own
        Assert.Equal(("once", "h", "h"), (server.Seen[0]["x-request-id"], server.Seen[0]["x-extra"], server.Seen[1]["x-extra"]));
        Assert.NotEqual("once", server.Seen[1]["x-request-id"]);
        Assert.Equal("""{"name":"n"}""", server.Seen[0].Text);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Passing_failures_are_tried_again_between(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("initializing"), NotYet(), Status(503), Cut, NotYet(), Devbox("running"));
        using CofferClient client = Client(server);

        Assert.Equal(DevboxStatus.Running, (await CreateAsync(async, client)).Info!.Status);
        Assert.Equal(6, server.Seen.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_longest_wait_ends_it_and_says_which_devbox_there_is(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("provisioning"), NotYet(TimeSpan.FromMilliseconds(500)));
        using CofferClient client = Client(server);

        var error = await Assert.ThrowsAsync<CofferTimeoutException>(() => CreateAsync(async, client, TimeSpan.FromSeconds(3)));

        Assert.Equal("dbx_1", error.Data[DevboxesClient.LeftBehind]);
        Assert.InRange(server.Seen.Count, 3, 9);
        double[] asked = [.. server.Seen.Skip(1).Select(request => JsonElement.Parse(request.Text).GetProperty("timeout_seconds").GetDouble())];
        Assert.InRange(asked[0], 2.5, 3);
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.InRange(pair.Second, 0, pair.First - 0.45)); // what is left
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_wait_of_nothing_takes_the_first_answer(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("provisioning"), Devbox("running"));
        using CofferClient client = Client(server);

        Devbox devbox = await CreateAsync(async, client, TimeSpan.Zero);

        Assert.Equal(DevboxStatus.Provisioning, devbox.Info!.Status);
        Assert.Single(server.Seen);
        Assert.Equal(DevboxStatus.Running, (await Twin.Run(async, () => devbox.WaitUntilRunningAsync(), () => devbox.WaitUntilRunning())).Status);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_devbox_that_fails_is_an_error_that_says_why(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("provisioning"), Devbox("failure", ""","failure_reason":"out_of_disk" """));
        using CofferClient client = Client(server);

        var error = await Assert.ThrowsAsync<CofferException>(() => CreateAsync(async, client));

        Assert.Contains("is failure (out_of_disk)", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Equal("dbx_1", error.Data[DevboxesClient.LeftBehind]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_cancelled_wait_ends_and_ends_nothing_else(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Execution("running"), Hang);
        using CofferClient client = Client(server);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Devbox devbox = client.Devboxes.FromId("dbx_1");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async, () => devbox.Cmd.ExecAsync("x", null, cancellation.Token), () => devbox.Cmd.Exec("x", null, cancellation.Token)));

        Assert.Equal(["/v1/devboxes/dbx_1/execute", "/v1/devboxes/dbx_1/executions/exec_1/wait_for_status"], server.Seen.Select(request => request.Target));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_command_that_is_begun_again_after_a_lost_answer_is_the_same_command(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Cut, Status(502), Execution("running"), NotYet(), Completed(3, "out"));
        using CofferClient client = Client(server);
        Devbox devbox = client.Devboxes.FromId("dbx_1");

        ExecutionResult result = await Twin.Run(async, () => devbox.Cmd.ExecAsync("do it"), () => devbox.Cmd.Exec("do it"));

        Assert.Equal((3, "out"), (result.ExitCode, await result.StdoutAsync()));
        JsonElement[] bodies = [.. server.Seen.Take(3).Select(request => JsonElement.Parse(request.Text))];
        Assert.All(bodies, body => Assert.Equal("do it", body.GetProperty("command").GetString()));
        Assert.Single(bodies.Select(body => body.GetProperty("command_id").GetString()).Distinct());
        Assert.Equal(7, Guid.Parse(bodies[0].GetProperty("command_id").GetString()!).Version);
        Assert.Equal(20, bodies[0].GetProperty("optimistic_timeout").GetDouble());
        Assert.Equal("""{"statuses":["completed"],"timeout_seconds":20}""", server.Seen[3].Text);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_server_that_refuses_the_end_does_not_keep_a_block_from_ending(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("running"), Status(503), Status(503), Devbox("shutdown"));
        using CofferClient client = Client(server);
        Devbox devbox = await CreateAsync(async, client);

        if (async) await devbox.DisposeAsync();
        else devbox.Dispose();
        Assert.Equal(3, server.Seen.Count); // one retry, then it is left to the keep-alive

        if (async) await devbox.DisposeAsync();
        else devbox.Dispose();
        await devbox.DisposeAsync(); // it has ended: no call
        Assert.Equal(4, server.Seen.Count);
    }

    private CofferClient Client(ScriptedServer server) => server.Client(options => options.TimeProvider = _time);

    private static Task<Devbox> CreateAsync(bool async, CofferClient client, TimeSpan? longest = null, RequestOptions? options = null) =>
        Twin.Run(async, () => client.Devboxes.CreateAsync(new(), longest, options), () => client.Devboxes.Create(new(), longest, options));
}
