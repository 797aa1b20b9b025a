using System.Collections.Concurrent;
using System.Security.Cryptography;
using Coffer.Blobs;
using Coffer.LocalFiles;
using Coffer.Objects;
using Microsoft.Extensions.Logging;

namespace Coffer.Archives.Index;

/// <summary>
/// The indexes of archives, each a file named by its archive's first blob. One is made when it is first wanted, and again when its file is
/// damaged; together they keep to a size, the one not used for longest goes first. Nothing is lost with them but time.
/// </summary>
public sealed class ArchiveIndexes : IBlobCompanions, IDisposable
{
    private const string Unfinished = ".part";
    private const int MostRefusals = 1024;
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromHours(1);
    private readonly ArchiveIndexOptions _options;
    private readonly VolumeSpace _space;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<BlobId, Lazy<Task>> _building = new();
    private readonly ConcurrentDictionary<BlobId, ArchiveException> _refused = new();
    private readonly ConcurrentDictionary<ObjectId, ArchiveException> _refusedInline = new();
    private readonly SemaphoreSlim _inlineTurns = new(2);
    private readonly SemaphoreSlim _turns = new(1); // reading an archive takes a processor
    private readonly CancellationTokenSource _ending = new();

    public ArchiveIndexes(ArchiveIndexOptions options, ILogger<ArchiveIndexes> logger, TimeProvider time)
    {
        (_options, _logger, _time) = (options, logger, time);
        OwnerOnly.MakeFolder(options.Folder);
        foreach (string left in Directory.EnumerateFiles(options.Folder, $"*{Unfinished}")) File.Delete(left);
        _space = new VolumeSpace(options.Folder, options.MinFreeBytes, time);
    }

    public ArchiveLimits Limits => _options.Limits;

    /// <summary>The index of an archive, made if need be.</summary>
    /// <param name="found">The object that holds the archive.</param>
    /// <param name="open">Opens the object again, for as long as its index is being made.</param>
    /// <param name="cancellationToken">Ends the waiting; an index that is being made is finished all the same, for the next who asks.</param>
    /// <exception cref="ArchiveException">The archive is refused.</exception>
    /// <exception cref="StoreException">OutOfSpace, Corrupt, and what <paramref name="open"/> throws.</exception>
    public async Task<ArchiveIndex> OpenAsync(
        StoredObject found, Func<ValueTask<OpenObject>> open, CancellationToken cancellationToken)
    {
        byte[] fingerprint = FingerprintOf(found);
        if (found.Pieces.Count == 0)
        {
            return await BuildInMemoryAsync(found.Id, open, fingerprint, cancellationToken);
        }

        BlobId id = found.Pieces[0].Blob;
        for (int attempt = 1; ; attempt++)
        {
            if (_refused.TryGetValue(id, out ArchiveException? refusal)) throw new ArchiveException(refusal.Fault, refusal.Message);
            if (TryOpen(id, fingerprint) is { } index) return index;
            if (attempt == 3) throw new StoreException(StoreErrorCode.Busy, "the index of this archive was removed as soon as it was made; try again");
            Lazy<Task> building = _building.GetOrAdd(id, _ => new Lazy<Task>(() => BuildAsync(id, open, fingerprint)));
            await building.Value.WaitAsync(cancellationToken);
        }
    }

    public void Remove(BlobId id)
    {
        File.Delete(PathOf(id));
        _refused.TryRemove(id, out _);
    }

    public IEnumerable<BlobId> List()
    {
        foreach (string path in Directory.EnumerateFiles(_options.Folder))
        {
            if (BlobId.TryParse(Path.GetFileName(path), out BlobId id)) yield return id;
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    /// <summary>Contents never change, so what an object's bytes are made of says which they are.</summary>
    private static byte[] FingerprintOf(StoredObject found)
    {
        string pieces = string.Join('\n', found.Pieces.Select(piece => $"{piece.Blob} {piece.SizeBytes}"));
        return SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(pieces))[..IndexLayout.FingerprintSize];
    }

    private string PathOf(BlobId id) => Path.Combine(_options.Folder, id.ToString());

    private ArchiveIndex? TryOpen(BlobId id, byte[] fingerprint)
    {
        string path = PathOf(id);
        if (!File.Exists(path)) return null;
        try
        {
            var file = new IndexFile(File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete));
            if (ArchiveIndex.Open(file, fingerprint) is not { } index)
            {
                Log.IndexDamaged(_logger, id);
                return null;
            }

            DateTime now = _time.GetUtcNow().UtcDateTime;
            if (now - File.GetLastWriteTimeUtc(path) > UseIsNoted) File.SetLastWriteTimeUtc(path, now);
            return index;
        }
        catch (IOException)
        {
            return null; // removed meanwhile, or a device that cannot read it: it is made again
        }
    }

    /// <summary>Small archives lie in the catalog: to read one costs less than to look after a file.</summary>
    private async Task<ArchiveIndex> BuildInMemoryAsync(
        ObjectId id, Func<ValueTask<OpenObject>> open, byte[] fingerprint, CancellationToken cancellationToken)
    {
        if (_refusedInline.TryGetValue(id, out ArchiveException? known)) throw new ArchiveException(known.Fault, known.Message);
        await _inlineTurns.WaitAsync(cancellationToken); // little can unpack to much
        try
        {
            using OpenObject archive = await open();
            using var made = new MemoryStream();
            await Task.Factory.StartNew(
                () => Build(archive, fingerprint, made, cancellationToken),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return ArchiveIndex.Open(new IndexFile(made.ToArray()), fingerprint)!;
        }
        catch (ArchiveException refusal)
        {
            Remember(_refusedInline, id, refusal);
            throw;
        }
        finally
        {
            _inlineTurns.Release();
        }
    }

    private async Task BuildAsync(BlobId id, Func<ValueTask<OpenObject>> open, byte[] fingerprint)
    {
        string unfinished = Path.Combine(_options.Folder, $"{id}-{Guid.NewGuid():N}{Unfinished}");
        try
        {
            await Task.Yield(); // the first who waits is no other than the rest
            await _turns.WaitAsync(_ending.Token);
            try
            {
                using OpenObject archive = await open();
                _space.Check(_options.MaxBytes / 16);
                await Task.Factory.StartNew(
                    () =>
                    {
                        using FileStream made = File.Create(unfinished, 256 << 10);
                        Build(archive, fingerprint, made, _ending.Token);
                    },
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _turns.Release();
            }

            // Not synced: a power cut may leave it damaged, and then it is made again.
            DirectorySync.Rename(unfinished, PathOf(id));
            Log.IndexMade(_logger, id);
            KeepToSize(except: id);
            (await open()).Dispose(); // the blob may be gone by now, and its index removed before it was there
        }
        catch (StoreException)
        {
            Remove(id);
            throw;
        }
        catch (ArchiveException refusal)
        {
            // What is no archive today will be none tomorrow; nobody is to make the server read it over and over.
            Remember(_refused, id, refusal);
        }
        catch (IOException full) when (full.HResult is 28 or 122)
        {
            throw _space.Refusal();
        }
        finally
        {
            File.Delete(unfinished);
            _building.TryRemove(id, out _);
        }
    }

    private void Build(OpenObject archive, byte[] fingerprint, Stream destination, CancellationToken cancellationToken)
    {
        byte[] start = new byte[ArchiveProbe.Bytes];
        int length;
        using (var probed = new ObjectStream(archive, offset: 0))
        {
            length = probed.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        ArchiveKind kind = ArchiveProbe.KindOf(start.AsSpan(0, length)) switch
        {
            null => throw new ArchiveException(ArchiveFault.NotAnArchive, "this object is no archive: it begins neither as tar nor as gzip"),
            ArchiveKind.Gzip => throw new ArchiveException(ArchiveFault.NotAnArchive, "this object is one compressed file, and no archive of entries"),
            { } known => known,
        };
        using var bytes = new ObjectStream(archive, offset: 0);
        IndexBuilder.Build(bytes, kind, fingerprint, _options.Limits, destination, cancellationToken);
    }

    private static void Remember<TId>(ConcurrentDictionary<TId, ArchiveException> refused, TId id, ArchiveException refusal)
        where TId : notnull
    {
        if (refused.Count >= MostRefusals) refused.Clear();
        refused[id] = refusal;
    }

    private void KeepToSize(BlobId except)
    {
        FileInfo[] files = [.. new DirectoryInfo(_options.Folder).EnumerateFiles().OrderBy(file => file.LastWriteTimeUtc)];
        long total = files.Sum(file => file.Length);
        string kept = except.ToString();
        foreach (FileInfo file in files)
        {
            if (total <= _options.MaxBytes) return;
            if (file.Name == kept || file.Name.EndsWith(Unfinished, StringComparison.Ordinal)) continue;
            total -= file.Length;
            file.Delete();
        }
    }
}
