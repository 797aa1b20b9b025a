using System.Runtime.CompilerServices;

namespace Coffer.Client;

/// <summary>Whole uploads in one call, and objects by id or from listings.</summary>
/// <remarks>
/// An upload creates the object, sends the bytes and completes it; files and directories that cannot be read show before the
/// first call. If a step fails, the object is left UPLOADING unless <see cref="UploadOptions.DeleteOnFailure"/> is set. Bytes
/// are streamed: memory does not grow with the size. Calls throw <see cref="CofferException"/> when the server refuses or does
/// not answer, after the retries that the client's settings allow.
/// </remarks>
public partial class StorageObjectsClient
{
    private readonly CofferClient? _client;

    internal StorageObjectsClient(CofferClient client) => _client = client;

    /// <summary>For tests that stand in for this client: every member that is called must then be overridden.</summary>
    protected StorageObjectsClient()
    {
    }

    private CofferClient Client => _client
        ?? throw new InvalidOperationException(
            "This client stands in for a real one and does not override the member that was called.");

    /// <summary>Takes an object by its id; makes no call and does not check that it exists.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <returns>An object without an upload URL.</returns>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public virtual StorageObject FromId(string id) => new(Client, id);

    /// <summary>
    /// Announces an object whose bytes are then sent with its <c>UploadContentAsync</c>.
    /// </summary>
    /// <param name="request">What the object is to be.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the object may exist all the same.</param>
    /// <returns>The object, with its upload URL; still to be completed.</returns>
    /// <exception cref="CofferException">
    /// 400 for a name, content type, lifetime or pair that the server does not take.
    /// </exception>
    public virtual async Task<StorageObject> CreateAsync(
        ObjectCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Created(await Client.Objects.CreateAsync(request, options, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="CreateAsync"/>
    public virtual StorageObject Create(
        ObjectCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Created(Client.Objects.Create(request, options, cancellationToken));

    /// <summary>Fetches one page of the account's objects, newest first.</summary>
    /// <param name="request">Filters and place of the page; null for the first 20 objects.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">400 for a filter that the server does not know.</exception>
    public virtual async Task<StorageObjectPage> ListAsync(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        PageOf(await Client.Objects.ListAsync(request, options, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="ListAsync"/>
    public virtual StorageObjectPage List(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        PageOf(Client.Objects.List(request, options, cancellationToken));

    /// <summary>Walks through every object that matches, newest first, fetching a page whenever the last is used up.</summary>
    /// <param name="request">Filters, where to begin and the size of a page (not of the walk); null for everything.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <remarks>For the details of each object without a further call, walk <see cref="ObjectsClient.ListAllAsync"/>.</remarks>
    public virtual async IAsyncEnumerable<StorageObject> ListAllAsync(
        ObjectListRequest? request = null,
        RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ObjectView view in Client.Objects.ListAllAsync(request, options, cancellationToken).ConfigureAwait(false))
        {
            yield return FromId(view.Id);
        }
    }

    /// <inheritdoc cref="ListAllAsync"/>
    public virtual IEnumerable<StorageObject> ListAll(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.ListAll(request, options, cancellationToken).Select(view => FromId(view.Id));

    private StorageObject Created(ObjectView view) => new(Client, view.Id, view.UploadUrl);

    private StorageObjectPage PageOf(ObjectPage page) =>
        new([.. page.Objects.Select(view => FromId(view.Id))], page.TotalCount, page.HasMore);
}
