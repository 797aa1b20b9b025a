using System.Diagnostics;

namespace Coffer.ClientTests.Surface;

/// <summary>Runs the SDK, and what it makes.</summary>
internal static class Dotnet
{
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        (int exitCode, string log) = await TryAsync(folder, "dotnet", arguments);
        Assert.True(exitCode == 0, log);
        return log;
    }

    public static async Task<(int ExitCode, string Log)> TryAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // a node that stays would keep our pipes open
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await errors + output);
    }
}
