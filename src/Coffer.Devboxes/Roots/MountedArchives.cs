using System.Text.Json;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Roots;

/// <summary>An archive to show extracted inside a devbox.</summary>
/// <param name="Number">Different for each archive of the devbox; later ones go over earlier ones.</param>
/// <param name="Path">The directory inside the devbox, from its root; made when it is not there.</param>
/// <param name="StoredBytes">What can be said of the extracted size before: the archive's own.</param>
internal sealed record ArchiveMount(int Number, string Path, SharedTreeKey Key, long StoredBytes);

/// <summary>
/// The archives that are mounted in devboxes: extracted once, given to each devbox by copy-on-write, and there again after a
/// restart.
/// </summary>
/// <remarks>
/// All mounts of the server lie below one folder and are named after their devbox, so the kernel's own table says what belongs to
/// whom. Open this before anything else in the folder: the folder itself may become a mount.
/// </remarks>
internal sealed class MountedArchives : IDisposable
{
    private const string SharedFolder = "shared";
    private readonly string _folder;
    private readonly CopyOnWrite _copyOnWrite;
    private readonly SharedTrees _shared;
    private readonly Settling _settling;
    private readonly ILogger _logger;

    private MountedArchives(string folder, CopyOnWrite copyOnWrite, long sharedMaxBytes, ILogger logger)
    {
        _folder = folder;
        _copyOnWrite = copyOnWrite;
        _settling = new Settling(logger);
        _shared = new SharedTrees(Path.Combine(folder, SharedFolder), sharedMaxBytes, _settling, logger);
        _logger = logger;
    }

    /// <summary>How a devbox gets an archive in an empty directory.</summary>
    public CopyOnWriteWay Way => _copyOnWrite.Way;

    /// <summary>What the shared trees take on the disk, about.</summary>
    public long SharedBytes => _shared.TotalBytes;

    /// <summary>Ends when what was made is durable and what was released is unlinked.</summary>
    internal Task Quiet => Task.WhenAll(_settling.Idle, _shared.Removed);

    /// <param name="folder">The folder of the folders of all devboxes; made when it is not there.</param>
    /// <param name="uid">One of the users that devboxes have; null when they have none of their own.</param>
    /// <param name="sharedMaxBytes">What the shared trees together may take on the disk.</param>
    /// <param name="only">A way to take without looking for the best one.</param>
    public static MountedArchives Open(string folder, int? uid, long sharedMaxBytes, ILogger logger, CopyOnWriteWay? only = null)
    {
        OwnerOnly.MakeFolder(folder);
        string real = Unlinked(folder);
        foreach (string left in Directory.GetDirectories(real, $"{CopyOnWrite.ProbePrefix}*"))
        {
            Unmounting.Detach(left, _ => true);
            Directory.Delete(left, recursive: true);
        }

        if (only is not { } way) return new MountedArchives(real, CopyOnWrite.Probe(real, uid, logger), sharedMaxBytes, logger);
        if (way == CopyOnWriteWay.Overlay) PrivateGround.Make(real);
        var chosen = new CopyOnWrite(way, clones: way == CopyOnWriteWay.Reflink, logger);
        return new MountedArchives(real, chosen, sharedMaxBytes, logger);
    }

    /// <summary>
    /// Makes whole what an earlier life of the server left, and takes away what is nobody's. Comes before the first mount.
    /// </summary>
    /// <param name="running">The devboxes that were running and shall go on.</param>
    /// <returns>Those of them that lost an archive, by a power cut as a rule; nothing is mounted in them.</returns>
    public IReadOnlyCollection<DevboxRoot> Recover(IReadOnlyCollection<DevboxRoot> running)
    {
        var attachments = new List<(DevboxRoot Devbox, IReadOnlyList<Attachment> Made)>();
        var lost = new List<DevboxRoot>();
        foreach (DevboxRoot devbox in running)
        {
            if (TryRead(devbox) is { } made) attachments.Add((devbox, made));
            else lost.Add(devbox);
        }

        HashSet<string> wanted =
        [
            .. from devbox in attachments
               from made in devbox.Made
               where made.Way == CopyOnWriteWay.Overlay
               select Label(devbox.Devbox, made.Number),
        ];
        int detached = DetachBut(wanted);
        int dropped = _shared.Recover(
            from devbox in attachments
            from made in devbox.Made
            where made.Shared is not null
            select (devbox.Devbox.Id, made.Shared));
        HashSet<string> mounted = [.. MountTable.Below(_folder).Select(Label)];
        int attached = 0;
        foreach ((DevboxRoot devbox, IReadOnlyList<Attachment> made) in attachments)
        {
            if (TryReattach(devbox, made, mounted, ref attached)) continue;
            Detach(devbox);
            lost.Add(devbox);
        }

        Log.Recovered(_logger, attached, running.Count, detached, dropped);
        return lost;
    }

    /// <summary>Shows an archive inside a devbox. Once this returns it is there also after a kill of this process.</summary>
    /// <returns>Its extracted size.</returns>
    /// <exception cref="RootedPathException">The path leads out of the devbox or over a file.</exception>
    /// <exception cref="Exception">What the extraction throws. As after any failure, the devbox is then detached and
    /// removed.</exception>
    public async Task<TreeSize> AttachAsync(
        DevboxRoot devbox, ArchiveMount mount, ExtractTree extract, CancellationToken cancellationToken)
    {
        AcquiredTree? tree = await _shared.AcquireAsync(mount.Key, devbox.Id, mount.StoredBytes, extract, cancellationToken);
        return await Task.Factory.StartNew(
            () => tree is { } extracted
                ? Attach(devbox, mount, extracted, extract, cancellationToken)
                : ExtractInto(devbox, mount, extract, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Makes durable after the answer what is in the folder of a devbox, and then puts an empty file of this name there.</summary>
    public void SettleLater(DevboxRoot devbox, string mark) => _settling.Later(devbox.Folder, mark);

    /// <summary>
    /// Takes all archives from a devbox, also while its commands hold files in them. Its folder can be removed then.
    /// </summary>
    /// <exception cref="IOException">Something stays mounted: then the folder must stay too.</exception>
    public void Detach(DevboxRoot devbox)
    {
        string folder = FolderOf(devbox);
        Unmounting.Detach(_folder, mount => mount.IsBelow(MountTable.Named(folder)));
        _shared.Release(devbox.Id);
    }

    /// <summary>
    /// Unmounts everything, so that the data folder can be moved while no server runs. The next start attaches it again.
    /// </summary>
    public void Dispose()
    {
        try
        {
            Unmounting.Detach(_folder, _ => true);
            PrivateGround.Remove(_folder);
        }
        catch (IOException refused)
        {
            Log.NotDetached(_logger, refused); // the next start tries again
        }
    }

    private int DetachBut(HashSet<string> wanted)
    {
        try
        {
            return Unmounting.Detach(_folder, mount => !wanted.Contains(Label(mount)));
        }
        catch (IOException refused)
        {
            Log.NotDetached(_logger, refused); // no reason to serve nobody
            return 0;
        }
    }

    private TreeSize Attach(
        DevboxRoot devbox, ArchiveMount mount, AcquiredTree tree, ExtractTree extract, CancellationToken cancellationToken)
    {
        try
        {
            if (tree.IsShared) AttachShared(devbox, mount, tree, cancellationToken);
            else AttachOwn(devbox, mount, tree, cancellationToken);
            return tree.Size;
        }
        catch (Exception refused) when (!Environment.IsPrivilegedProcess
            && refused is UnauthorizedAccessException or RootedPathException { Reason: RootedPathReason.Denied })
        {
            // The archive has files that their owner may not read. Who is not root can make such files, and not copy them.
            return ExtractInto(devbox, mount, extract, cancellationToken);
        }
    }

    private void AttachShared(DevboxRoot devbox, ArchiveMount mount, AcquiredTree tree, CancellationToken cancellationToken)
    {
        CopyOnWriteWay way = _copyOnWrite.Attach(tree.Folder.Tree, devbox, mount.Path, mount.Number, cancellationToken);
        Note(devbox, mount, mount.Key.Value, way);
    }

    /// <summary>A tree that turned out too large to be shared becomes the devbox's own, without being extracted again.</summary>
    private void AttachOwn(DevboxRoot devbox, ArchiveMount mount, AcquiredTree tree, CancellationToken cancellationToken)
    {
        var own = new TreeFolder(Attachment.OwnTree(devbox, mount.Number));
        Directory.Move(tree.Folder.Path, own.Path);
        CopyOnWriteWay way = _copyOnWrite.Attach(own.Tree, devbox, mount.Path, mount.Number, cancellationToken);
        if (way == CopyOnWriteWay.Overlay) own.SettleLater(_settling);
        else _shared.Discard(tree with { Folder = own });
        Note(devbox, mount, shared: null, way);
    }

    private TreeSize ExtractInto(DevboxRoot devbox, ArchiveMount mount, ExtractTree extract, CancellationToken cancellationToken)
    {
        using RootedDirectory root = RootedDirectory.Open(devbox.Root);
        using RootedDirectory directory = CopyOnWrite.OpenOrMake(root, devbox, mount.Path);
        TreeSize size = extract(directory, devbox.Uid, cancellationToken);
        Note(devbox, mount, shared: null, CopyOnWriteWay.Copy);
        return size;
    }

    private void Note(DevboxRoot devbox, ArchiveMount mount, string? shared, CopyOnWriteWay way)
    {
        var made = new Attachment(mount.Number, mount.Path, shared, way, Boot.Id);
        made.Write(devbox);
        if (way != CopyOnWriteWay.Overlay) made.SettleLater(devbox, _settling);
    }

    private bool TryReattach(DevboxRoot devbox, IReadOnlyList<Attachment> made, HashSet<string> mounted, ref int attached)
    {
        try
        {
            foreach (Attachment attachment in made)
            {
                if (!IsWhole(devbox, attachment, out string? tree))
                {
                    Log.NotWhole(_logger, devbox.Id, null);
                    return false;
                }

                if (tree is null || mounted.Contains(Label(devbox, attachment.Number))) continue;
                CopyOnWrite.Reattach(tree, devbox, attachment.Path, attachment.Number);
                attached++;
            }

            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Log.NotWhole(_logger, devbox.Id, refused);
            return false;
        }
    }

    /// <param name="tree">What to mount; null when there is nothing to mount.</param>
    private bool IsWhole(DevboxRoot devbox, Attachment made, out string? tree)
    {
        tree = null;
        if (made.Way != CopyOnWriteWay.Overlay)
        {
            if (made.IsSettled(devbox)) return true;
            if (made.Boot != Boot.Id) return false;
            made.SettleLater(devbox, _settling);
            return true;
        }

        TreeFolder? folder = made.Shared is { } key ? _shared.Find(key) : new TreeFolder(Attachment.OwnTree(devbox, made.Number));
        if (folder?.WholeSize() is null) return false;
        if (!folder.IsSettled) folder.SettleLater(_settling);
        tree = folder.Tree;
        return true;
    }

    private IReadOnlyList<Attachment>? TryRead(DevboxRoot devbox)
    {
        try
        {
            return Attachment.Of(devbox);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.NotWhole(_logger, devbox.Id, broken);
            return null;
        }
    }

    /// <summary>Where a mount is and what it is called; a name alone could be anyone's.</summary>
    private static string Label(DevboxRoot devbox, int number) =>
        $"{Path.GetFileName(devbox.Folder)}/{OverlayMount.SourceOf(devbox.Id, number)}";

    private string Label(MountEntry mount)
    {
        string within = mount.Point[(MountTable.Named(_folder).Length + 1)..];
        return $"{within.Split('/')[0]}/{mount.Source}";
    }

    private string FolderOf(DevboxRoot devbox) => Path.Combine(_folder, Path.GetFileName(devbox.Folder));

    /// <summary>The path as the kernel tells it, without links.</summary>
    private static string Unlinked(string folder)
    {
        using RootedDirectory opened = RootedDirectory.Open(Path.GetFullPath(folder));
        return new FileInfo($"/proc/self/fd/{opened.Handle.DangerousGetHandle()}").LinkTarget!;
    }
}
