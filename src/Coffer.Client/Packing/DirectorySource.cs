using System.Formats.Tar;
using System.IO.Compression;

namespace Coffer.Client;

/// <summary>A directory as a gzip-compressed tar archive, packed while it is written and the same bytes every time.</summary>
/// <remarks>
/// GNU format: unlike pax it carries no process id and no access times. The gzip head has no time. Only mode and time of a file
/// are kept, no owner, so two machines pack a tree alike.
/// </remarks>
internal sealed class DirectorySource : UploadSource
{
    private readonly DirectoryInfo _root;
    private readonly DirectoryWalk _walk;

    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public DirectorySource(string path, DirectoryUploadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _root = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (!_root.Exists)
        {
            throw new DirectoryNotFoundException($"'{path}' is not a directory.");
        }

        _walk = new DirectoryWalk(_root, options);
    }

    public string DefaultName => $"{(_root.Parent is null ? "root" : _root.Name)}.tar.gz";

    public override long? Length => null;

    public override bool CanReplay => true;

    public override async ValueTask WriteToAsync(bool async, Stream destination, CancellationToken cancellationToken)
    {
        var gzip = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        var tar = new TarWriter(gzip, TarEntryFormat.Gnu, leaveOpen: true);
        try
        {
            foreach (DirectoryUploadEntry entry in _walk.Entries().Prepend(new DirectoryUploadEntry(_root, ".")))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WriteAsync(async, tar, entry, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (async)
            {
                await tar.DisposeAsync().ConfigureAwait(false);
                await gzip.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                tar.Dispose();
                gzip.Dispose();
            }
        }
    }

    private static async ValueTask WriteAsync(
        bool async, TarWriter tar, DirectoryUploadEntry entry, CancellationToken cancellationToken)
    {
        TarEntryType type = entry.LinkTarget is not null ? TarEntryType.SymbolicLink
            : entry.IsDirectory ? TarEntryType.Directory
            : TarEntryType.RegularFile;
        var packed = new GnuTarEntry(type, entry.IsDirectory ? $"{entry.Path}/" : entry.Path)
        {
            Mode = entry.Mode,
            ModificationTime = DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, entry.ModifiedAt.ToUnixTimeSeconds())),
        };
        if (entry.LinkTarget is { } target)
        {
            packed.LinkName = target;
        }

        // An empty file needs no opening; and what only looks like one, such as a pipe, would never let go.
        using FileSlice? content = entry.SizeBytes > 0
            ? new FileSlice(LocalFile.OpenRead(entry.Info.FullName), entry.SizeBytes)
            : null;
        if (content is not null)
        {
            packed.DataStream = content;
        }

        if (async)
        {
            await tar.WriteEntryAsync(packed, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            tar.WriteEntry(packed);
        }
    }
}
