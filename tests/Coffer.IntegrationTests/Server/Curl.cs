namespace Coffer.IntegrationTests.Server;

internal static class Curl
{
    /// <summary>Runs a command line of a document in a shell; curl must be there and must succeed.</summary>
    public static async Task<RunCommand.Ended> ShellAsync(string line, params (string Name, string? Value)[] environment)
    {
        SkipUnlessInstalled();
        RunCommand.Ended ended = await RunCommand.RunAsync("/bin/sh", ["-c", line], directory: null, environment);
        Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode} from {line}\n{ended.Errors}");
        return ended;
    }

    public static async Task<RunCommand.Ended> RunAsync(params string[] arguments)
    {
        SkipUnlessInstalled();
        RunCommand.Ended ended = await RunCommand.RunAsync("curl", ["--silent", "--show-error", .. arguments]);
        Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode} from curl {string.Join(' ', arguments)}\n{ended.Errors}");
        return ended;
    }

    private static void SkipUnlessInstalled() =>
        Assert.SkipUnless(RunCommand.Find("curl") is not null, "curl is not installed: apt-get install curl");
}
