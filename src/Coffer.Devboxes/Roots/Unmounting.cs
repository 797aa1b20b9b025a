using System.Text;
using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>Takes mounts below a folder away, whoever left them.</summary>
internal static class Unmounting
{
    private const int Attempts = 5;

    /// <summary>Detaches the mounts below the folder that are chosen; files that are still open in them go on working.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="IOException">Some of them cannot be reached or unmounted.</exception>
    public static int Detach(string folder, Func<MountEntry, bool> chosen)
    {
        int count = 0;
        for (int attempt = 1; ; attempt++)
        {
            // The last ones first: they cover the others.
            List<MountEntry> left = [.. MountTable.Below(folder).Where(chosen).Reverse()];
            if (left.Count == 0) return count;
            if (attempt == Attempts) throw new IOException($"{left[0].Point} and {left.Count - 1} others stay mounted");
            foreach (MountEntry mount in left)
            {
                if (TryDetach(folder, mount)) count++;
            }
        }
    }

    /// <summary>
    /// A command that still runs can rename what lies above the mount, and put a link there that leads to another mount of this
    /// machine. So the way is opened without links, and what it led to is compared with what was meant.
    /// </summary>
    private static bool TryDetach(string folder, MountEntry mount)
    {
        try
        {
            using RootedDirectory above = RootedDirectory.Open(folder);
            using SafeFileHandle root = above.Walk(Encoding.Latin1.GetBytes(mount.Point[(MountTable.Named(folder).Length + 1)..]));
            if (MountTable.IdOf(root) != mount.Id) return false;
            MountCalls.Detach(root);
            return true;
        }
        catch (IOException)
        {
            return false; // the next look at the table says where it is now
        }
    }
}
