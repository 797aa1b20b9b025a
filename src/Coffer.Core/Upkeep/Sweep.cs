using Coffer.Blobs;
using Coffer.Catalog;
using Microsoft.Extensions.Logging;

namespace Coffer.Upkeep;

/// <summary>Deletes blobs that no row refers to: those that lost their last object, and the litter of a crash.</summary>
public sealed class Sweep(ICatalog catalog, IBlobStore blobs, TimeSpan grace, ILogger<Sweep> logger)
{
    private const int Turn = 256;

    /// <summary>Deletes the bytes of released blobs whose grace is over.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        int swept = 0;
        while (true)
        {
            IReadOnlyList<BlobId> released = await catalog.ReleasedBlobsAsync(grace, Turn, cancellationToken);
            if (released.Count == 0)
            {
                return swept;
            }

            foreach (BlobId id in released)
            {
                await blobs.DeleteAsync(id, cancellationToken);
            }

            // Bytes first: a crash in between repeats a deletion that finds nothing. Nothing returns from this queue.
            await catalog.ForgetReleasedAsync(released, cancellationToken);
            swept += released.Count;
            Log.Swept(logger, released.Count);
        }
    }

    /// <summary>Deletes blobs that were written but never got a row, because an earlier run ended in between.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ClearLitterAsync(CancellationToken cancellationToken)
    {
        int cleared = 0;
        await foreach (BlobId[] batch in blobs.ListAsync(after: null, cancellationToken).Chunk(Turn).WithCancellation(cancellationToken))
        {
            foreach (BlobId id in await catalog.FindUnclaimedAsync(batch, cancellationToken))
            {
                await blobs.DeleteAsync(id, cancellationToken);
                cleared++;
            }
        }

        await foreach (BlobId[] batch in blobs.ListStagedAsync(cancellationToken).Chunk(Turn).WithCancellation(cancellationToken))
        {
            foreach (BlobId id in await catalog.FindUnclaimedAsync(batch, cancellationToken))
            {
                await blobs.AbortAsync(id, cancellationToken);
                cleared++;
            }
        }

        if (cleared > 0)
        {
            Log.LitterCleared(logger, cleared);
        }

        return cleared;
    }
}
