using System.Text;
using Coffer.Archives;
using Coffer.Devboxes.Roots;
using Coffer.LocalFiles;
using Coffer.Objects;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Mounts;

/// <summary>Puts what is mounted into a devbox's root. Blocks: it runs on a thread of its own.</summary>
internal sealed class Mounting(
    RootedDirectory root, DevboxRoot devbox, MountedArchives archives, DevboxOptions options, VolumeSpace space, CancellationToken cancellationToken)
{
    private const int BufferBytes = 256 << 10;
    private long _bytesLeft = options.MaxBytes;
    private long _filesLeft = options.MaxFiles;
    private int _number;

    /// <exception cref="StoreException">ArchiveInvalid, InvalidArgument, TooLarge, OutOfSpace, Corrupt. Each names mount and object.</exception>
    public void Run(OpenedMounts mounts)
    {
        foreach ((MountRequest request, OpenObject? content) in mounts.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string what = content is null ? request.Label : $"{request.Label}: the object {content.Object.Id}";
            try
            {
                Mount(request, content);
            }
            catch (ArchiveException refused)
            {
                throw new StoreException(StoreErrorCode.ArchiveInvalid, $"{what} cannot be unpacked: {refused.Message}", refused);
            }
            catch (StoreException refused)
            {
                throw new StoreException(refused.Code, $"{what} cannot be mounted: {refused.Message}", refused);
            }
            catch (IOException refused)
            {
                throw DevboxFileErrors.IsFull(refused)
                    ? new StoreException(StoreErrorCode.OutOfSpace, $"{what} cannot be mounted: {space.Refusal().Message}", refused)
                    : refused is RootedPathException ? new StoreException(StoreErrorCode.InvalidArgument, $"{what} cannot be mounted: {refused.Message}", refused)
                    : refused;
            }
        }
    }

    private void Mount(MountRequest request, OpenObject? content)
    {
        if (content is null)
        {
            byte[] text = Encoding.UTF8.GetBytes(((FileMountRequest)request).Content);
            WriteFile(request.Path.IsFolder ? throw Invalid("the path of a file does not end in /") : request.Path, new MemoryStream(text, writable: false), text.Length);
            return;
        }

        StoredObject found = content.Object;
        MountForm form = MountForms.Of(found, () => StartOf(content));
        switch (form)
        {
            case MountForm.File:
                WriteFile(request.Path.IsFolder ? request.Path.Below(found.Name) : request.Path, Content(content), content.SizeBytes);
                break;
            case MountForm.UnpackedFile:
                Unpack(request.Path.IsFolder || IsDirectory(request.Path) ? request.Path.Below(WithoutGz(found.Name)) : request.Path, content);
                break;
            default:
                Extract(request.Path, content, form is MountForm.Tar ? ArchiveKind.Tar : ArchiveKind.TarGzip);
                break;
        }
    }

    private void WriteFile(MountPath path, Stream content, long size)
    {
        Take(size, files: 1);
        space.Check(size);
        using RootedDirectory parent = Parent(path, out string name);
        Clear(parent, name);
        using SafeFileHandle file = parent.Create(name, FileMode.CreateNew, DevboxFolder.FileMode, Links.Refuse, devbox.Uid);
        byte[] buffer = new byte[BufferBytes];
        long written = 0;
        for (int read; (read = content.Read(buffer)) > 0; written += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomAccess.Write(file, buffer.AsSpan(0, read), written);
        }
    }

    private void Unpack(MountPath path, OpenObject content)
    {
        using RootedDirectory parent = Parent(path, out string name);
        Clear(parent, name);
        Took(Extraction.RunFile(Content(content), parent, name, Limits(_bytesLeft, _filesLeft), devbox.Uid, cancellationToken));
    }

    /// <summary>Shows the tree of an archive. Others may share it, so it is extracted within what any devbox may hold.</summary>
    private void Extract(MountPath path, OpenObject content, ArchiveKind kind)
    {
        Folder(path.Inside).Dispose(); // made here, where no link is followed
        StoredObject found = content.Object;
        var key = SharedTreeKey.Of(
            kind.ToString(), found.Pieces.Count == 0 ? [found.Id.ToString()] : found.Pieces.Select(static piece => piece.Blob.ToString()));
        var mount = new ArchiveMount(_number++, path.Inside.Length == 0 ? "." : path.Inside, key, content.SizeBytes);
        TreeSize size = archives.AttachAsync(
            devbox,
            mount,
            (into, owner, cancellation) =>
            {
                ExtractionReport report = Extraction.Run(Content(content), kind, into, Limits(options.MaxBytes, options.MaxFiles), owner, cancellation);
                return new TreeSize(report.Bytes, report.Entries);
            },
            cancellationToken).GetAwaiter().GetResult();
        Take(size.Bytes, size.Files);
    }

    /// <summary>Later mounts replace what earlier ones put there, but no directory.</summary>
    private static void Clear(RootedDirectory parent, string name)
    {
        if (parent.Stat(name, Links.Refuse) is { } there)
        {
            if (there.Kind == RootedKind.Directory)
            {
                throw Invalid("there is a directory at its path");
            }

            parent.Remove(name);
        }
    }

    private RootedDirectory Parent(MountPath path, out string name)
    {
        int slash = path.Inside.LastIndexOf('/');
        name = path.Inside[(slash + 1)..];
        return name.Length == 0 ? throw Invalid("there is a directory at its path") : Folder(slash < 0 ? "" : path.Inside[..slash]);
    }

    private RootedDirectory Folder(string path)
    {
        if (path.Length == 0)
        {
            return root.OpenDirectory(".", Links.Refuse);
        }

        root.MakeDirectories(path, DevboxFolder.FolderMode, Links.Refuse, devbox.Uid);
        return root.OpenDirectory(path, Links.Refuse);
    }

    private bool IsDirectory(MountPath path) =>
        path.Inside.Length == 0 || root.Stat(path.Inside, Links.Refuse) is { Kind: RootedKind.Directory };

    private GuardedStream Content(OpenObject content) => new(new ObjectStream(content, 0), space, cancellationToken);

    private static ReadOnlyMemory<byte> StartOf(OpenObject content)
    {
        byte[] start = new byte[ArchiveProbe.Bytes];
        using var stream = new ObjectStream(content, 0);
        return start.AsMemory(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
    }

    private static string WithoutGz(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    private static ArchiveLimits Limits(long bytes, long files) => new() { TotalBytes = bytes, FileBytes = bytes, Entries = (int)files };

    private void Took(ExtractionReport report) => Take(report.Bytes, report.Entries);

    private void Take(long bytes, long files)
    {
        if (bytes > _bytesLeft || files > _filesLeft)
        {
            throw new StoreException(
                StoreErrorCode.TooLarge, $"the devbox would hold more than the {options.MaxBytes} bytes or {options.MaxFiles} files that are allowed");
        }

        (_bytesLeft, _filesLeft) = (_bytesLeft - bytes, _filesLeft - files);
    }

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
