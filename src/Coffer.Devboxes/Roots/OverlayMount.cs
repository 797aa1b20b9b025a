using System.Globalization;
using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>A shared tree mounted in a devbox, with the devbox's changes in a layer of its own.</summary>
internal static class OverlayMount
{
    private const string SourcePrefix = "coffer:";

    /// <summary>What the mount is called in the table of mounts, also when a command renames a directory above it.</summary>
    public static string SourceOf(string devbox, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{SourcePrefix}{devbox}:{number}");

    /// <summary>Mounts the tree over a directory. What the layer of this number holds from earlier is there again.</summary>
    /// <exception cref="IOException">Not possible here; the message is the kernel's.</exception>
    public static void Attach(string tree, DevboxRoot devbox, int number, SafeFileHandle directory)
    {
        string numbered = number.ToString(CultureInfo.InvariantCulture);
        string upper = MakeUpper(Path.Combine(devbox.Folder, $"upper-{numbered}"), directory);
        string work = Path.Combine(devbox.Folder, $"work-{numbered}");
        OwnerOnly.MakeFolder(work);

        using RootedDirectory lower = RootedDirectory.Open(tree);
        string place = Path.Combine(devbox.Folder, $"lower-{numbered}");
        using SafeFileHandle? owned = devbox.Uid is { } uid ? ShowAsOwnedBy(uid, lower.Handle, place) : null;
        try
        {
            using RootedDirectory changes = RootedDirectory.Open(upper);
            using RootedDirectory scratch = RootedDirectory.Open(work);
            using SafeFileHandle mount = MountCalls.Make(
                "overlay",
                ("source", SourceOf(devbox.Id, number)),
                ("lowerdir", PathOf(owned ?? lower.Handle)),
                ("upperdir", PathOf(changes.Handle)),
                ("workdir", PathOf(scratch.Handle)),
                ("redirect_dir", "on"), // directories of the tree can be renamed
                ("index", "off"), // else a mount fails while a command from before a restart still holds the last one
                ("metacopy", "off"));
            MountCalls.Place(mount, directory);
        }
        finally
        {
            // The overlay has a mount of its own of its lower layer; this one only had to be somewhere while it was made.
            if (owned is not null) MountCalls.Detach(owned);
        }
    }

    /// <summary>
    /// The tree as a mount on which everything belongs to a devbox's user, though on the disk it is the server's.
    /// </summary>
    private static SafeFileHandle ShowAsOwnedBy(int uid, SafeFileHandle tree, string place)
    {
        using SafeFileHandle owners = OwnerMap.To(uid);
        SafeFileHandle mount = MountCalls.Clone(tree);
        try
        {
            MountCalls.MapOwners(mount, owners);
            OwnerOnly.MakeFolder(place);
            using RootedDirectory opened = RootedDirectory.Open(place);
            MountCalls.Place(mount, opened.Handle);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>The layer is what the mounted directory is, so mode and owner of the one that it covers are kept.</summary>
    private static string MakeUpper(string path, SafeFileHandle covered)
    {
        if (Directory.Exists(path)) return path;
        FileFacts facts = FileCalls.StatIn(covered, "") ?? throw new IOException("the directory to mount on is gone");
        string fresh = $"{path}.new";
        OwnerOnly.MakeFolder(fresh);
        using (RootedDirectory folder = RootedDirectory.Open(Path.GetDirectoryName(path)!))
        {
            FileCalls.SetOwnerIn(folder.Handle, Path.GetFileName(fresh), facts.Uid);
            FileCalls.SetModeIn(folder.Handle, Path.GetFileName(fresh), facts.Mode);
        }

        Directory.Move(fresh, path);
        return path;
    }

    /// <summary>Options are parted by commas and colons, which a path of the data folder may hold; a number holds none.</summary>
    private static string PathOf(SafeFileHandle directory) => $"/proc/self/fd/{directory.DangerousGetHandle()}";
}
