namespace Coffer.Client;

/// <summary>The files of one bucket: up and down, listed, moved, copied, removed, linked.</summary>
/// <remarks>
/// From <see cref="StorageClient.From"/>. A path is a key of the bucket such as <c>2031/05/scan.tif</c>; slashes at its beginning
/// are left out, and each of its segments is escaped. Every method throws <see cref="ArgumentException"/> before any call for an
/// empty path or one with a segment <c>.</c> or <c>..</c>, <see cref="StorageException"/> when the server refuses, and another
/// <see cref="CofferException"/> when it does not answer. The blocking twins need no thread but the caller's.
/// </remarks>
public partial class BucketFiles
{
    private readonly StorageCalls? _calls;

    internal BucketFiles(StorageCalls calls, string bucket)
    {
        StorageKey.Bucket(bucket); // so that a mistake shows here
        (_calls, BucketId) = (calls, bucket);
    }

    /// <summary>For tests that stand in for this class: every member that is called must then be overridden.</summary>
    /// <param name="bucket">The bucket's id.</param>
    protected BucketFiles(string bucket) => BucketId = bucket;

    /// <summary>The bucket's id.</summary>
    public string BucketId { get; }

    private StorageCalls Calls => CofferClient.Require(_calls);

    /// <summary>Fetches what the server says about a file.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StorageException">
    /// 404 <c>NoSuchKey</c> or <c>NoSuchBucket</c>, also for what the caller may not see.
    /// </exception>
    public virtual Task<StorageFileInfo> InfoAsync(
        string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.SendAsync(StorageRequests.Info(BucketId, path, options), CofferJson.Default.StorageFileInfo, cancellationToken);

    /// <inheritdoc cref="InfoAsync"/>
    public virtual StorageFileInfo Info(
        string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.Info(BucketId, path, options), CofferJson.Default.StorageFileInfo, cancellationToken);

    /// <summary>Says whether there is a file that the caller may see.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False only when the server says that there is no such file: whatever else goes wrong is thrown.</returns>
    /// <exception cref="StorageException">404 <c>NoSuchBucket</c>.</exception>
    public virtual async Task<bool> ExistsAsync(
        string path, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await InfoAsync(path, options, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StorageException error) when (SaysNoSuchFile(error))
        {
            return false;
        }
    }

    /// <inheritdoc cref="ExistsAsync"/>
    public virtual bool Exists(string path, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            Info(path, options, cancellationToken);
            return true;
        }
        catch (StorageException error) when (SaysNoSuchFile(error))
        {
            return false;
        }
    }

    /// <summary>Renames a file. It keeps its id, its metadata and its time of creation.</summary>
    /// <param name="from">The file's key.</param>
    /// <param name="to">The new key.</param>
    /// <param name="destinationBucket">The bucket to move to; this one when null.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the file may be moved all the same.</param>
    /// <returns>The server's message.</returns>
    /// <exception cref="StorageException">
    /// 404 <c>NoSuchKey</c>, and for a missing bucket; 409 when the new key is taken; 403 without the right.
    /// </exception>
    public virtual async Task<string> MoveAsync(
        string from, string to, string? destinationBucket = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await MessageAsync(StorageRequests.Move(BucketId, from, to, destinationBucket, options), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="MoveAsync"/>
    public virtual string Move(
        string from, string to, string? destinationBucket = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Message(StorageRequests.Move(BucketId, from, to, destinationBucket, options), cancellationToken);

    /// <summary>Copies a file, without moving its bytes.</summary>
    /// <param name="from">The file's key.</param>
    /// <param name="to">The copy's key; the same one, with upsert and without metadata, to change a file's headers.</param>
    /// <param name="options">Where the copy goes, and what it keeps; null for this bucket and everything.</param>
    /// <param name="cancellationToken">Ends the call; the copy may exist all the same.</param>
    /// <exception cref="StorageException">
    /// 404 <c>NoSuchKey</c>, and for a missing bucket; 409 <c>KeyAlreadyExists</c> without upsert; 403 without the right.
    /// </exception>
    public virtual async Task<StoredFile> CopyAsync(
        string from, string to, StorageCopyOptions? options = null, CancellationToken cancellationToken = default) =>
        await CopyAsync(async: true, from, to, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="CopyAsync(string, string, StorageCopyOptions, CancellationToken)"/>
    public virtual StoredFile Copy(
        string from, string to, StorageCopyOptions? options = null, CancellationToken cancellationToken = default) =>
        CopyAsync(async: false, from, to, options, cancellationToken).Result();

    /// <summary>Removes files by their keys.</summary>
    /// <param name="paths">Whole keys, at least one; a folder's name removes nothing.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; files may be removed all the same.</param>
    /// <returns>The files that are gone. Those that were not there, or that the caller may not remove, are left out.</returns>
    public virtual async Task<IReadOnlyList<StorageEntry>> RemoveAsync(
        IEnumerable<string> paths, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await Calls.SendAsync(
            StorageRequests.Remove(BucketId, paths, options), CofferJson.Default.ListStorageEntry, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="RemoveAsync"/>
    public virtual IReadOnlyList<StorageEntry> Remove(
        IEnumerable<string> paths, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.Remove(BucketId, paths, options), CofferJson.Default.ListStorageEntry, cancellationToken);

    /// <summary>Makes caches in front of the server forget what they hold of a file. Needs a service key.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="transformationsOnly">Whether only rendered variants are forgotten, and the file itself stays cached.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The server's message.</returns>
    /// <exception cref="StorageException">403 without a service key.</exception>
    public virtual async Task<string> PurgeCacheAsync(
        string path, bool transformationsOnly = false, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await MessageAsync(StorageRequests.PurgeCache(BucketId, path, transformationsOnly, options), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="PurgeCacheAsync"/>
    public virtual string PurgeCache(
        string path, bool transformationsOnly = false, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Message(StorageRequests.PurgeCache(BucketId, path, transformationsOnly, options), cancellationToken);

    private async ValueTask<StoredFile> CopyAsync(
        bool async, string from, string to, StorageCopyOptions? options, CancellationToken cancellationToken)
    {
        ApiRequest request = StorageRequests.Copy(BucketId, from, to, options ?? new());
        WrittenAnswer answer = await Calls.SendAsync(async, request, CofferJson.Default.WrittenAnswer, cancellationToken)
            .ConfigureAwait(false);
        return answer.In(options?.DestinationBucket ?? BucketId);
    }

    private async ValueTask<string> MessageAsync(ApiRequest request, CancellationToken cancellationToken) =>
        (await Calls.SendAsync(request, CofferJson.Default.BucketAnswer, cancellationToken).ConfigureAwait(false)).Message;

    private string Message(ApiRequest request, CancellationToken cancellationToken) =>
        Calls.Send(request, CofferJson.Default.BucketAnswer, cancellationToken).Message;

    // Servers before the machine words say it by the status; a missing bucket has the same status and other words.
    private static bool SaysNoSuchFile(StorageException error) => error.Code is { } code
        ? code == "NoSuchKey"
        : error.StatusCode == 404 && error.Error != "Bucket not found";
}
