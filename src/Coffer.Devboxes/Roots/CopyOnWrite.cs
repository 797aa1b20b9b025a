using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>Gives a devbox a tree that others have too, by the best way that this machine has.</summary>
internal sealed class CopyOnWrite
{
    private readonly bool _clones;
    private readonly ILogger _logger;

    public CopyOnWrite(CopyOnWriteWay way, bool clones, ILogger logger)
    {
        Way = way;
        _clones = clones;
        _logger = logger;
    }

    /// <summary>The way of a tree that goes into an empty directory.</summary>
    public CopyOnWriteWay Way { get; }

    /// <summary>Finds the best way by trying each in this folder, and says in the log which it is.</summary>
    /// <param name="uid">One of the users that devboxes have; null when they have none of their own.</param>
    public static CopyOnWrite Probe(string folder, int? uid, ILogger logger)
    {
        string place = Path.Combine(folder, $"{ProbePrefix}{Guid.NewGuid():N}");
        try
        {
            OwnerOnly.MakeFolder(place);
            string? noOverlay = WhyNot(() => TryOverlay(folder, place, uid));
            string? noReflink = WhyNot(() => TryReflink(place));
            CopyOnWriteWay way = noOverlay is null ? CopyOnWriteWay.Overlay
                : noReflink is null ? CopyOnWriteWay.Reflink
                : CopyOnWriteWay.Copy;
            Log.Chosen(logger, way, noOverlay ?? "works", noReflink ?? "works");
            return new CopyOnWrite(way, noReflink is null, logger);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>What a probe makes, and leaves when it is cut off.</summary>
    public const string ProbePrefix = ".probe-";

    /// <returns>The way taken: a directory that is not empty, or on which nothing can be mounted, gets a copy.</returns>
    /// <param name="path">From the root of the devbox; directories on the way are made.</param>
    /// <param name="number">Different for each tree of a devbox.</param>
    public CopyOnWriteWay Attach(string tree, DevboxRoot devbox, string path, int number, CancellationToken cancellationToken)
    {
        using RootedDirectory root = RootedDirectory.Open(devbox.Root);
        using RootedDirectory directory = OpenOrMake(root, devbox, path);
        if (Way == CopyOnWriteWay.Overlay && TreeCopy.IsEmpty(directory.Handle))
        {
            try
            {
                OverlayMount.Attach(tree, devbox, number, directory.Handle);
                return CopyOnWriteWay.Overlay;
            }
            catch (IOException refused)
            {
                Log.OverlayRefused(_logger, devbox.Id, refused);
            }
        }

        new TreeCopy(devbox.Uid, _clones).Run(tree, directory, cancellationToken);
        return _clones ? CopyOnWriteWay.Reflink : CopyOnWriteWay.Copy;
    }

    /// <summary>Mounts an overlay again, with the changes that were made in it.</summary>
    public static void Reattach(string tree, DevboxRoot devbox, string path, int number)
    {
        using RootedDirectory root = RootedDirectory.Open(devbox.Root);
        using RootedDirectory directory = OpenOrMake(root, devbox, path);
        OverlayMount.Attach(tree, devbox, number, directory.Handle);
    }

    /// <summary>The directory of this path from the root of a devbox; those that are missing are made, as its user's.</summary>
    public static RootedDirectory OpenOrMake(RootedDirectory root, DevboxRoot devbox, string path)
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        root.MakeDirectories(path, Mode, Links.Follow, devbox.Uid);
        return root.OpenDirectory(path, Links.Follow);
    }

    private static string? WhyNot(Action attempt)
    {
        try
        {
            attempt();
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }

    private static void TryOverlay(string folder, string place, int? uid)
    {
        if (!Environment.IsPrivilegedProcess) throw new IOException("only root mounts");
        PrivateGround.Make(folder);
        var devbox = new DevboxRoot("probe", Path.Combine(place, "devbox"), uid);
        string tree = Path.Combine(place, "tree");
        OwnerOnly.MakeFolder(tree);
        OwnerOnly.MakeFolder(devbox.Root);
        string kept = Path.Combine(tree, "file");
        File.WriteAllText(kept, "shared");
        try
        {
            using (RootedDirectory root = RootedDirectory.Open(devbox.Root)) OverlayMount.Attach(tree, devbox, 0, root.Handle);
            string changed = Path.Combine(devbox.Root, "file"); // by its path, for the descriptor is below the mount
            using (SafeFileHandle file = File.OpenHandle(changed, FileMode.Open, FileAccess.ReadWrite))
            {
                int owner = FileCalls.StatIn(file, "")!.Value.Uid;
                if (uid is not null && owner != uid) throw new IOException($"a mounted file belongs to {owner}");
                RandomAccess.Write(file, "changed"u8, fileOffset: 0);
            }

            if (File.ReadAllText(changed) != "changed" || File.ReadAllText(kept) != "shared")
            {
                throw new IOException("a change went to the wrong file");
            }
        }
        finally
        {
            Unmounting.Detach(place, _ => true);
        }
    }

    private static void TryReflink(string place)
    {
        string original = Path.Combine(place, "original");
        File.WriteAllText(original, "shared");
        using SafeFileHandle from = FileCalls.Open(original);
        using SafeFileHandle to = File.OpenHandle(Path.Combine(place, "clone"), FileMode.CreateNew, FileAccess.Write);
        if (!FileCalls.TryClone(from, to)) throw new IOException("the file system has none");
    }
}
