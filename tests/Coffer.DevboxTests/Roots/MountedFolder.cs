using System.Diagnostics;
using System.Globalization;
using Coffer.Devboxes.Roots;
using Coffer.DevboxTests.Child;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.DevboxTests.Roots;

/// <summary>The devboxes of one server on a real file system, with what their commands see.</summary>
internal sealed class MountedFolder : IDisposable
{
    public const int FirstUid = 1_700_000_000;
    private const long Plenty = 1L << 40;
    private readonly string _place;
    private readonly bool _owned;
    private readonly List<Process> _processes = [];
    private readonly List<MountedArchives> _opened = [];

    /// <param name="place">Where to make it; by default on the disk that keeps temporary files over a restart.</param>
    public MountedFolder(string? place = null, string name = "devboxes")
    {
        _owned = place is null;
        _place = place ?? Path.Combine("/var/tmp", $"coffer-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_place);
        Folder = Path.Combine(_place, name);
    }

    public string Folder { get; }

    public string SharedPath => Path.Combine(Folder, "shared");

    public static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root mounts");

    public MountedArchives Open(CopyOnWriteWay? only = null, long sharedMaxBytes = Plenty, ILogger? logger = null)
    {
        MountedArchives opened = MountedArchives.Open(Folder, FirstUid, sharedMaxBytes, logger ?? NullLogger.Instance, only);
        _opened.Add(opened);
        return opened;
    }

    public DevboxRoot Box(int number) => SampleBox.Make(new DevboxRoot(
        string.Create(CultureInfo.InvariantCulture, $"dbx_{number}"),
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"dbx_{number}")),
        Environment.IsPrivilegedProcess ? FirstUid + number : null));

    /// <summary>The lines of the kernel's table that lie below this folder.</summary>
    public IReadOnlyList<string> Mounts() =>
        [.. File.ReadAllLines("/proc/self/mountinfo").Where(line => line.Contains(Escaped + "/", StringComparison.Ordinal))];

    public static string Inside(DevboxRoot devbox, string path) => devbox.Root + path;

    /// <summary>Runs a command as the user of the devbox in one of its directories, and says what it printed.</summary>
    public static string Run(DevboxRoot devbox, string directory, string command)
    {
        using Process process = Begin(devbox, directory, command);
        process.StandardInput.Close();
        string printed = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command}: exit code {process.ExitCode}, {errors}");
        return printed;
    }

    /// <summary>
    /// Starts a command as the user of the devbox, in the only directory that it reaches: the server's are closed to it.
    /// </summary>
    public Process Start(DevboxRoot devbox, string directory, string command)
    {
        Process process = Begin(devbox, directory, command);
        _processes.Add(process);
        return process;
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        foreach (MountedArchives opened in _opened) opened.Quiet.Wait();
        if (Directory.Exists(Folder))
        {
            Unmounting.Detach(Folder, _ => true);
            PrivateGround.Remove(Folder);
            using RootedDirectory place = RootedDirectory.Open(Path.GetDirectoryName(Folder)!);
            place.RemoveTree(Path.GetFileName(Folder)); // names in it may be no text
        }

        if (_owned) Directory.Delete(_place, recursive: true);
    }

    private string Escaped =>
        Folder.Replace(@"\", @"\134", StringComparison.Ordinal).Replace(" ", @"\040", StringComparison.Ordinal);

    private static Process Begin(DevboxRoot devbox, string directory, string command)
    {
        string uid = (devbox.Uid ?? 0).ToString(CultureInfo.InvariantCulture);
        string[] words = devbox.Uid is null
            ? ["sh", "-c", command]
            : ["setpriv", $"--reuid={uid}", $"--regid={uid}", "--clear-groups", "--no-new-privs", "sh", "-c", command];
        return Process.Start(new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = Inside(devbox, directory),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
