using System.Runtime.CompilerServices;

namespace Coffer.Client;

public partial class BucketFiles
{
    /// <summary>Lists one folder: its files, and the folders in it.</summary>
    /// <param name="folder">The folder's key, with or without a slash at its end; null or empty for the bucket itself.</param>
    /// <param name="list">Filter, order and place of the page; null for the first 100 entries by name.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What the caller may see; empty for a folder or bucket that is not there.</returns>
    /// <exception cref="StorageException">
    /// 400 for a limit below 1, a negative offset, or a column that the server does not know.
    /// </exception>
    public virtual async Task<IReadOnlyList<StorageEntry>> ListAsync(
        string? folder = null, StorageListOptions? list = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await Calls.SendAsync(
            StorageRequests.List(BucketId, folder, list, options), CofferJson.Default.ListStorageEntry, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="ListAsync"/>
    public virtual IReadOnlyList<StorageEntry> List(
        string? folder = null, StorageListOptions? list = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.List(BucketId, folder, list, options), CofferJson.Default.ListStorageEntry, cancellationToken);

    /// <summary>Lists one page of the bucket, whole keys or by folder.</summary>
    /// <param name="list">Prefix, order and place of the page; null for the first 1000 keys.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StorageException">400 <c>InvalidParameter</c> for a cursor that cannot be read.</exception>
    public virtual Task<StoragePage> ListV2Async(
        StorageListRequest? list = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.SendAsync(StorageRequests.ListV2(BucketId, list, options), CofferJson.Default.StoragePage, cancellationToken);

    /// <inheritdoc cref="ListV2Async"/>
    public virtual StoragePage ListV2(
        StorageListRequest? list = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.ListV2(BucketId, list, options), CofferJson.Default.StoragePage, cancellationToken);

    /// <summary>Walks through all pages of <see cref="ListV2Async"/>, fetching one whenever the last is used up.</summary>
    /// <param name="list">
    /// Prefix, order, where to begin and the size of a page (not of the walk); null for the whole bucket. By folder, each page's
    /// folders come before its files.
    /// </param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <remarks>A file that is written during the walk may be left out, one that is removed may still come.</remarks>
    /// <exception cref="CofferException">The server promises another page and does not say which.</exception>
    public virtual async IAsyncEnumerable<StorageEntry> ListAllAsync(
        StorageListRequest? list = null, RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (StorageListRequest? next = list ?? new(); next is not null;)
        {
            StoragePage page = await ListV2Async(next, options, cancellationToken).ConfigureAwait(false);
            foreach (StorageEntry entry in page.Folders.Concat(page.Files))
            {
                yield return entry;
            }

            next = PageAfter(page, next);
        }
    }

    /// <inheritdoc cref="ListAllAsync"/>
    public virtual IEnumerable<StorageEntry> ListAll(
        StorageListRequest? list = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        for (StorageListRequest? next = list ?? new(); next is not null;)
        {
            StoragePage page = ListV2(next, options, cancellationToken);
            foreach (StorageEntry entry in page.Folders.Concat(page.Files))
            {
                yield return entry;
            }

            next = PageAfter(page, next);
        }
    }

    // A cursor that is missing or does not move would end the walk too soon, or never.
    private StorageListRequest? PageAfter(StoragePage page, StorageListRequest request) =>
        !page.HasNext ? null
        : !string.IsNullOrEmpty(page.NextCursor) && page.NextCursor != request.Cursor
            ? request with { Cursor = page.NextCursor }
            : throw new CofferException($"The listing of '{BucketId}' goes on, and the server does not say where.");
}
