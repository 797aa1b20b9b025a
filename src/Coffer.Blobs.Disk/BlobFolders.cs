using System.IO.Enumeration;

namespace Coffer.Blobs.Disk;

/// <summary>Where each file of the store lies.</summary>
/// <remarks>
/// <code>
/// blobs/a7/0123…a7        a finished blob; its folder is named by the last two digits, which differ from one id to the next
/// staging/0123…a7         a blob being written, litter after a crash
/// staging/0123…a7.part    a staged blob, kept over restarts
/// staging/0123…a7.crc     the checksums of its blocks
/// </code>
/// </remarks>
internal sealed class BlobFolders
{
    private const string Part = ".part";
    private const string Checksums = ".crc";

    private readonly string _blobs;
    private readonly string _staging;
    private readonly string[] _shards;
    private readonly int _page;

    /// <param name="page">How many ids a listing sorts at a time; the default takes 4 to 8 MiB.</param>
    public BlobFolders(string blobs, string staging, int page = 256 << 10)
    {
        _page = page;
        _blobs = Path.GetFullPath(blobs);
        _staging = Path.GetFullPath(staging);
        _shards = [.. Enumerable.Range(0, 256).Select(shard => Path.Combine(_blobs, shard.ToString("x2")))];
    }

    public string StagingDirectory => _staging;

    public string Blob(BlobId id) => Path.Combine(Shard(id), id.ToString());

    public string Shard(BlobId id) => _shards[(int)(id.Value & 0xFF)];

    public string Staged(BlobId id) => Path.Combine(_staging, id.ToString());

    public string StagedPart(BlobId id) => Path.Combine(_staging, id + Part);

    public string StagedChecksums(BlobId id) => Path.Combine(_staging, id + Checksums);

    /// <exception cref="IOException">The folder of the blobs is gone, or cannot be read.</exception>
    public void RequireBlobs() => _ = Directory.EnumerateDirectories(_blobs).Any();

    public string Probe() => Path.Combine(_staging, $"probe-{Guid.NewGuid():N}");

    /// <summary>Makes all folders and syncs them and those that hold them, so that a blob's own sync needs only its shard.</summary>
    public void Create()
    {
        OwnerOnly.MakeFolder(_staging);
        OwnerOnly.MakeFolder(_blobs);
        foreach (string folder in _shards)
        {
            Directory.CreateDirectory(folder);
        }

        DirectorySync.Flush(_blobs);
        foreach (string folder in (IEnumerable<string>)[_blobs, _staging])
        {
            if (Path.GetDirectoryName(folder) is { } parent) DirectorySync.Flush(parent);
        }
    }

    /// <summary>Removes what writes left that never returned. Staged blobs stay: someone may resume them.</summary>
    public int ClearLitter()
    {
        int cleared = 0;
        foreach (string path in Directory.EnumerateFiles(_staging))
        {
            bool kept = Path.GetExtension(path) switch
            {
                Part => true,
                Checksums => File.Exists(Path.ChangeExtension(path, Part)),
                _ => false,
            };
            if (!kept)
            {
                File.Delete(path);
                cleared++;
            }
        }

        return cleared;
    }

    /// <summary>The finished blobs in id order.</summary>
    /// <remarks>
    /// Names in a folder have no order, so a page is the smallest ids of one look at every folder. Up to 256 Ki blobs one look
    /// is enough; ten million take 40, with never more than 8 MiB of ids in memory.
    /// </remarks>
    public IEnumerable<BlobId> List(CancellationToken cancellationToken)
    {
        BlobId? after = null;
        while (true)
        {
            List<BlobId> page = SmallestAfter(after, cancellationToken);
            foreach (BlobId id in page)
            {
                yield return id;
            }

            if (page.Count < _page) yield break;
            after = page[^1];
        }
    }

    public IEnumerable<BlobId> ListStaged() => Ids(_staging, Part).Order();

    private List<BlobId> SmallestAfter(BlobId? after, CancellationToken cancellationToken)
    {
        List<BlobId> found = [];
        foreach (string shard in _shards)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (BlobId id in Ids(shard, suffix: ""))
            {
                if (id <= after) continue;
                found.Add(id);
                if (found.Count == 2 * _page) KeepSmallest(found);
            }
        }

        KeepSmallest(found);
        return found;
    }

    private void KeepSmallest(List<BlobId> ids)
    {
        ids.Sort();
        if (ids.Count > _page) ids.RemoveRange(_page, ids.Count - _page);
    }

    private static FileSystemEnumerable<BlobId> Ids(string folder, string suffix) =>
        new(folder, (ref FileSystemEntry entry) => BlobId.TryParse(IdOf(entry.FileName, suffix), out BlobId id) ? id : default)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                entry.FileName.EndsWith(suffix) && BlobId.TryParse(IdOf(entry.FileName, suffix), out _),
        };

    private static ReadOnlySpan<char> IdOf(ReadOnlySpan<char> name, string suffix) => name[..^suffix.Length];
}
