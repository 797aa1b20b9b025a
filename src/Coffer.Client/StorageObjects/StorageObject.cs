namespace Coffer.Client;

/// <summary>One object of the store: its bytes up and down, its details, its end.</summary>
/// <remarks>
/// Holds the id and, while the upload is open, the upload URL; every detail is asked for when it is wanted. Calls throw
/// <see cref="CofferException"/> when the server refuses or does not answer, after the retries that the client's settings allow.
/// Members are virtual and there is a protected constructor, so that a test can stand in for it.
/// </remarks>
public partial class StorageObject
{
    private readonly CofferClient? _client;
    private readonly string _id = "";
    private string? _uploadUrl;

    /// <summary>Takes an object that exists, or is believed to; makes no call.</summary>
    /// <param name="client">The client that the object's calls go through.</param>
    /// <param name="objectId">The object's identifier; not checked against the server.</param>
    /// <param name="uploadUrl">The upload URL of a create answer; null when the object takes no bytes any more.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public StorageObject(CofferClient client, string objectId, string? uploadUrl = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(objectId);
        (_client, _id, _uploadUrl) = (client, objectId, uploadUrl);
    }

    /// <summary>For tests that stand in for an object: every member that is called must then be overridden.</summary>
    protected StorageObject()
    {
    }

    /// <summary>The object's identifier; never changes.</summary>
    public virtual string Id => _id;

    /// <summary>
    /// Where the bytes are to be PUT, without a key; null once the object is completed or deleted through this instance.
    /// </summary>
    public virtual string? UploadUrl => _uploadUrl;

    private CofferClient Client => _client
        ?? throw new InvalidOperationException(
            "This object stands in for a real one and does not override the member that was called.");

    /// <summary>Fetches the object's present view; this instance stays as it is.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 when there is no such object.</exception>
    public virtual Task<ObjectView> RefreshAsync(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.RetrieveAsync(Id, options, cancellationToken);

    /// <inheritdoc cref="RefreshAsync"/>
    public virtual ObjectView Refresh(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.Retrieve(Id, options, cancellationToken);

    /// <summary>Fetches the object's present view; the same as <see cref="RefreshAsync"/>.</summary>
    /// <inheritdoc cref="RefreshAsync"/>
    public virtual Task<ObjectView> GetInfoAsync(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        RefreshAsync(options, cancellationToken);

    /// <summary>Fetches the object's present view; the same as <see cref="Refresh"/>.</summary>
    /// <inheritdoc cref="RefreshAsync"/>
    public virtual ObjectView GetInfo(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Refresh(options, cancellationToken);

    /// <summary>Says that the bytes are all there; the object becomes READ_ONLY and <see cref="UploadUrl"/> null.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the object may be complete all the same.</param>
    /// <returns>The view, with the size.</returns>
    /// <exception cref="CofferException">400 when nothing was uploaded; 409 for a deleted or broken object; 404.</exception>
    public virtual async Task<ObjectView> CompleteAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectView view = await Client.Objects.CompleteAsync(Id, options, cancellationToken).ConfigureAwait(false);
        _uploadUrl = null;
        return view;
    }

    /// <inheritdoc cref="CompleteAsync"/>
    public virtual ObjectView Complete(RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectView view = Client.Objects.Complete(Id, options, cancellationToken);
        _uploadUrl = null;
        return view;
    }

    /// <summary>Makes a link by which anyone can fetch the bytes until it expires.</summary>
    /// <param name="lifetime">
    /// How long the link works, in whole seconds (a fraction is rounded up); null or zero for an hour.
    /// </param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is negative.</exception>
    /// <exception cref="CofferException">409 while the object is not complete; 410 once it is deleted; 404.</exception>
    public virtual Task<ObjectDownloadUrl> GetDownloadUrlAsync(
        TimeSpan? lifetime = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.GetDownloadUrlAsync(Id, lifetime, options, cancellationToken);

    /// <inheritdoc cref="GetDownloadUrlAsync(TimeSpan?, RequestOptions?, CancellationToken)"/>
    public virtual ObjectDownloadUrl GetDownloadUrl(
        TimeSpan? lifetime = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.GetDownloadUrl(Id, lifetime, options, cancellationToken);

    /// <param name="durationSeconds">How long the link works, in seconds; zero for an hour.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <inheritdoc cref="GetDownloadUrlAsync(TimeSpan?, RequestOptions?, CancellationToken)"/>
    public virtual Task<ObjectDownloadUrl> GetDownloadUrlAsync(
        int durationSeconds, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        GetDownloadUrlAsync(TimeSpan.FromSeconds(durationSeconds), options, cancellationToken);

    /// <inheritdoc cref="GetDownloadUrlAsync(int, RequestOptions?, CancellationToken)"/>
    public virtual ObjectDownloadUrl GetDownloadUrl(
        int durationSeconds, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        GetDownloadUrl(TimeSpan.FromSeconds(durationSeconds), options, cancellationToken);

    /// <summary>Deletes the object for good, with every link that was made to it; <see cref="UploadUrl"/> becomes null.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the object may be gone all the same.</param>
    /// <returns>The last view, in state DELETED.</returns>
    /// <exception cref="CofferException">404 when there is no such object of this account.</exception>
    public virtual async Task<ObjectView> DeleteAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectView view = await Client.Objects.DeleteAsync(Id, options, cancellationToken).ConfigureAwait(false);
        _uploadUrl = null;
        return view;
    }

    /// <inheritdoc cref="DeleteAsync"/>
    public virtual ObjectView Delete(RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectView view = Client.Objects.Delete(Id, options, cancellationToken);
        _uploadUrl = null;
        return view;
    }

    /// <summary><c>&lt;StorageObject id='…'&gt;</c></summary>
    public override string ToString() => $"<StorageObject id='{Id}'>";
}
