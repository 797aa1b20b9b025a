using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Blobs.Disk;

/// <summary>Keeps each blob as one file on a local disk. See <see cref="BlobFile"/> for the format.</summary>
public sealed class DiskBlobStore : IBlobStore, IDisposable
{
    /// <summary>Name of the meter: <c>coffer.crc.failures</c>, <c>coffer.disk.free_bytes</c>, <c>coffer.disk.free_inodes</c>.</summary>
    public const string MeterName = "Coffer.Blobs.Disk";

    private const long CachedTableBytes = 16 << 20;

    private readonly ILogger _logger;
    private readonly BlobFolders _folders;
    private readonly VolumeSpace _space;
    private readonly HandleCache _cache;
    private readonly SyncThreads _syncs = new();
    private readonly Meter _meter = new(MeterName);
    private readonly BlobFaults _faults;

    /// <summary>Makes the folders at the first start and clears what writes left that never returned.</summary>
    public DiskBlobStore(DiskBlobOptions options, ILogger<DiskBlobStore> logger, TimeProvider time)
    {
        _logger = logger;
        _folders = new BlobFolders(options.BlobsDirectory, options.StagingDirectory);
        _folders.Create();
        int cleared = _folders.ClearLitter();
        if (cleared > 0) Log.LitterCleared(logger, cleared);

        _space = new VolumeSpace(options.BlobsDirectory, options.MinFreeBytes, time);
        _cache = new HandleCache(Math.Min(options.CachedHandles, NativeFile.MostOpenFiles() / 2), CachedTableBytes);
        _faults = new BlobFaults(_meter, logger);
        _meter.CreateObservableGauge("coffer.disk.free_bytes", () => _space.FreeBytes, "By", "Room left on the volume of the blobs");
        _meter.CreateObservableGauge(
            "coffer.disk.free_inodes", () => _space.FreeInodes is { } inodes ? [new Measurement<long>(inodes)] : Array.Empty<Measurement<long>>(),
            description: "Files that the volume of the blobs still takes");
    }

    public async Task<BlobReceipt> WriteAsync(BlobId id, PipeReader content, BlobWrite write, CancellationToken cancellationToken)
    {
        CheckBefore(write);
        string staged = _folders.Staged(id);
        try
        {
            BlobReceipt receipt;
            using (SafeFileHandle file = File.OpenHandle(staged, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                using var writer = new BlobFileWriter(file, _space, new BlockDigest(), write.Digests);
                await writer.CopyAsync(content, write, cancellationToken);
                receipt = await _syncs.RunAsync(() =>
                {
                    BlobReceipt finished = writer.FinishBlob();
                    FileSync.Flush(file);
                    file.Dispose(); // Windows renames no open file
                    Publish(staged, id); // past this the write has happened: no cancellation any more
                    return finished;
                });
            }

            Log.BlobWritten(_logger, id, receipt.SizeBytes);
            return receipt;
        }
        catch (Exception failed)
        {
            // Whatever failed, a sync above all: these bytes are not tried again.
            File.Delete(staged);
            if (Explained(id, failed) is { } known) throw known;
            throw;
        }
    }

    public ValueTask<IBlobReader?> OpenAsync(BlobId id, CancellationToken cancellationToken) => new(Open(id));

    /// <remarks>
    /// The folder is not synced: a name that a power cut brings back is a whole blob that nothing claims, which the next start
    /// clears.
    /// </remarks>
    public Task DeleteAsync(BlobId id, CancellationToken cancellationToken)
    {
        File.Delete(_folders.Blob(id));
        _cache.Remove(id); // the room comes back when the last reader closes the file
        _faults.Forget(id);
        Log.BlobDeleted(_logger, id);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<BlobId> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield(); // reading the folders takes a while
        foreach (BlobId id in _folders.List(cancellationToken))
        {
            yield return id;
        }
    }

    public async Task<long> AppendAsync(
        BlobId id, long offset, PipeReader content, BlobWrite write, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        CheckBefore(write);
        bool isNew = offset == 0 && !File.Exists(_folders.StagedPart(id));
        bool isOurs = false;
        try
        {
            long size;
            using (StagedBlob staged = OpenStaged(id, offset == 0 ? FileMode.OpenOrCreate : FileMode.Open))
            {
                isOurs = isNew;
                size = await staged.AppendAsync(offset, content, write, _space, _syncs, cancellationToken);
            }

            if (offset == 0) await _syncs.RunAsync(() => DirectorySync.Flush(_folders.StagingDirectory));
            return size;
        }
        catch (Exception failed)
        {
            if (isOurs) RemoveStaged(id); // nobody knows of it yet
            if (failed is SyncFailedException) ThrowAway(id, failed);
            if (Explained(id, failed) is { } known) throw known;
            throw;
        }
    }

    public Task<BlobReceipt> SealAsync(BlobId id, long sizeBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        return _syncs.RunAsync(() => Seal(id, sizeBytes));
    }

    public Task AbortAsync(BlobId id, CancellationToken cancellationToken)
    {
        RemoveStaged(id);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<BlobId> ListStagedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (BlobId id in _folders.ListStaged())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }
    }

    public void CheckRoom(long? length) => _space.Check(length ?? 0);

    public ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            _folders.RequireBlobs();
            File.OpenHandle(_folders.Probe(), FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose).Dispose();
            return new(true);
        }
        catch (IOException full) when (NativeFile.IsOutOfSpace(full))
        {
            return new(true); // bytes or inodes: reads and deletes go on, and a write is told what is short
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Log.ProbeFailed(_logger, failed);
            return new(false);
        }
    }

    public void Dispose()
    {
        _syncs.Dispose();
        _cache.Dispose();
        _meter.Dispose();
    }

    private void CheckBefore(BlobWrite write)
    {
        if (write.Length > write.MaxBytes) throw write.TooLarge();
        CheckRoom(write.Length);
    }

    /// <summary>Moves a synced file to where blobs are; it is one when its new name is durable.</summary>
    private void Publish(string staged, BlobId id)
    {
        string path = _folders.Blob(id);
        DirectorySync.Rename(staged, path);
        try
        {
            DirectorySync.Flush(_folders.Shard(id));
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private BlobFileReader? Open(BlobId id)
    {
        BlobFile? file = _cache.Find(id, out long removals);
        if (file is null)
        {
            try
            {
                file = BlobFile.Open(_folders.Blob(id));
            }
            catch (DamagedException wrong)
            {
                throw _faults.Corrupt(id, wrong);
            }

            if (file is null) return null;
            _cache.Add(id, file, removals);
        }

        return new BlobFileReader(id, file, _faults);
    }

    private BlobReceipt Seal(BlobId id, long sizeBytes)
    {
        try
        {
            using (BlobFileReader? done = Open(id))
            {
                if (done is null)
                {
                    SealStaged(id, sizeBytes);
                }
                else if (done.SizeBytes != sizeBytes)
                {
                    throw new DamagedException("it was sealed with another size");
                }
                else
                {
                    DirectorySync.Flush(_folders.Shard(id)); // the call before may have been killed just short of this
                }
            }

            RemoveStaged(id);
            return new BlobReceipt(sizeBytes, Md5: null);
        }
        catch (Exception failed)
        {
            if (failed is SyncFailedException) ThrowAway(id, failed);
            if (Explained(id, failed) is { } known) throw known;
            throw;
        }
    }

    private void SealStaged(BlobId id, long sizeBytes)
    {
        using (StagedBlob staged = OpenStaged(id, FileMode.Open))
        {
            staged.Seal(sizeBytes);
        }

        Publish(_folders.StagedPart(id), id);
        Log.BlobSealed(_logger, id, sizeBytes);
    }

    private StagedBlob OpenStaged(BlobId id, FileMode mode)
    {
        try
        {
            return StagedBlob.Open(_folders.StagedPart(id), _folders.StagedChecksums(id), mode);
        }
        catch (FileNotFoundException absent)
        {
            throw new DamagedException("nothing is staged", absent);
        }
    }

    /// <summary>The bytes first: checksums without them are cleared at the next start.</summary>
    private void RemoveStaged(BlobId id)
    {
        File.Delete(_folders.StagedPart(id));
        File.Delete(_folders.StagedChecksums(id));
    }

    private void ThrowAway(BlobId id, Exception failedSync)
    {
        RemoveStaged(id);
        Log.SyncFailed(_logger, id, failedSync);
    }

    /// <summary>The port's exception for a failure; null when it has none.</summary>
    private StoreException? Explained(BlobId id, Exception failed) => failed switch
    {
        SyncFailedException { InnerException: { } cause } => Explained(id, cause),
        DamagedException => _faults.Corrupt(id, failed),
        IOException full when NativeFile.IsOutOfSpace(full) => _space.Refusal(),
        _ => null,
    };
}
