using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.LocalFiles;

/// <summary>
/// A directory whose names are reached from its descriptor by openat2 alone, so that no link, no <c>..</c> and no change made
/// meanwhile by whoever writes in it leads anywhere else. Linux, 5.6 or newer. Safe to call from many threads at once.
/// </summary>
/// <remarks>
/// Every call resolves its name anew from the root: what was true of a name a moment ago is never relied on. All descriptors are
/// closed when a command is started. Names are UTF-8; <see cref="RemoveTree"/> and <see cref="Measure"/> meet any bytes.
/// </remarks>
public sealed partial class RootedDirectory : IDisposable
{
    private RootedDirectory(SafeFileHandle handle) => Handle = handle;

    /// <summary>Whether this system has the calls that this rests on.</summary>
    public static bool IsSupported => LinuxFiles.Runs;

    public SafeFileHandle Handle { get; }

    /// <summary>Opens a directory of the machine by its path, whose last part must not be a link.</summary>
    /// <exception cref="RootedPathException">There is no such directory, or it cannot be opened.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static RootedDirectory Open(string path)
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("rooted directories need Linux on x64 or arm64");
        }

        Check(path);
        int error = LinuxFiles.Open(null, path, LinuxFiles.DirectoryOnly | LinuxFiles.NoFollow, 0, 0, out SafeFileHandle opened);
        return error == 0 ? new RootedDirectory(opened) : throw RootedPathException.Of(error, path);
    }

    /// <summary>Opens a directory below this one; names are reached from it as if it were the root.</summary>
    /// <exception cref="RootedPathException">Missing, NotDirectory, Escapes.</exception>
    public RootedDirectory OpenDirectory(string path, Links links) =>
        new(OpenOrThrow(path, LinuxFiles.DirectoryOnly, 0, links));

    /// <summary>
    /// Finds what a path of bytes names, part by part and through no link: names need be no text, and the path may be longer than the system
    /// takes at once.
    /// </summary>
    /// <returns>A descriptor that names it, and opens nothing.</returns>
    /// <exception cref="RootedPathException">Missing, NotDirectory, Escapes.</exception>
    public SafeFileHandle Walk(ReadOnlySpan<byte> path)
    {
        byte[] name = new byte[256];
        SafeFileHandle? found = null;
        foreach (Range part in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> bytes = path[part];
            if (bytes.Length >= name.Length)
            {
                found?.Dispose();
                throw RootedPathException.Of(RootedPathReason.Missing, "", "a name in it is too long");
            }

            bytes.CopyTo(name);
            name[bytes.Length] = 0;
            using SafeFileHandle? above = found;
            ThrowIf(LinuxFiles.OpenPath(above ?? Handle, name.AsSpan(0, bytes.Length + 1), out found), Encoding.UTF8.GetString(bytes));
        }

        return found!;
    }

    /// <summary>Opens a regular file for reading. Never waits for the other end of a FIFO.</summary>
    /// <exception cref="RootedPathException">Missing, IsDirectory, NotRegular, Escapes, Denied.</exception>
    public SafeFileHandle OpenRead(string path, Links links) =>
        RegularOnly(OpenOrThrow(path, LinuxFiles.NonBlocking, 0, links), path);

    /// <summary>Opens a regular file for writing, making it where the mode says so.</summary>
    /// <param name="permissions">Of a file that is made, whatever the process's mask; one that exists keeps its own.</param>
    /// <param name="owner">User and group of a file that is made; null for this process's.</param>
    /// <exception cref="RootedPathException">Also Exists for <see cref="FileMode.CreateNew"/>, and NoSpace.</exception>
    public SafeFileHandle Create(string path, FileMode mode, UnixFileMode permissions, Links links, int? owner = null)
    {
        int flags = LinuxFiles.WriteOnly | LinuxFiles.NonBlocking | (mode == FileMode.Append ? LinuxFiles.Append : 0);
        int emptying = mode is FileMode.Create or FileMode.Truncate ? LinuxFiles.Truncate : 0;
        bool makes = mode is not (FileMode.Open or FileMode.Truncate);
        if (makes && path.EndsWith('/'))
        {
            throw RootedPathException.Of(RootedPathReason.IsDirectory, path, "it names a directory");
        }

        // An existing file is opened without O_CREAT: in a folder like /tmp the system refuses the two together on another user's file.
        for (int attempt = 0; ; attempt++)
        {
            int error = LinuxFiles.NoEntry;
            if (mode != FileMode.CreateNew)
            {
                error = Open(path, flags | emptying, 0, links, out SafeFileHandle existing);
                if (error == 0)
                {
                    return RegularOnly(existing, path);
                }
            }

            if (error != LinuxFiles.NoEntry || !makes)
            {
                throw RootedPathException.Of(error, path);
            }

            // Made by this call for certain, so that its mode and owner may be set. The last attempts go through a link to nowhere.
            bool alone = mode == FileMode.CreateNew || attempt < 3;
            error = Open(path, flags | LinuxFiles.Create | (alone ? LinuxFiles.Exclusive : 0), (uint)OwnerOnly.Files, links, out SafeFileHandle made);
            if (error == 0)
            {
                return Furnished(RegularOnly(made, path), path, permissions, owner);
            }

            if (error != LinuxFiles.Exists || mode == FileMode.CreateNew || attempt >= 6)
            {
                throw RootedPathException.Of(error, path);
            }
        }
    }

    /// <summary>Makes a directory and those above it that are missing; one that exists keeps its mode and owner.</summary>
    /// <exception cref="RootedPathException">NotDirectory where something else has the name, Escapes, NoSpace.</exception>
    public void MakeDirectories(string path, UnixFileMode permissions, Links links, int? owner = null)
    {
        Check(path);
        if (Open(path, LinuxFiles.PathOnly | LinuxFiles.DirectoryOnly, 0, links, out SafeFileHandle whole) == 0)
        {
            whole.Dispose();
            return;
        }

        // Each part is resolved from the root again: a link in the middle means what it means there.
        var reached = new StringBuilder(path.StartsWith('/') ? "/" : "");
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string parent = reached.Length == 0 ? "." : reached.ToString();
            reached.Append(part);
            string here = reached.ToString();
            reached.Append('/');
            int error = Open(here, LinuxFiles.PathOnly | LinuxFiles.DirectoryOnly, 0, links, out SafeFileHandle found);
            found.Dispose();
            if (error == LinuxFiles.NoEntry)
            {
                error = MakeDirectory(parent, part, permissions, links, owner);
                if (error == LinuxFiles.Exists)
                {
                    // Someone was faster, or it is a link to nowhere.
                    error = Open(here, LinuxFiles.PathOnly | LinuxFiles.DirectoryOnly, 0, links, out found);
                    found.Dispose();
                    error = error == LinuxFiles.NoEntry ? LinuxFiles.NotDirectory : error;
                }
            }

            if (error != 0)
            {
                throw RootedPathException.Of(error, here);
            }
        }
    }

    /// <summary>Makes a link. What it points to is kept as given and never looked at.</summary>
    public void MakeSymbolicLink(string path, string target)
    {
        Check(target);
        using SafeFileHandle parent = Parent(path, Links.Refuse, out byte[] name);
        ThrowIf(LinuxFiles.MakeSymbolicLink(target, parent, name), path);
    }

    /// <summary>Gives an existing file, or link, a second name.</summary>
    public void MakeHardLink(string existing, string path)
    {
        using SafeFileHandle from = Parent(existing, Links.Refuse, out byte[] fromName);
        using SafeFileHandle parent = Parent(path, Links.Refuse, out byte[] name);
        ThrowIf(LinuxFiles.MakeHardLink(from, fromName, parent, name), path);
    }

    /// <summary>Gives a file or directory another name, over a file that has it.</summary>
    public void Rename(string from, string to)
    {
        using SafeFileHandle old = Parent(from, Links.Refuse, out byte[] oldName);
        using SafeFileHandle parent = Parent(to, Links.Refuse, out byte[] name);
        ThrowIf(LinuxFiles.Rename(old, oldName, parent, name), to);
    }

    /// <summary>What has this name; null when nothing has.</summary>
    /// <exception cref="RootedPathException">Escapes, NotDirectory.</exception>
    public RootedEntry? Stat(string path, Links links) => Stat(path, links, isLinkItself: links == Links.Refuse);

    /// <summary>As <see cref="Stat(string, Links)"/>, but of a link at the end the link; those on the way are followed.</summary>
    /// <exception cref="RootedPathException">Escapes, NotDirectory.</exception>
    public RootedEntry? StatLink(string path) => Stat(path, Links.Follow, isLinkItself: true);

    /// <summary>Sets the permissions of a file or directory. Links have none.</summary>
    public void SetMode(string path, UnixFileMode mode)
    {
        using SafeFileHandle found = OpenOrThrow(path, LinuxFiles.PathOnly | LinuxFiles.NoFollow, 0, Links.Refuse);
        ThrowIf(LinuxFiles.SetMode(found, (uint)mode), path);
    }

    /// <summary>Sets user and group, of a link the link's own.</summary>
    public void SetOwner(string path, int uid, int gid)
    {
        using SafeFileHandle found = OpenOrThrow(path, LinuxFiles.PathOnly | LinuxFiles.NoFollow, 0, Links.Refuse);
        ThrowIf(LinuxFiles.SetOwner(found, (uint)uid, (uint)gid), path);
    }

    /// <summary>Sets when it was last changed, of a link the link's own time.</summary>
    public void SetTime(string path, DateTimeOffset modified)
    {
        using SafeFileHandle parent = Parent(path, Links.Refuse, out byte[] name);
        ThrowIf(LinuxFiles.SetTime(parent, name, modified), path);
    }

    /// <summary>Removes a file, a link or an empty directory. One that is absent is refused as Missing.</summary>
    public void Remove(string path)
    {
        using SafeFileHandle parent = Parent(path, Links.Refuse, out byte[] name);
        int error = LinuxFiles.RemoveFile(parent, name);
        ThrowIf(error == LinuxFiles.IsDirectory ? LinuxFiles.RemoveDirectory(parent, name) : error, path);
    }

    public void Dispose() => Handle.Dispose();

    private static void Check(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw RootedPathException.Of(RootedPathReason.BadName, path, "no file has this name");
        }
    }

    private static void ThrowIf(int error, string path)
    {
        if (error != 0)
        {
            throw RootedPathException.Of(error, path);
        }
    }

    private static SafeFileHandle RegularOnly(SafeFileHandle opened, string path)
    {
        int error = LinuxFiles.Stat(opened, out RootedEntry? found);
        if (error == 0 && found!.Kind == RootedKind.File)
        {
            return opened;
        }

        opened.Dispose();
        throw error != 0 ? RootedPathException.Of(error, path)
            : found!.Kind == RootedKind.Directory ? RootedPathException.Of(LinuxFiles.IsDirectory, path)
            : RootedPathException.Of(LinuxFiles.NoReader, path);
    }

    /// <summary>Owner first: to change it takes special bits from the mode.</summary>
    private static SafeFileHandle Furnished(SafeFileHandle made, string path, UnixFileMode permissions, int? owner)
    {
        int error = owner is { } uid ? LinuxFiles.SetOwner(made, (uint)uid, (uint)uid) : 0;
        error = error == 0 ? LinuxFiles.SetMode(made, (uint)permissions) : error;
        if (error != 0)
        {
            made.Dispose();
            throw RootedPathException.Of(error, path);
        }

        return made;
    }

    private RootedEntry? Stat(string path, Links links, bool isLinkItself)
    {
        int flags = LinuxFiles.PathOnly | (isLinkItself ? LinuxFiles.NoFollow : 0);
        int error = Open(path, flags, 0, links, out SafeFileHandle found);
        using (found)
        {
            if (error == LinuxFiles.NoEntry)
            {
                return null;
            }

            ThrowIf(error, path);
            ThrowIf(LinuxFiles.Stat(found, out RootedEntry? entry), path);
            return entry;
        }
    }

    private int MakeDirectory(string parent, string name, UnixFileMode permissions, Links links, int? owner)
    {
        int error = Open(parent, LinuxFiles.PathOnly | LinuxFiles.DirectoryOnly, 0, links, out SafeFileHandle above);
        using (above)
        {
            byte[] bytes = Terminated(name);
            error = error == 0 ? LinuxFiles.MakeDirectory(above, bytes, 0x1C0) : error;
            if (error != 0)
            {
                return error;
            }

            // A command may have put something else there meanwhile: then that keeps its owner, as its link is not followed.
            error = LinuxFiles.OpenDirectory(above, bytes, out SafeFileHandle made);
            if (error == 0)
            {
                Furnished(made, name, permissions, owner).Dispose();
            }

            return error;
        }
    }

    /// <summary>The directory that a name is in, and the name's last part as the system's calls take it.</summary>
    private SafeFileHandle Parent(string path, Links links, out byte[] name)
    {
        Check(path);
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        string last = trimmed[(slash + 1)..];
        if (last is "" or "." or "..")
        {
            throw RootedPathException.Of(RootedPathReason.Escapes, path, "it names no entry of a directory");
        }

        name = Terminated(last);
        return OpenOrThrow(slash < 0 ? "." : trimmed[..(slash + 1)], LinuxFiles.PathOnly | LinuxFiles.DirectoryOnly, 0, links);
    }

    private static byte[] Terminated(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    private SafeFileHandle OpenOrThrow(string path, int flags, uint mode, Links links)
    {
        int error = Open(path, flags, mode, links, out SafeFileHandle opened);
        return error == 0 ? opened : throw RootedPathException.Of(error, path);
    }

    private int Open(string path, int flags, uint mode, Links links, out SafeFileHandle opened)
    {
        Check(path);
        ulong resolve = links == Links.Follow
            ? LinuxFiles.InRoot | LinuxFiles.NoMagicLinks
            : LinuxFiles.Beneath | LinuxFiles.NoSymbolicLinks;
        return LinuxFiles.Open(Handle, path, flags, mode, resolve, out opened);
    }
}
