using Coffer.Access;
using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes;

/// <remarks>
/// The server reaches a devbox's files from the root's descriptor alone. Commands may change them between two calls and during one:
/// nothing that was looked at is relied on.
/// </remarks>
public sealed partial class DevboxStore
{
    private const string Home = "/home/user";
    private const int CopyBytes = 256 << 10;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">In the devbox; a relative one is below <c>/home/user</c>.</param>
    /// <returns>A regular file, which is the caller's to dispose.</returns>
    /// <exception cref="StoreException">AccessDenied, DevboxNotFound, DevboxNotRunning, FileNotFound; InvalidArgument for what is no regular file of the devbox.</exception>
    public async ValueTask<SafeFileHandle> OpenFileAsync(Caller caller, DevboxId id, string path, CancellationToken cancellationToken)
    {
        RunningDevbox devbox = await RequireRunningAsync(caller, id, cancellationToken);
        string inside = Inside(path);
        try
        {
            using RootedDirectory root = RootedDirectory.Open(devbox.RootPath);
            try
            {
                return root.OpenRead(inside, Links.Follow);
            }
            catch (RootedPathException missing) when (missing.Reason is RootedPathReason.Missing && root.StatLink(inside) is not null)
            {
                throw new StoreException(StoreErrorCode.InvalidArgument, $"{Shown(path)} is a link to nothing in this devbox", missing);
            }
        }
        catch (RootedPathException refused)
        {
            throw await RefusedAsync(caller, id, refused);
        }
    }

    /// <summary>Writes a file, over one that has its name, and makes the folders above it. Links lead to where they lead in the devbox.</summary>
    /// <param name="content">Read from where it stands to its end.</param>
    /// <exception cref="StoreException">As <see cref="OpenFileAsync"/>; TooLarge, OutOfSpace.</exception>
    public async Task WriteFileAsync(Caller caller, DevboxId id, string path, Stream content, CancellationToken cancellationToken)
    {
        RunningDevbox devbox = await RequireRunningAsync(caller, id, cancellationToken);
        string inside = Inside(path);
        if (inside.EndsWith('/'))
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, $"{Shown(path)} names a folder, not a file");
        }

        long size = content.Length - content.Position;
        _space!.Check(size);
        try
        {
            using RootedDirectory root = RootedDirectory.Open(devbox.RootPath);
            _usage.GetOrAdd(id, _ => new DevboxUsage(_options, _time)).Require(root, size);
            string folder = inside[..(inside.LastIndexOf('/') + 1)];
            root.MakeDirectories(folder, DevboxFolder.FolderMode, Links.Follow, devbox.HostUid);
            using SafeFileHandle file = root.Create(inside, FileMode.Create, DevboxFolder.FileMode, Links.Follow, devbox.HostUid);
            byte[] buffer = new byte[Math.Min(CopyBytes, size)];
            long written = 0;
            for (int read; size > 0 && (read = await content.ReadAsync(buffer, cancellationToken)) > 0; written += read)
            {
                RandomAccess.Write(file, buffer.AsSpan(0, read), written);
            }

            Sync(root, folder, file);
        }
        catch (RootedPathException refused)
        {
            throw await RefusedAsync(caller, id, refused);
        }
        catch (IOException refused) when (DevboxFileErrors.IsFull(refused))
        {
            throw _space.Refusal();
        }
    }

    /// <summary>A file outside of the devbox's root, for bytes on their way in; it is gone once it is disposed.</summary>
    /// <exception cref="StoreException">AccessDenied, DevboxNotFound, DevboxNotRunning.</exception>
    public async ValueTask<IncomingFile> ReceiveAsync(Caller caller, DevboxId id, CancellationToken cancellationToken)
    {
        RunningDevbox devbox = await RequireRunningAsync(caller, id, cancellationToken);
        try
        {
            return new IncomingFile(new DevboxFolder(devbox.Folder, devbox.HostUid).Incoming, _options.MaxBytes, _space!);
        }
        catch (DirectoryNotFoundException ended)
        {
            throw new StoreException(StoreErrorCode.DevboxNotRunning, "the devbox has ended, and its files are gone", ended);
        }
    }

    /// <summary>Makes a file durable, and the names that lead to it.</summary>
    private static void Sync(RootedDirectory root, string folder, SafeFileHandle file)
    {
        FileSync.Flush(file);
        for (string path = folder.Trim('/'); ; path = path[..Math.Max(0, path.LastIndexOf('/'))])
        {
            using RootedDirectory above = root.OpenDirectory(path.Length == 0 ? "." : path, Links.Follow);
            FileSync.Flush(above.Handle);
            if (path.Length == 0)
            {
                return;
            }
        }
    }

    /// <summary>Files that vanish because their devbox ends are not missing: the devbox is.</summary>
    private async ValueTask<StoreException> RefusedAsync(Caller caller, DevboxId id, RootedPathException refused)
    {
        try
        {
            await RequireRunningAsync(caller, id, CancellationToken.None);
            return DevboxFileErrors.Of(refused);
        }
        catch (StoreException ended)
        {
            return ended;
        }
    }

    /// <summary>The path from the devbox's root.</summary>
    /// <exception cref="StoreException">InvalidArgument for one that climbs above the root, or can be no path.</exception>
    private static string Inside(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "the path is empty, or holds a NUL");
        }

        string whole = path.StartsWith('/') ? path : $"{Home}/{path}";
        int depth = 0;
        foreach (string part in whole.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                throw new StoreException(StoreErrorCode.InvalidArgument, $"{Shown(path)} leads out of the devbox");
            }
        }

        return whole;
    }

    private static string Shown(string path)
    {
        string some = path.Length <= 200 ? path : path[..200] + "…";
        return string.Concat(some.Select(static character => char.IsControl(character) ? '?' : character));
    }
}
