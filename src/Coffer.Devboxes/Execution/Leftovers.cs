using System.Globalization;

namespace Coffer.Devboxes.Execution;

/// <summary>Processes of devboxes that outlived a server which was killed.</summary>
/// <remarks>
/// A sandbox dies with the process that watches it only once it is made whole. If the server is killed while one is being made, that one
/// runs on. It is known by what it sees: in a mount namespace of its own, the root of a devbox of this data folder.
/// </remarks>
public static class Leftovers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    /// <summary>Ends them, and waits until they have ended.</summary>
    /// <param name="folder">Of all devboxes of this server.</param>
    /// <param name="uids">What devboxes run as where the server is root; elsewhere they run as the server does.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> EndAsync(string folder, (int First, int Last) uids, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(folder))
        {
            return 0;
        }

        string[] roots = [.. Directory.EnumerateDirectories(folder, "dbx_*").Select(static devbox => $"/{Path.GetFileName(devbox)}/root")];
        int ended = 0;
        for (DateTime last = DateTime.UtcNow + Patience; roots.Length > 0; await Task.Delay(Glance, cancellationToken))
        {
            (int Id, long Start)[] left = [.. ProcessTable.Ids().Where(id => IsOne(id, uids, roots)).Select(static id => (id, ProcessTable.StartOf(id) ?? 0))];
            ended = Math.Max(ended, left.Length);
            foreach ((int id, long start) in left)
            {
                ProcessTable.Kill(id, start);
            }

            if (left.Length == 0 || DateTime.UtcNow > last)
            {
                break;
            }
        }

        return ended;
    }

    private static bool IsOne(int id, (int First, int Last) uids, string[] roots)
    {
        try
        {
            return id != Environment.ProcessId
                && ProcessTable.UidOf(id) is { } uid
                && (Environment.IsPrivilegedProcess ? uid >= uids.First && uid <= uids.Last : uid == ProcessTable.UidOf(Environment.ProcessId))
                && Namespace(id) != Namespace(Environment.ProcessId)
                && File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/mountinfo"))
                    .Any(line => roots.Any(root => line.Contains(root, StringComparison.Ordinal)));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? Namespace(int id) => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/ns/mnt")).LinkTarget;
}
