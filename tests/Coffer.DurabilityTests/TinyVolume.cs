using System.Diagnostics;
using System.Globalization;

namespace Coffer.DurabilityTests;

/// <summary>
/// A real file system that is soon full: a tmpfs in a mount namespace of its own, which goes with the process that runs
/// on it. The process that starts is the command itself.
/// </summary>
internal static class TinyVolume
{
    private const string MountAndRun =
        """mount -t tmpfs -o "$1" coffer-tiny "$2" && shift 2 && exec "$@" """;

    private static readonly Lazy<string?> Problem = new(Probe);

    /// <summary>
    /// The same command with a file system of that size at <paramref name="directory"/>, which must exist and, for
    /// everybody else, stays as it is. Skips the running test where mounting is not allowed.
    /// </summary>
    public static ProcessStartInfo Mount(ProcessStartInfo command, string directory, long sizeBytes, int inodes)
    {
        Assert.SkipWhen(Problem.Value is not null, Problem.Value ?? "");
        string options = string.Create(CultureInfo.InvariantCulture, $"size={sizeBytes},nr_inodes={inodes}");
        string[] arguments = [.. command.ArgumentList];
        string program = command.FileName;
        command.FileName = "unshare";
        command.ArgumentList.Clear();
        foreach (string argument in (string[])["-m", "sh", "-c", MountAndRun, "sh", options, directory, program, .. arguments])
        {
            command.ArgumentList.Add(argument);
        }

        return command;
    }

    /// <summary>Where the files of that directory, as the running process sees it, can be reached from outside.</summary>
    public static string Seen(Process process, string directory) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/root{directory}");

    private static string? Probe()
    {
        string directory = Directory.CreateTempSubdirectory("coffer-tiny-").FullName;
        var probe = new ProcessStartInfo("unshare", ["-m", "mount", "-t", "tmpfs", "coffer-tiny", directory])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(probe)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"a small file system needs root and a mount namespace: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unshare is missing: apt-get install util-linux";
        }
        finally
        {
            Directory.Delete(directory);
        }
    }
}
