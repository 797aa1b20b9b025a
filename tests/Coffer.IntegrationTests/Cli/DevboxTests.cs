using System.Diagnostics;
using System.Text.Json;
using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>devbox create, ls, exec, cat and shutdown.</summary>
public sealed class DevboxTests(CommandTests.ExecServer server) : IClassFixture<CommandTests.ExecServer>, IAsyncLifetime
{
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    private Api Api => Line.Api!;

    public async ValueTask InitializeAsync() => _opened = await CommandLine.OnAsync(server.Process);

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_devbox_is_made_used_and_shut_down()
    {
        string archive = await Api.StoreArchiveAsync(("src/main.c", "int main;"));
        string text = await Api.StoreAsync("a text");

        string id = (await Line.RunAsync(
            "devbox", "create", "--mount", $"{archive}:/home/user/project", "--mount", $"{text}:/data/a:b", "--env", "WORD=a=b", "--name", "build",
            "--meta", "team=maps", "--keep-alive", "2h")).Expect().Line;
        JsonElement view = (await Api.BoxAsync(id)).Expect(200).Json;
        Assert.Equal(("build", "running", 7200), (view.Text("name"), view.Text("status"), (int)view.GetProperty("launch_parameters").Number("keep_alive_time_seconds")!));
        Assert.Equal("maps", view.GetProperty("metadata").Text("team"));

        Assert.Equal(id, (await Line.RunAsync("devbox", "ls")).Expect().Line);
        Assert.Equal("int main;a text", (await Line.RunAsync("devbox", "exec", id, "--", "cat", "project/src/main.c", "/data/a:b")).Expect().Output);
        Assert.Equal("int main;", (await Line.RunAsync("devbox", "cat", id, "project/src/main.c")).Expect().Output);
        CommandLine.Ended shell = (await Line.RunAsync("devbox", "exec", id, "echo $WORD > out; echo bad >&2; cat out; exit 3")).Expect(3);
        Assert.Equal(("a=b\n", "bad\n"), (shell.Output, shell.Errors));
        Assert.Equal("it's | one  word\n", (await Line.RunAsync("devbox", "exec", id, "--", "echo", "it's | one  word")).Expect().Output);
        JsonElement json = (await Line.RunAsync("devbox", "exec", id, "--json", "--", "sh", "-c", "echo out; echo bad >&2; exit 4")).Expect(4).Json;
        Assert.Equal((id, 4L, "out\n", "bad\n"), (json.Text("devbox_id"), json.Number("exit_status")!.Value, json.Text("stdout"), json.Text("stderr")));

        Assert.Equal(id, (await Line.RunAsync("devbox", "shutdown", id)).Expect().Line);
        Assert.Equal("", (await Line.RunAsync("devbox", "ls")).Expect().Output);
        JsonElement ended = Assert.Single((await Line.RunAsync("devbox", "ls", "--all", "--json")).Expect().Json.EnumerateArray());
        Assert.Equal((id, "shutdown", "api_shutdown"), (ended.Text("id"), ended.Text("status"), ended.Text("shutdown_reason")));
        (await Line.RunAsync("devbox", "shutdown", id)).Expect();
    }

    [Fact]
    public async Task What_is_written_shows_while_the_command_runs_and_Ctrl_C_ends_it_there()
    {
        string id = await Api.NewBoxAsync();
        using Process exec = Line.Start("devbox", "exec", id, "echo begun; sleep 1000");
        Assert.Equal("begun", await exec.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        CommandLine.Interrupt(exec);
        (await CommandLine.EndAsync(exec)).ExpectError(130, "interrupted; the command in the devbox was ended, too");

        // Nothing of it is left: the only processes are those of the command that looks.
        Assert.DoesNotContain("1000", (await Line.RunAsync("devbox", "exec", id, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).Expect().Output, StringComparison.Ordinal);
        string execution = Assert.Single(Directory.GetDirectories(Path.Combine(server.Process.Data, "devboxes", id, "executions")).Order().Take(1));
        Assert.Contains("137", await File.ReadAllTextAsync(Path.Combine(execution, "execution.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_command()
    {
        string id = await Api.NewBoxAsync();
        using Process exec = Line.Start("devbox", "exec", id, "yes; touch /home/user/outlived");
        await exec.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        exec.StandardOutput.Close();
        await exec.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(0, exec.ExitCode);
        (await Api.ReadAsync(id, "outlived")).ExpectError(404, "file_not_found");
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_one_line()
    {
        string id = await Api.NewBoxAsync();
        const string None = "obj_00000000000000000000000000";

        Assert.Contains(None, (await Line.RunAsync("devbox", "create", "--mount", $"{None}:/a")).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Equal([id], await Api.BoxesAsync());
        Assert.Contains("--mount 'x'", (await Line.RunAsync("devbox", "create", "--mount", "x")).Expect(2).Errors, StringComparison.Ordinal);
        (await Line.RunAsync("devbox", "create", "--mount", "reports/a.tgz:/a")).ExpectError(
            2,
            "'reports/a.tgz' is an address, and an id is wanted; for files of buckets there are `coffer ls`, `cat`, `cp reports/a.tgz ./`, `url` and `rm`");
        Assert.Contains("--env '=x'", (await Line.RunAsync("devbox", "create", "--env", "=x")).Expect(2).Errors, StringComparison.Ordinal);
        Assert.Contains("--keep-alive", (await Line.RunAsync("devbox", "create", "--keep-alive", "0s")).Expect(2).Errors, StringComparison.Ordinal);
        (await Line.RunAsync("devbox", "create", "--keep-alive", "49h")).Expect(1);
        Assert.Contains("check the path", (await Line.RunAsync("devbox", "cat", id, "none")).Expect(1).Errors, StringComparison.Ordinal);
        foreach (string[] words in (string[][])[["exec", "dbx_00000000000000000000000000", "true"], ["cat", "dbx_00000000000000000000000000", "a"], ["shutdown", "dbx_00000000000000000000000000"]])
        {
            Assert.Contains("`coffer devbox ls`", (await Line.RunAsync(["devbox", .. words])).Expect(1).Errors, StringComparison.Ordinal);
        }

        (await Api.ShutdownAsync(id)).Expect(200);
        Assert.Contains("`coffer devbox ls`", (await Line.RunAsync("devbox", "exec", id, "true")).Expect(1).Errors, StringComparison.Ordinal);
    }
}
