using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>Keeps the mounts of devboxes out of the other mount namespaces of the machine.</summary>
/// <remarks>
/// systemd shares all mounts between namespaces. Below a shared mount every mount is repeated in each of its peers, so the folder
/// first becomes a mount of its own that is private.
/// </remarks>
internal static class PrivateGround
{
    /// <exception cref="IOException">This process may not mount.</exception>
    public static void Make(string folder)
    {
        using RootedDirectory opened = RootedDirectory.Open(folder);
        int on = MountTable.IdOf(opened.Handle);
        if (MountTable.Read().FirstOrDefault(mount => mount.Id == on) is not { IsShared: true }) return;
        using SafeFileHandle ground = MountCalls.Clone(opened.Handle);
        MountCalls.Place(ground, opened.Handle);
        MountCalls.MakePrivate(ground); // only now: what is placed on a shared mount becomes shared
    }

    /// <summary>Takes it away, when all is gone that was mounted below.</summary>
    public static void Remove(string folder)
    {
        using RootedDirectory opened = RootedDirectory.Open(folder);
        int on = MountTable.IdOf(opened.Handle);
        if (IsGround(MountTable.Read(), on, MountTable.Named(folder))) MountCalls.Detach(opened.Handle);
    }

    /// <summary>
    /// Whether this mount shows a folder where the folder is anyway: then it is ours, and no volume of the operator's.
    /// </summary>
    public static bool IsGround(IReadOnlyList<MountEntry> table, int id, string folder)
    {
        MountEntry? ground = table.FirstOrDefault(mount => mount.Id == id && mount.Point == folder);
        MountEntry? below = table.FirstOrDefault(mount => mount.Id == ground?.Parent);
        if (ground is null || below is null || ground.Device != below.Device) return false;
        string within = Path.GetRelativePath(below.Point, folder);
        return Path.Combine(below.Root, within) == ground.Root;
    }
}
