namespace Coffer.Catalog;

/// <remarks>Each call is one short turn that may be repeated; requests come between the turns.</remarks>
public partial interface ICatalog
{
    /// <summary>How many objects are past their expiry and not yet reaped, counted up to <paramref name="limit"/>.</summary>
    ValueTask<long> CountExpiredAsync(long limit, CancellationToken cancellationToken);

    /// <summary>How many objects are no tombstones, those past their expiry and not yet reaped among them.</summary>
    ValueTask<long> CountUnreapedAsync(CancellationToken cancellationToken);

    /// <summary>Turns objects past their expiry into tombstones.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    Task<int> ReapExpiredAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Turns UPLOADING objects made before a moment into tombstones.</summary>
    Task<int> ReapAbandonedAsync(long madeBeforeMs, int limit, CancellationToken cancellationToken);

    /// <summary>Removes tombstones that were deleted before a moment.</summary>
    Task<int> PurgeTombstonesAsync(long deletedBeforeMs, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets request ids that came before a moment.</summary>
    Task<int> PurgeOnceTokensAsync(long madeBeforeMs, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets uploads past their expiry, finished or not; the blobs of unfinished ones are released.</summary>
    Task<int> ReapUploadsAsync(int limit, CancellationToken cancellationToken);
}
