using System.Net;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Commands by the SDK, in a real sandbox.</summary>
public sealed class DevboxCommandTests(CommandTests.ExecServer server) : IClassFixture<CommandTests.ExecServer>
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_command_runs_to_its_end_among_what_is_mounted(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new()
        {
            Mounts = [new FileMount("/data/in.txt", "mounted\n")],
            EnvironmentVariables = new Dictionary<string, string> { ["WORD"] = "given" },
        });

        ExecutionResult result = await ExecAsync(async, devbox, "cat /data/in.txt; echo $WORD; echo bad >&2; exit 3");

        Assert.Equal((3, false), (result.ExitCode, result.Success));
        Assert.Equal("mounted\ngiven\n", await Twin.Run(async, () => result.StdoutAsync(), () => result.Stdout()));
        Assert.Equal("bad\n", await Twin.Run(async, () => result.StderrAsync(), () => result.Stderr()));
        Assert.Null(result.View.ExtraFields);
        Assert.True((await ExecAsync(async, devbox, "true")).Success);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Output_of_any_size_comes_whole(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());
        string expected = string.Concat(Enumerable.Range(1, 300_000).Select(number => $"{number} ü\n"));

        ExecutionResult result = await ExecAsync(async, devbox, "seq -f '%.0f ü' 1 300000");

        Assert.True(result.View.StdoutTruncated);
        Assert.Equal(expected, await Twin.Run(async, () => result.StdoutAsync(), () => result.Stdout()));
        Assert.Equal("", await Twin.Run(async, () => result.StderrAsync(), () => result.Stderr()));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Callbacks_hear_both_outputs_while_the_command_runs(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        var options = new ExecOptions
        {
            // The command ends only when it was heard.
            OnStdout = text => { output.Append(text); if (text.Contains("begun", StringComparison.Ordinal)) devbox.File.Write("heard1", ""); },
            OnStderr = text => { errors.Append(text); if (text.Contains("worse", StringComparison.Ordinal)) devbox.File.Write("heard2", ""); },
        };

        ExecutionResult result = await ExecAsync(
            async, devbox, "echo begun; echo worse >&2; until [ -e heard1 ] && [ -e heard2 ]; do sleep 0.02; done; echo done; exit 4", options);

        Assert.Equal((4, "begun\ndone\n", "worse\n"), (result.ExitCode, output.ToString(), errors.ToString()));
        Assert.Equal("begun\ndone\n", await result.StdoutAsync());
    }

    [Theory]
    [InlineData(true, true), InlineData(true, false), InlineData(false, true), InlineData(false, false)]
    public async Task A_callback_that_throws_ends_the_waiting(bool async, bool ofErrors)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());
        var options = new ExecOptions
        {
            OnStdout = _ => { if (!ofErrors) throw new InvalidDataException("enough"); },
            OnStderr = _ => { if (ofErrors) throw new InvalidDataException("enough"); },
        };

        await Assert.ThrowsAsync<InvalidDataException>(() => ExecAsync(async, devbox, "echo out; echo bad >&2; sleep 1000", options));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_command_that_was_begun_is_followed_and_killed(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());

        Execution execution = await Twin.Run(
            async, () => devbox.Cmd.StartAsync("echo begun; echo bad >&2; sleep 1000"), () => devbox.Cmd.Start("echo begun; echo bad >&2; sleep 1000"));
        Assert.Equal(("begun\n", "bad\n"), (await FirstAsync(execution.StreamStdout(), execution.StreamStdoutAsync()), await FirstAsync(execution.StreamStderr(), execution.StreamStderrAsync())));
        Assert.Equal(ExecutionStatus.Running, (await Twin.Run(async, () => execution.GetStateAsync(), () => execution.GetState())).Status);
        TimeSpan moment = TimeSpan.FromSeconds(0.3);
        var late = await Assert.ThrowsAsync<CofferTimeoutException>(() => Twin.Run(async, () => execution.WaitAsync(moment), () => execution.Wait(moment)));
        Assert.Contains("0.3 s", late.Message, StringComparison.Ordinal);

        ExecutionView killed = await Twin.Run(async, () => execution.KillAsync(), () => execution.Kill());
        ExecutionResult result = await Twin.Run(async, () => execution.WaitAsync(), () => execution.Wait());

        Assert.Equal((execution.Id, ExecutionStatus.Completed, 137), (killed.ExecutionId, killed.Status, killed.ExitStatus));
        Assert.Equal((137, "begun\n"), (result.ExitCode, await result.StdoutAsync()));
        Assert.Equal(137, (await devbox.Cmd.FromId(execution.Id).WaitAsync()).ExitCode);

        async Task<string> FirstAsync(IEnumerable<string> blocking, IAsyncEnumerable<string> asynchronous)
        {
            if (!async) return await Twin.Run(false, () => Task.FromResult(""), blocking.First);
            await foreach (string text in asynchronous) return text;
            return "";
        }
    }

    [Theory]
    [InlineData(true, false), InlineData(true, true), InlineData(false, false), InlineData(false, true)]
    public async Task Who_stops_waiting_kills_nothing(bool async, bool follows)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());
        var limited = new ExecOptions { LongestWait = TimeSpan.FromSeconds(0.5), OnStdout = follows ? _ => { } : null };
        await Assert.ThrowsAsync<CofferTimeoutException>(() => ExecAsync(async, devbox, "until [ -e go ]; do sleep 0.02; done; echo a >> ended", limited));

        using var cancellation = new CancellationTokenSource();
        var unlimited = new ExecOptions { OnStdout = follows ? _ => { } : null };
        Task<ExecutionResult> waiting = Twin.Run(
            async,
            () => devbox.Cmd.ExecAsync("touch begun; until [ -e go ]; do sleep 0.02; done; echo b >> ended", unlimited, cancellation.Token),
            () => devbox.Cmd.Exec("touch begun; until [ -e go ]; do sleep 0.02; done; echo b >> ended", unlimited, cancellation.Token));
        await ThereAsync("begun");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await devbox.File.WriteAsync("go", "");
        await ThereAsync("ended");
        for (int i = 0; i < 200 && (await devbox.File.ReadAsync("ended")).Length < 4; i++) await Task.Delay(25);
        Assert.Equal("a\nb", string.Join('\n', (await devbox.File.ReadAsync("ended")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));

        async Task ThereAsync(string path)
        {
            for (int i = 0; ; i++)
            {
                try
                {
                    await devbox.File.ReadAsync(path);
                    return;
                }
                catch (CofferException missing) when (missing.Code == "file_not_found" && i < 400)
                {
                    await Task.Delay(25);
                }
            }
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_command_longer_than_a_try_is_waited_for_again_and_again(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api, options => (options.Timeout, options.MaxRetries) = (TimeSpan.FromSeconds(1.5), 0));
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());

        ExecutionResult result = await ExecAsync(async, devbox, "sleep 3; echo once >> count; cat count");

        Assert.Equal((0, "once\n"), (result.ExitCode, await result.StdoutAsync()));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Where_no_commands_run_this_is_said_at_once(bool async)
    {
        await using CofferProcess other = await CofferProcess.StartAsync();
        using CofferClient coffer = SdkClient.For(other.Api);
        await using Devbox devbox = await coffer.Devboxes.CreateAsync(new());

        var refused = await Assert.ThrowsAsync<CofferException>(() => ExecAsync(async, devbox, "true"));

        Assert.Equal((HttpStatusCode.NotImplemented, false), (refused.Status, refused.IsTransient));
        Assert.NotNull(refused.Code);
    }

    private static Task<ExecutionResult> ExecAsync(bool async, Devbox devbox, string command, ExecOptions? options = null) =>
        Twin.Run(async, () => devbox.Cmd.ExecAsync(command, options), () => devbox.Cmd.Exec(command, options));
}
