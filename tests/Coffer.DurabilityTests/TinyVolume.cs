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
        return command.Under("unshare", "-m", "sh", "-c", MountAndRun, "sh", options, directory);
    }

    /// <summary>Where the files of that directory, as the running process sees it, can be reached from outside.</summary>
    public static string Seen(Process process, string directory) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/root{directory}");

    private static string? Probe()
    {
        using var directory = new ScratchFolder();
        return Tool.Try("util-linux", "unshare", "-m", "mount", "-t", "tmpfs", "coffer-tiny", directory.Path);
    }
}
