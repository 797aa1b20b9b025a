using System.Diagnostics;
using System.Globalization;

namespace Coffer.Devboxes.Execution;

/// <summary>Finds and ends what runs in devboxes although no server watches it.</summary>
/// <remarks>
/// A command dies with its server, but for the first milliseconds of its start, before its sandbox has asked the kernel for that.
/// Such a process is known by its mounts: nobody else sees a directory from within a devbox's root in a mount table of its own.
/// </remarks>
internal static class LeftCommands
{
    private const string Root = "root";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    /// <summary>Ends all that runs in devboxes of this folder, and waits until it has.</summary>
    /// <returns>How many processes there were.</returns>
    public static async Task<int> EndAsync(string folder)
    {
        HashSet<string> devboxes = Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))] : [];
        if (devboxes.Count == 0)
        {
            return 0;
        }

        List<(int Id, long Start)> left = [.. Find(devboxes)];
        foreach ((int id, long start) in left)
        {
            ProcessTable.Kill(id, start);
        }

        for (var watch = Stopwatch.StartNew(); left.Any(static one => ProcessTable.Runs(one.Id, one.Start)) && watch.Elapsed < Patience;)
        {
            await Task.Delay(Glance);
        }

        return left.Count;
    }

    private static IEnumerable<(int Id, long Start)> Find(HashSet<string> devboxes)
    {
        string? own = MountsOf(Environment.ProcessId);
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            string name = Path.GetFileName(path);
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && ProcessTable.StartOf(id) is { } start && MountsOf(id) is { } mounts && mounts != own && ShowsAny(devboxes, mounts))
            {
                yield return (id, start);
            }
        }
    }

    /// <summary>Whether a table of mounts has one whose directory lies in the root of one of these devboxes.</summary>
    private static bool ShowsAny(HashSet<string> devboxes, string mounts)
    {
        foreach (string line in mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ')[3].Split('/');
            for (int i = 0; i + 1 < parts.Length; i++)
            {
                if (parts[i + 1] == Root && devboxes.Contains(parts[i]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string? MountsOf(int id)
    {
        try
        {
            return File.ReadAllText($"{ProcessTable.FolderOf(id)}/mountinfo");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
