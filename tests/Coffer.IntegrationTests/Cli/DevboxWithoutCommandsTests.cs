using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>devbox exec where commands are switched off, as they are by themselves.</summary>
public sealed class DevboxWithoutCommandsTests(SharedServer server)
{
    [Fact]
    public async Task A_command_that_cannot_run_says_how_to_switch_it_on()
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        string text = await line.Api!.StoreAsync("a text");
        string id = (await line.RunAsync("devbox", "create", "--mount", $"{text}:/data/notes.txt")).Expect().Line;

        CommandLine.Ended exec = (await line.RunAsync("devbox", "exec", id, "true")).Expect(1);
        CommandLine.Ended cat = (await line.RunAsync("devbox", "cat", id, "/data/notes.txt")).Expect();

        Assert.Contains("start the server with COFFER_DEVBOX_EXEC=bubblewrap", exec.Errors, StringComparison.Ordinal);
        Assert.Single(exec.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("a text", cat.Output);
        (await line.RunAsync("devbox", "shutdown", id)).Expect();
    }
}
