using System.ComponentModel;
using System.Diagnostics;

namespace Coffer.DurabilityTests;

/// <summary>Debian's own programs around the process under test.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end. Returns null when it succeeded, else one line that says why not.</summary>
    /// <param name="package">The Debian package to name where the program is missing.</param>
    public static string? Try(string package, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} failed: {errors.Trim()}";
        }
        catch (Win32Exception)
        {
            return $"{program} is missing: apt-get install {package}";
        }
    }

    /// <summary>Has the command started by another program, which gets these arguments and then the command.</summary>
    public static ProcessStartInfo Under(this ProcessStartInfo command, string program, params string[] arguments)
    {
        string[] whole = [.. arguments, command.FileName, .. command.ArgumentList];
        command.FileName = program;
        command.ArgumentList.Clear();
        foreach (string argument in whole) command.ArgumentList.Add(argument);
        return command;
    }
}
