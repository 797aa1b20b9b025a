using Coffer.Blobs;
using Coffer.Blobs.Disk;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>A temporary folder with a disk store's files.</summary>
internal sealed class DiskFolder(string? root = null) : IDisposable
{
    public string Root { get; } = root ?? Directory.CreateTempSubdirectory("coffer-blobs-").FullName;

    public string Staging => Path.Combine(Root, "staging");

    public string Blobs => Path.Combine(Root, "blobs");

    public DiskBlobStore Open(long minFreeBytes = 0, int cachedHandles = 1024, ILogger<DiskBlobStore>? logger = null) =>
        new(
            new DiskBlobOptions
            {
                BlobsDirectory = Blobs,
                StagingDirectory = Staging,
                MinFreeBytes = minFreeBytes,
                CachedHandles = cachedHandles,
            },
            logger ?? NullLogger<DiskBlobStore>.Instance,
            TimeProvider.System);

    public string PathOf(BlobId id) => Path.Combine(Blobs, id.ToString()[^2..], id.ToString());

    public string PartOf(BlobId id) => Path.Combine(Staging, id + ".part");

    /// <summary>What this process has open below the folder; a deleted file's name ends in "(deleted)".</summary>
    public string[] OpenFiles() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(link => new FileInfo(link).LinkTarget ?? "")
            .Where(target => target.StartsWith(Root, StringComparison.Ordinal))];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
