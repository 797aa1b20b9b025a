namespace Coffer.Client;

public partial class StorageClient
{
    /// <summary>Creates a bucket.</summary>
    /// <param name="id">The identifier; unique on the server, up to 100 characters.</param>
    /// <param name="name">The name; the id when null.</param>
    /// <param name="settings">What the bucket is to be; null for a private one without limits of its own.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the bucket may exist all the same.</param>
    /// <returns>The bucket's name.</returns>
    /// <exception cref="StorageException">
    /// 409 <c>BucketAlreadyExists</c>; 400 for a name or media type that the server does not take; 413 for a limit above the
    /// server's; 403 without the right.
    /// </exception>
    public virtual async Task<string> CreateBucketAsync(
        string id, string? name = null, BucketSettings? settings = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        (await Calls.SendAsync(
            StorageRequests.CreateBucket(id, name, settings, options), CofferJson.Default.BucketAnswer, cancellationToken)
            .ConfigureAwait(false)).Name ?? name ?? id;

    /// <inheritdoc cref="CreateBucketAsync"/>
    public virtual string CreateBucket(
        string id, string? name = null, BucketSettings? settings = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.CreateBucket(id, name, settings, options), CofferJson.Default.BucketAnswer, cancellationToken)
            .Name ?? name ?? id;

    /// <summary>Fetches one bucket.</summary>
    /// <param name="id">The bucket's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The bucket; never null: a missing one throws.</returns>
    /// <exception cref="StorageException">404 <c>NoSuchBucket</c>, also for one that the caller may not see.</exception>
    public virtual Task<Bucket> GetBucketAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.SendAsync(StorageRequests.GetBucket(id, options), CofferJson.Default.Bucket, cancellationToken);

    /// <inheritdoc cref="GetBucketAsync"/>
    public virtual Bucket GetBucket(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.GetBucket(id, options), CofferJson.Default.Bucket, cancellationToken);

    /// <summary>Fetches the buckets that the caller may see.</summary>
    /// <param name="request">Filter, order and place of the page; null for every bucket.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The buckets; empty for a caller who may see none.</returns>
    /// <exception cref="StorageException">400 for a limit below 1 or a negative offset.</exception>
    public virtual async Task<IReadOnlyList<Bucket>> ListBucketsAsync(
        BucketListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await Calls.SendAsync(StorageRequests.ListBuckets(request, options), CofferJson.Default.ListBucket, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="ListBucketsAsync"/>
    public virtual IReadOnlyList<Bucket> ListBuckets(
        BucketListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Calls.Send(StorageRequests.ListBuckets(request, options), CofferJson.Default.ListBucket, cancellationToken);

    /// <summary>Changes a bucket. A public one that becomes private stops being readable by address at once.</summary>
    /// <param name="id">The bucket's id, which cannot change, nor its name.</param>
    /// <param name="settings">What changes; at least one member.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the bucket may be changed all the same.</param>
    /// <returns>The server's message.</returns>
    /// <exception cref="StorageException">
    /// 404 <c>NoSuchBucket</c>, also without the right; 400 when nothing changes; 413 for a limit above the server's.
    /// </exception>
    public virtual async Task<string> UpdateBucketAsync(
        string id, BucketSettings settings, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await MessageAsync(StorageRequests.UpdateBucket(id, settings, options), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UpdateBucketAsync"/>
    public virtual string UpdateBucket(
        string id, BucketSettings settings, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Message(StorageRequests.UpdateBucket(id, settings, options), cancellationToken);

    /// <summary>Removes every file of a bucket. They are gone from listings when this returns.</summary>
    /// <param name="id">The bucket's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; files may be removed all the same.</param>
    /// <returns>The server's message.</returns>
    /// <exception cref="StorageException">
    /// 404 <c>NoSuchBucket</c>; 403 without a service key; 409 when there are too many files.
    /// </exception>
    public virtual async Task<string> EmptyBucketAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await MessageAsync(StorageRequests.EmptyBucket(id, options), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="EmptyBucketAsync"/>
    public virtual string EmptyBucket(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Message(StorageRequests.EmptyBucket(id, options), cancellationToken);

    /// <summary>Deletes a bucket, which must be empty: see <see cref="EmptyBucketAsync"/>.</summary>
    /// <param name="id">The bucket's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the bucket may be gone all the same.</param>
    /// <returns>The server's message.</returns>
    /// <exception cref="StorageException">
    /// 409 <c>ResourceNotEmpty</c>; 404 <c>NoSuchBucket</c>, also without the right.
    /// </exception>
    public virtual async Task<string> DeleteBucketAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await MessageAsync(StorageRequests.DeleteBucket(id, options), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DeleteBucketAsync"/>
    public virtual string DeleteBucket(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Message(StorageRequests.DeleteBucket(id, options), cancellationToken);

    /// <summary>Makes caches in front of the server forget what they hold of a bucket. Needs a service key.</summary>
    /// <param name="id">The bucket's id; null for every bucket.</param>
    /// <param name="transformationsOnly">
    /// Whether only rendered variants are forgotten, and the files themselves stay cached.
    /// </param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The server's message.</returns>
    /// <exception cref="StorageException">403 without a service key.</exception>
    public virtual async Task<string> PurgeCacheAsync(
        string? id = null, bool transformationsOnly = false, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await MessageAsync(StorageRequests.PurgeCache(id, null, transformationsOnly, options), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="PurgeCacheAsync"/>
    public virtual string PurgeCache(
        string? id = null, bool transformationsOnly = false, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Message(StorageRequests.PurgeCache(id, null, transformationsOnly, options), cancellationToken);

    private async ValueTask<string> MessageAsync(ApiRequest request, CancellationToken cancellationToken) =>
        (await Calls.SendAsync(request, CofferJson.Default.BucketAnswer, cancellationToken).ConfigureAwait(false)).Message;

    private string Message(ApiRequest request, CancellationToken cancellationToken) =>
        Calls.Send(request, CofferJson.Default.BucketAnswer, cancellationToken).Message;
}
