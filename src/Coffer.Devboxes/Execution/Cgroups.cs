using System.Globalization;

namespace Coffer.Devboxes.Execution;

/// <summary>Control groups (version 2), one a devbox, below the server's own: the kernel counts memory and processes and keeps to the limits.</summary>
/// <remarks>
/// A group that shares out its limits may hold no process itself, so the server moves into a group beside those of the devboxes. That
/// works where the server's group is its own, as systemd makes one for a service (with Delegate=yes when it is not root). In a group
/// with others, as of a terminal's session, it does not, and nothing is changed.
/// </remarks>
internal sealed class Cgroups
{
    private const string Prefix = "coffer-";
    private readonly string _folder;

    private Cgroups(string folder) => _folder = folder;

    /// <param name="why">Why there are none, to follow "because".</param>
    public static Cgroups? TryOpen(out string why)
    {
        try
        {
            return TryOpen(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"), Environment.ProcessId, out why);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            why = "cgroups cannot be read here";
            return null;
        }
    }

    /// <param name="mounts">As in /proc/self/mountinfo.</param>
    /// <param name="membership">As in /proc/self/cgroup.</param>
    internal static Cgroups? TryOpen(string mounts, string membership, int serverPid, out string why)
    {
        string? mount = mounts.Split('\n').Select(line => line.Split(' '))
            .Where(fields => fields.SkipWhile(static field => field != "-").Skip(1).FirstOrDefault() == "cgroup2")
            .Select(fields => fields[4]).FirstOrDefault();
        string? own = membership.Split('\n').FirstOrDefault(static line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        if (mount is null || own is null)
        {
            why = "no cgroup2 file system is mounted";
            return null;
        }

        string folder = Path.TrimEndingDirectorySeparator(mount + own);
        if (Path.GetFileName(folder) == Prefix + "server")
        {
            folder = Path.GetDirectoryName(folder)!; // this process moved there before
        }

        try
        {
            if (!Words(folder, "cgroup.controllers").IsSupersetOf(["memory", "pids"]))
            {
                why = "the server's cgroup has no memory and pids controllers";
                return null;
            }

            why = "";
            ClearLeftovers(folder);
            return Words(folder, "cgroup.subtree_control").IsSupersetOf(["memory", "pids"]) || TryShareOut(folder, serverPid)
                ? new Cgroups(folder)
                : throw new IOException();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            why = "the server's cgroup is not its own to divide";
            return null;
        }
    }

    /// <summary>The devbox's group, made with its limits when it is not there.</summary>
    public string FolderOf(string devboxId, SandboxOptions options)
    {
        string folder = Path.Combine(_folder, Prefix + devboxId);
        bool isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        Write(folder, "memory.max", options.MemoryBytes); // also of one that is there: it may be of another setting, or have got none
        Write(folder, "pids.max", options.Processes);
        if (isNew)
        {
            TryWrite(folder, "memory.swap.max", "0");
            TryWrite(folder, "memory.oom.group", "0"); // the largest process goes, not all of the devbox
            TryWrite(folder, "cpu.weight", "20"); // the server's is 100
        }

        return folder;
    }

    /// <summary>Ends what is left in a devbox's group, and the group.</summary>
    public void Remove(string devboxId) => Remove(new DirectoryInfo(Path.Combine(_folder, Prefix + devboxId)));

    private static void ClearLeftovers(string folder)
    {
        foreach (DirectoryInfo left in new DirectoryInfo(folder).EnumerateDirectories(Prefix + "dbx_*"))
        {
            Remove(left);
        }
    }

    private static bool TryShareOut(string folder, int serverPid)
    {
        string server = Path.Combine(folder, Prefix + "server");
        string pid = serverPid.ToString(CultureInfo.InvariantCulture);
        Directory.CreateDirectory(server);
        try
        {
            File.WriteAllText(Path.Combine(server, "cgroup.procs"), pid);
            File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), "+memory +pids");
            TryWrite(folder, "cgroup.subtree_control", "+cpu");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            TryWrite(folder, "cgroup.procs", pid);
            Remove(new DirectoryInfo(server));
            return false;
        }
    }

    private static void Remove(DirectoryInfo group)
    {
        TryWrite(group.FullName, "cgroup.kill", "1");
        try
        {
            group.Delete(); // rmdir: its files are the kernel's
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // Not there, or its processes are ending: the next start clears it.
        }
    }

    private static HashSet<string> Words(string folder, string file) =>
        [.. File.ReadAllText(Path.Combine(folder, file)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    private static void Write(string folder, string file, long value) =>
        File.WriteAllText(Path.Combine(folder, file), value.ToString(CultureInfo.InvariantCulture));

    private static void TryWrite(string folder, string file, string value)
    {
        try
        {
            if (File.Exists(Path.Combine(folder, file)))
            {
                File.WriteAllText(Path.Combine(folder, file), value);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // An extra that this kernel does not have.
        }
    }
}
