using Coffer.Objects;

namespace Coffer.Catalog;

/// <summary>
/// Keeps every row: objects, buckets, accounts, keys, announcements, and the bytes of small objects. Safe to call from many
/// requests at once. A write returns, with a value or a refusal, only when what it says survives kill -9 and power loss.
/// Names, lengths and rights are judged before a call; the catalog judges only what another writer may have changed.
/// </summary>
/// <remarks>
/// Every write may also throw <see cref="StoreException"/> Busy (nothing was written), OutOfSpace (nothing was written) or
/// CatalogFailed (the outcome is open). A write can be cancelled until it has joined a batch, not after.
/// </remarks>
public partial interface ICatalog : IAsyncDisposable
{
    /// <summary>Largest content in bytes that is kept in the catalog itself.</summary>
    int InlineMaxBytes { get; }

    /// <summary>The clock by which expiry is judged, in Unix milliseconds.</summary>
    long NowMs { get; }

    /// <summary>Completes when the catalog can promise nothing more; the host then ends the process.</summary>
    Task Failed { get; }

    /// <summary>An id newer than every id minted here before, also over restarts and when the clock was set back.</summary>
    ObjectId MintObjectId();

    /// <summary>Whether rows can be read and written at the moment.</summary>
    ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken);

    /// <summary>A setting of the installation, or null.</summary>
    ValueTask<byte[]?> FindSettingAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stores a setting unless there is one already.</summary>
    /// <returns>The value that stands, on every node.</returns>
    Task<byte[]> SettleAsync(string name, byte[] proposal, CancellationToken cancellationToken);

    /// <summary>Stores a setting, replacing what was there.</summary>
    Task PutSettingAsync(string name, byte[] value, CancellationToken cancellationToken);
}
