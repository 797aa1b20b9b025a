using Coffer.Blobs;
using Coffer.Catalog;
using Microsoft.Extensions.Logging;

namespace Coffer.Upkeep;

/// <summary>
/// Deletes blobs that no row refers to: those that lost their last object, and what earlier runs left. A blob that cannot be
/// deleted is logged and stands in the way of no other.
/// </summary>
public sealed class Sweep(ICatalog catalog, IBlobStore blobs, TimeSpan grace, ILogger<Sweep> logger, IBlobCompanions? companions = null)
{
    private const int Turn = 256;

    /// <summary>Deletes the bytes of released blobs whose grace is over.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        int swept = 0;
        var kept = new Failures();
        while (true)
        {
            IReadOnlyList<BlobId> released = await catalog.ReleasedBlobsAsync(grace, kept.Last, Turn, cancellationToken);
            if (released.Count == 0)
            {
                kept.Tell(logger);
                return swept;
            }

            var deleted = new List<BlobId>(released.Count);
            foreach (BlobId id in released)
            {
                if (await kept.TryAsync(id, () => RemoveAsync(id, cancellationToken)))
                {
                    deleted.Add(id);
                }
            }

            // Bytes first: a crash in between repeats a deletion that finds nothing. Nothing returns from this queue.
            await catalog.ForgetReleasedAsync(deleted, cancellationToken);
            swept += deleted.Count;
            Log.Swept(logger, deleted.Count);
        }
    }

    /// <summary>A blob of an upload that ended may be staged still, sealed, or both after a crash.</summary>
    private async Task RemoveAsync(BlobId id, CancellationToken cancellationToken)
    {
        await blobs.DeleteAsync(id, cancellationToken);
        await blobs.AbortAsync(id, cancellationToken);
        companions?.Remove(id);
    }

    /// <summary>
    /// Deletes blobs that no row refers to and no upload of this run will: written just before an earlier run ended, or deleted
    /// shortly before a power cut that brought their names back. Either happens after an orderly end, too.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> ClearLitterAsync(CancellationToken cancellationToken)
    {
        int cleared = 0;
        var kept = new Failures();
        await foreach (BlobId[] batch in blobs.ListAsync(cancellationToken).Chunk(Turn).WithCancellation(cancellationToken))
        {
            foreach (BlobId id in await catalog.FindUnclaimedAsync(batch, cancellationToken))
            {
                cleared += await kept.TryAsync(id, () => blobs.DeleteAsync(id, cancellationToken)) ? 1 : 0;
            }
        }

        await foreach (BlobId[] batch in blobs.ListStagedAsync(cancellationToken).Chunk(Turn).WithCancellation(cancellationToken))
        {
            foreach (BlobId id in await catalog.FindUnclaimedAsync(batch, cancellationToken))
            {
                cleared += await kept.TryAsync(id, () => blobs.AbortAsync(id, cancellationToken)) ? 1 : 0;
            }
        }

        foreach (BlobId[] batch in (companions?.List() ?? []).Chunk(Turn))
        {
            foreach (BlobId id in await catalog.FindUnclaimedAsync(batch, cancellationToken))
            {
                companions!.Remove(id);
            }
        }

        if (cleared > 0)
        {
            Log.LitterCleared(logger, cleared);
        }

        kept.Tell(logger);
        return cleared;
    }

    /// <summary>Blobs that one pass could not delete. One line tells of all of them: there may be thousands, every few seconds.</summary>
    private sealed class Failures
    {
        private int _count;
        private Exception? _first;

        public BlobId? Last { get; private set; }

        public async ValueTask<bool> TryAsync(BlobId id, Func<Task> delete)
        {
            try
            {
                await delete();
                return true;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Last = id;
                _count++;
                _first ??= failure;
                return false;
            }
        }

        public void Tell(ILogger logger)
        {
            if (Last is { } last)
            {
                Log.BlobsNotDeleted(logger, _first!, _count, last);
            }
        }
    }
}
