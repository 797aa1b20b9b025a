using System.ComponentModel;
using System.Diagnostics;

namespace Coffer.DevboxTests;

/// <summary>Debian's own programs around what is tested.</summary>
internal static class Tool
{
    /// <returns>The exit code; -1 when there is no such program.</returns>
    public static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> printed = process.StandardOutput.ReadToEndAsync();
            process.StandardError.ReadToEnd();
            _ = printed.Result;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return -1;
        }
    }
}
