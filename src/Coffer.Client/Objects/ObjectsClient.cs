namespace Coffer.Client;

/// <summary>The Objects API, one method for each of its operations.</summary>
/// <remarks>
/// Every method throws <see cref="CofferException"/> when the server refuses or does not answer, after the retries that the
/// client's settings allow, and <see cref="ArgumentException"/> before any call for an empty id. The blocking twins need no
/// thread but the caller's. For whole uploads and downloads see <see cref="StorageObjectsClient"/>.
/// </remarks>
public partial class ObjectsClient
{
    private readonly CofferTransport? _transport;

    internal ObjectsClient(CofferTransport transport) => _transport = transport;

    /// <summary>For tests that stand in for this client: every member that is called must then be overridden.</summary>
    protected ObjectsClient()
    {
    }

    private CofferTransport Transport => CofferClient.Require(_transport);

    /// <summary>Announces an object; its bytes are to be PUT to the view's <see cref="ObjectView.UploadUrl"/>.</summary>
    /// <param name="request">What the object is to be.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the object may exist all the same.</param>
    /// <returns>The view, in state UPLOADING; the only one with an upload URL.</returns>
    /// <exception cref="CofferException">
    /// 400 for a name, content type, lifetime or pair that the server does not take.
    /// </exception>
    public virtual Task<ObjectView> CreateAsync(
        ObjectCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.Create(request, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <inheritdoc cref="CreateAsync"/>
    public virtual ObjectView Create(
        ObjectCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.Create(request, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <summary>Fetches one object's view, also of a deleted one for as long as the server remembers it.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 when there is no such object, or it is another account's and not public.</exception>
    public virtual Task<ObjectView> RetrieveAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.Retrieve(id, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <inheritdoc cref="RetrieveAsync"/>
    public virtual ObjectView Retrieve(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.Retrieve(id, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <summary>Fetches one page of the account's objects, newest first.</summary>
    /// <param name="request">Filters and place of the page; null for the first 20 objects.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">400 for a filter that the server does not know.</exception>
    public virtual Task<ObjectPage> ListAsync(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.List(request, options), CofferJson.Default.ObjectPage, cancellationToken);

    /// <inheritdoc cref="ListAsync"/>
    public virtual ObjectPage List(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.List(request, options), CofferJson.Default.ObjectPage, cancellationToken);

    /// <summary>Fetches one page of every account's public, complete objects, newest first.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public virtual Task<ObjectPage> ListPublicAsync(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.ListPublic(request, options), CofferJson.Default.ObjectPage, cancellationToken);

    /// <inheritdoc cref="ListPublicAsync"/>
    public virtual ObjectPage ListPublic(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.ListPublic(request, options), CofferJson.Default.ObjectPage, cancellationToken);

    /// <summary>Says that the bytes are all there; the object becomes READ_ONLY. A second call answers the same view.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the object may be complete all the same.</param>
    /// <exception cref="CofferException">400 when nothing was uploaded; 409 for a deleted or broken object; 404.</exception>
    public virtual Task<ObjectView> CompleteAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.Complete(id, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <inheritdoc cref="CompleteAsync"/>
    public virtual ObjectView Complete(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.Complete(id, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <summary>Makes a link by which anyone can fetch the bytes until it expires.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="lifetime">
    /// How long the link works, in whole seconds (a fraction is rounded up); null or zero for an hour.
    /// </param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is negative.</exception>
    /// <exception cref="CofferException">409 while the object is not complete; 410 once it is deleted; 404.</exception>
    public virtual Task<ObjectDownloadUrl> GetDownloadUrlAsync(
        string id, TimeSpan? lifetime = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(
            ObjectRequests.GetDownloadUrl(id, lifetime, options), CofferJson.Default.ObjectDownloadUrl, cancellationToken);

    /// <inheritdoc cref="GetDownloadUrlAsync"/>
    public virtual ObjectDownloadUrl GetDownloadUrl(
        string id, TimeSpan? lifetime = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(
            ObjectRequests.GetDownloadUrl(id, lifetime, options), CofferJson.Default.ObjectDownloadUrl, cancellationToken);

    /// <summary>Deletes the object for good, with every link that was made to it. A second call answers the same view.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the object may be gone all the same.</param>
    /// <returns>The last view, in state DELETED.</returns>
    /// <exception cref="CofferException">404 when there is no such object of this account.</exception>
    public virtual Task<ObjectView> DeleteAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.Delete(id, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <inheritdoc cref="DeleteAsync"/>
    public virtual ObjectView Delete(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.Delete(id, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <summary>Changes name, pairs, visibility or lifetime. Coffer only.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="request">What is to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the change may be made all the same.</param>
    /// <returns>The view after the change.</returns>
    /// <exception cref="CofferException">400 for a value the server does not take; 409 for a broken object; 410 for a deleted one; 404.</exception>
    public virtual Task<ObjectView> UpdateAsync(
        string id, ObjectUpdateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ObjectRequests.Update(id, request, options), CofferJson.Default.ObjectView, cancellationToken);

    /// <inheritdoc cref="UpdateAsync"/>
    public virtual ObjectView Update(
        string id, ObjectUpdateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ObjectRequests.Update(id, request, options), CofferJson.Default.ObjectView, cancellationToken);
}
