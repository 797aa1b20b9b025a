using System.Diagnostics;
using System.Text;
using Coffer.Devboxes;
using Coffer.Devboxes.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>The life of an execution, without the wire.</summary>
public sealed class ExecutionTests(Boxes boxes) : IClassFixture<Boxes>
{
    [Theory]
    [InlineData("true", 0), InlineData("exit 7", 7), InlineData("no-such-program", 127), InlineData("kill -TERM $$", 143), InlineData("kill -9 $$", 137)]
    [InlineData("echo 'unfinished", 2)]
    public async Task The_exit_status_is_the_shell_s(string command, int expected) =>
        Assert.Equal(expected, (await boxes.RunAsync(boxes.Make(), command)).Exit);

    [Fact]
    public async Task Both_streams_are_kept_apart_and_unchanged()
    {
        Ran ran = await boxes.RunAsync(boxes.Make(), "printf 'out\\0é\\xff'; printf 'err\\r\\n' >&2; cat");

        Assert.Equal("out\0é\uFFFD", ran.Output);
        Assert.Equal("err\r\n", ran.Errors);
    }

    [Fact]
    public async Task The_same_command_id_runs_once_also_after_a_restart()
    {
        RunningDevbox devbox = boxes.Make();
        var request = new CommandRequest("echo run >> /home/user/runs; echo $RANDOM", "0197a3c2-5b1e-7000-8000-000000000001");

        CommandExecution[] begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => boxes.Executions.StartAsync(devbox, request)));
        await Task.WhenAll(begun.Select(one => one.Completed));

        Assert.Single(begun.Select(one => one.Id).Distinct());
        Assert.Equal("run\n", await File.ReadAllTextAsync(Path.Combine(devbox.RootPath, "home/user/runs")));
        StoreException reused = await Assert.ThrowsAsync<StoreException>(() => boxes.Executions.StartAsync(devbox, request with { Command = "other" }));
        Assert.Equal(StoreErrorCode.RequestIdReused, reused.Code);
        await using Executions again = await ReopenAsync(devbox);
        Assert.Equal(begun[0].Id, (await again.StartAsync(devbox, request)).Id);
        Assert.Equal(0, again.Get(devbox, begun[0].Id).ExitStatus);
        Assert.Equal(OutputText.EndOf(begun[0].Output, null), OutputText.EndOf(again.Get(devbox, begun[0].Id).Output, null));
    }

    [Fact]
    public async Task Killed_it_ends_with_everything_that_it_started()
    {
        RunningDevbox devbox = boxes.Make();
        CommandExecution execution = await boxes.Executions.StartAsync(devbox, new CommandRequest("echo begun; sleep 1000 & sleep 1000"));
        Assert.True(await execution.Output.WaitBeyondAsync(0, CancellationToken.None));
        Assert.Equal("running", execution.Status);

        await Executions.KillAsync(execution, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(("completed", 137), (execution.Status, execution.ExitStatus));
        Assert.Equal("begun\n", OutputText.EndOf(execution.Output, null).Text);
        Assert.Equal("", OutputText.EndOf(execution.Errors, null).Text);
        await Executions.KillAsync(execution, CancellationToken.None); // again is no error
        Assert.Equal(137, execution.ExitStatus);
    }

    [Fact]
    public async Task Killed_at_any_moment_of_its_start_it_leaves_nothing()
    {
        RunningDevbox devbox = boxes.Make();
        for (int i = 0; i < 60; i++)
        {
            CommandExecution execution = await boxes.Executions.StartAsync(devbox, new CommandRequest("sleep 1000"));
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMilliseconds(i * 0.5);)
            {
                Thread.SpinWait(100); // a timer is too coarse
            }

            await Executions.KillAsync(execution, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

            Assert.Equal(137, execution.ExitStatus);
        }

        if (devbox.HostUid is not null)
        {
            Assert.Empty(Boxes.ProcessesOf(devbox));
        }
    }

    [Fact]
    public async Task After_its_time_it_is_ended_and_says_so()
    {
        RunningDevbox devbox = boxes.Make();
        using Sandbox sandbox = await Sandbox.OpenAsync(
            boxes.Options with { CommandTime = TimeSpan.FromSeconds(1) }, NullLogger.Instance, CancellationToken.None);
        await using var executions = new Executions(sandbox, TimeProvider.System, NullLogger<Executions>.Instance);

        CommandExecution execution = await executions.StartAsync(devbox, new CommandRequest("echo begun; sleep 1000"));
        await execution.Completed.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(137, execution.ExitStatus);
        Assert.Equal("\ncoffer: ended, because it ran longer than 1 s\n", OutputText.EndOf(execution.Errors, null).Text);
    }

    [Fact]
    public async Task What_ran_when_the_server_ended_counts_as_killed_and_says_so()
    {
        RunningDevbox devbox = boxes.Make();
        string folder = Path.Combine(devbox.Folder, "executions", "0197a3c2-5b1e-7000-8000-000000000002");
        Directory.CreateDirectory(folder);
        new ExecutionRecord(Path.GetFileName(folder), null, "", null).Write(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "stdout"), "half");
        string unfinished = Directory.CreateDirectory(Path.Combine(devbox.Folder, "executions", "0197a3c2-5b1e-7000-8000-000000000003")).FullName;

        await using Executions again = await ReopenAsync(devbox);
        CommandExecution execution = again.Get(devbox, Path.GetFileName(folder));

        Assert.Equal(("completed", 137), (execution.Status, execution.ExitStatus));
        Assert.True(execution.Completed.IsCompleted);
        Assert.Equal("half", OutputText.EndOf(execution.Output, null).Text);
        Assert.Equal("\ncoffer: ended, because the server ended while the command ran\n", OutputText.EndOf(execution.Errors, null).Text);
        Assert.False(Directory.Exists(unfinished));
    }

    [Fact]
    public async Task What_an_earlier_run_left_running_is_ended_and_nothing_else()
    {
        SandboxTests.RequireRoot();
        RunningDevbox devbox = boxes.Make();
        using var left = Process.Start("unshare", ["--mount", "sh", "-c", $"mount --bind {devbox.RootPath}/home /mnt && exec sleep 1000"]);
        using var other = Process.Start("unshare", ["--mount", "sh", "-c", $"mount --bind {devbox.Folder} /mnt && exec sleep 1000"]); // not from within a root
        using var plain = Process.Start("sleep", ["1000"]);
        string[] tables = await SandboxTests.EventuallyAsync(
            () => new[] { left, other }.Select(process => File.ReadAllText($"/proc/{process.Id}/mountinfo")).ToArray(),
            found => found.All(mounts => mounts.Contains(devbox.Id, StringComparison.Ordinal)));
        Assert.All(tables, mounts => Assert.Contains(devbox.Id, mounts, StringComparison.Ordinal));

        await boxes.Executions.EndLeftAsync(boxes.Folder);

        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.False(other.HasExited || plain.HasExited);
        other.Kill();
        plain.Kill();
    }

    [Fact]
    public async Task A_server_that_stops_in_order_ends_what_runs()
    {
        RunningDevbox devbox = boxes.Make();
        Executions executions = await ReopenAsync(devbox);
        CommandExecution execution = await executions.StartAsync(devbox, new CommandRequest("sleep 1000"));

        await executions.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(137, execution.ExitStatus);
        Assert.Contains("the server was stopped", OutputText.EndOf(execution.Errors, null).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_devbox_that_ends_takes_its_executions_with_it()
    {
        RunningDevbox devbox = boxes.Make();
        CommandExecution execution = await boxes.Executions.StartAsync(devbox, new CommandRequest("sleep 1000"));

        await boxes.Executions.EndAsync(devbox.Id).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(137, execution.ExitStatus);
        Directory.Delete(devbox.Folder, recursive: true);
        StoreException unknown = Assert.Throws<StoreException>(() => boxes.Executions.Get(devbox, execution.Id));
        Assert.Equal(StoreErrorCode.ExecutionNotFound, unknown.Code);
        StoreException late = await Assert.ThrowsAsync<StoreException>(() => boxes.Executions.StartAsync(devbox, new CommandRequest("true")));
        Assert.Equal(StoreErrorCode.Busy, late.Code);
        Assert.False(Directory.Exists(devbox.Folder));
    }

    [Fact]
    public async Task Output_can_be_read_while_it_is_written()
    {
        RunningDevbox devbox = boxes.Make();
        CommandExecution execution = await boxes.Executions.StartAsync(
            devbox, new CommandRequest("echo one; while [ ! -e go ]; do sleep 0.05; done; echo two"));
        byte[] buffer = new byte[100];

        Assert.True(await execution.Output.WaitBeyondAsync(0, CancellationToken.None));
        Assert.Equal("one\n", Encoding.UTF8.GetString(buffer, 0, execution.Output.Read(0, buffer, out bool isEnd)));
        Assert.False(isEnd);
        Boxes.Write(devbox, "home/user/go", "");
        Assert.True(await execution.Output.WaitBeyondAsync(4, CancellationToken.None));
        await execution.Completed;

        Assert.Equal("two\n", Encoding.UTF8.GetString(buffer, 0, execution.Output.Read(4, buffer, out isEnd)));
        Assert.True(isEnd);
        Assert.False(await execution.Output.WaitBeyondAsync(8, CancellationToken.None));
    }

    [Theory]
    [InlineData("", null), InlineData("a\0b", null), InlineData("true", "")]
    public async Task A_command_that_is_none_is_refused(string command, string? commandId)
    {
        StoreException refused = await Assert.ThrowsAsync<StoreException>(
            () => boxes.Executions.StartAsync(boxes.Make(), new CommandRequest(command, commandId)));

        Assert.Equal(StoreErrorCode.InvalidArgument, refused.Code);
    }

    [Fact]
    public async Task The_longest_command_runs_and_a_longer_one_is_refused()
    {
        RunningDevbox devbox = boxes.Make();
        string longest = "true " + new string('x', Sandbox.MaxCommandBytes - 5);

        Assert.Equal("", (await boxes.RunAsync(devbox, longest)).Text);
        await Assert.ThrowsAsync<StoreException>(() => boxes.Executions.StartAsync(devbox, new CommandRequest(longest + "x")));
    }

    [Fact]
    public async Task Switched_off_it_says_how_to_switch_it_on()
    {
        await using var off = new Executions(null, TimeProvider.System, NullLogger<Executions>.Instance);

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => off.StartAsync(boxes.Make(), new CommandRequest("true")));

        Assert.Equal(StoreErrorCode.ExecutionDisabled, refused.Code);
        Assert.Contains("COFFER_DEVBOX_EXEC=bubblewrap", refused.Message, StringComparison.Ordinal);
    }

    private async Task<Executions> ReopenAsync(RunningDevbox devbox)
    {
        var executions = new Executions(
            await Sandbox.OpenAsync(boxes.Options, NullLogger.Instance, CancellationToken.None), TimeProvider.System, NullLogger<Executions>.Instance);
        executions.Restore([(devbox.Id, devbox.Folder)]);
        return executions;
    }
}
