namespace Coffer.Client;

/// <summary>Devboxes: sandboxes that mount archives and files from the store. Makes and finds them, and has each call by its id.</summary>
/// <remarks>
/// Calls throw <see cref="CofferException"/> when the server refuses or does not answer, after the retries that the client's settings
/// allow, and <see cref="ArgumentException"/> before any call for an empty id. The blocking twins need no thread but the caller's.
/// Calls that wait ask the server again and again; cancelling one, as for Ctrl-C, ends the waiting and nothing in the devbox.
/// Needs a service key. Source: Devboxes API.
/// </remarks>
public partial class DevboxesClient
{
    /// <summary>
    /// Names, in the <see cref="Exception.Data"/> of a failed create, the id of the devbox that was made all the same.
    /// </summary>
    public const string LeftBehind = UploadOptions.LeftBehind;

    private static readonly TimeSpan LongestCreate = TimeSpan.FromMinutes(10);
    private static readonly DevboxStatus[] Ended = [DevboxStatus.Failure, DevboxStatus.Shutdown];

    private readonly CofferTransport? _transport;

    internal DevboxesClient(CofferTransport? transport) => _transport = transport;

    /// <summary>For tests that stand in for this client: every member that is called must then be overridden.</summary>
    protected DevboxesClient()
    {
    }

    private CofferTransport Transport => CofferClient.Require(_transport);

    /// <summary>Makes a devbox with everything that is mounted in it, and waits until it runs.</summary>
    /// <param name="request">What the devbox is to be.</param>
    /// <param name="longestWait">
    /// How long it may take until it runs, about; null for ten minutes. <see cref="TimeSpan.Zero"/> does not wait beyond the server's
    /// first answer, after which the devbox may still be provisioning.
    /// </param>
    /// <param name="options">What the create call does differently; timeout, headers and the like hold for the waiting too.</param>
    /// <param name="cancellationToken">
    /// Ends the call; the devbox may exist all the same, until its keep-alive is over. Where its id is known by then, it is in the
    /// exception's <see cref="Exception.Data"/> under <see cref="LeftBehind"/>.
    /// </param>
    /// <returns>The devbox; disposing it shuts it down.</returns>
    /// <exception cref="CofferException">
    /// 400 for something that cannot be mounted, 404 for an object that is not there: the message names the mount, and there is no devbox.
    /// 413 when it is too much for a devbox. Also when the devbox ends before it runs.
    /// </exception>
    /// <exception cref="CofferTimeoutException">It does not run yet after <paramref name="longestWait"/>; it exists all the same.</exception>
    public virtual async Task<Devbox> CreateAsync(
        DevboxCreateRequest request, TimeSpan? longestWait = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await MakeAsync(async: true, request, longestWait, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="CreateAsync"/>
    public virtual Devbox Create(
        DevboxCreateRequest request, TimeSpan? longestWait = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        MakeAsync(async: false, request, longestWait, options, cancellationToken).Result();

    /// <summary>Takes a devbox by its id; makes no call and does not check that it exists.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <returns>The devbox; disposing it shuts it down, so dispose it only if it is yours to end.</returns>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public virtual Devbox FromId(string id) => new(this, id);

    /// <summary>Fetches one devbox's view, also of one that has ended for as long as the server remembers it.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 <c>devbox_not_found</c> when there is no such devbox of this account.</exception>
    public virtual Task<DevboxView> RetrieveAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(DevboxRequests.Retrieve(id, options), CofferJson.Default.DevboxView, cancellationToken);

    /// <inheritdoc cref="RetrieveAsync"/>
    public virtual DevboxView Retrieve(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(DevboxRequests.Retrieve(id, options), CofferJson.Default.DevboxView, cancellationToken);

    /// <summary>Fetches one page of the account's devboxes, newest first.</summary>
    /// <param name="request">Filter and place of the page; null for the first 20 devboxes.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">400 for a status that the server does not know.</exception>
    public virtual Task<DevboxPage> ListAsync(
        DevboxListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(DevboxRequests.List(request, options), CofferJson.Default.DevboxPage, cancellationToken);

    /// <inheritdoc cref="ListAsync"/>
    public virtual DevboxPage List(
        DevboxListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(DevboxRequests.List(request, options), CofferJson.Default.DevboxPage, cancellationToken);

    /// <summary>Waits until a devbox is in one of some statuses.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="statuses">One or more.</param>
    /// <param name="longestWait">How long to wait in all, about; null for as long as it takes.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The view, in one of the statuses.</returns>
    /// <exception cref="CofferTimeoutException">It was in none of them in that time.</exception>
    /// <exception cref="CofferException">404; or the devbox has ended otherwise, after which waiting would not help.</exception>
    public virtual async Task<DevboxView> WaitForStatusAsync(
        string id, IEnumerable<DevboxStatus> statuses, TimeSpan? longestWait = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WaitAsync(async: true, id, statuses, longestWait, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WaitForStatusAsync"/>
    public virtual DevboxView WaitForStatus(
        string id, IEnumerable<DevboxStatus> statuses, TimeSpan? longestWait = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WaitAsync(async: false, id, statuses, longestWait, options, cancellationToken).Result();

    /// <summary>Ends a devbox, what runs in it and its files. A second call answers the same view.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the devbox may be shut down all the same.</param>
    /// <returns>The last view.</returns>
    /// <exception cref="CofferException">404 when there is no such devbox of this account.</exception>
    public virtual Task<DevboxView> ShutdownAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(DevboxRequests.Shutdown(id, options), CofferJson.Default.DevboxView, cancellationToken);

    /// <inheritdoc cref="ShutdownAsync"/>
    public virtual DevboxView Shutdown(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(DevboxRequests.Shutdown(id, options), CofferJson.Default.DevboxView, cancellationToken);

    private async ValueTask<Devbox> MakeAsync(
        bool async, DevboxCreateRequest request, TimeSpan? longestWait, RequestOptions? options, CancellationToken cancellationToken)
    {
        TimeSpan? longest = LongWait.Checked(longestWait ?? LongestCreate);
        DevboxView made = await Transport.SendAsync(
            async, DevboxRequests.Create(request, options), CofferJson.Default.DevboxView, cancellationToken).ConfigureAwait(false);
        if (made.Status != DevboxStatus.Running && longest != TimeSpan.Zero)
        {
            try
            {
                made = await WaitAsync(
                    async, made.Id, [DevboxStatus.Running], longest, options?.ForLaterCalls(), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                failure.Data[LeftBehind] = made.Id;
                throw;
            }
        }

        return new Devbox(this, made.Id, made);
    }

    private async ValueTask<DevboxView> WaitAsync(
        bool async, string id, IEnumerable<DevboxStatus> statuses, TimeSpan? longestWait, RequestOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statuses);
        DevboxStatus[] wanted = [.. statuses];
        if (wanted.Length == 0)
        {
            throw new ArgumentException("Name at least one status.", nameof(statuses));
        }

        // One that has ended stays as it is, and a server would hold the call, or answer 408, for ever.
        DevboxStatus[] asked = [.. wanted.Union(Ended)];
        DevboxView view = await LongWait.RunAsync(
            async, Transport, hold => DevboxRequests.WaitForStatus(id, asked, hold, options), CofferJson.Default.DevboxView,
            LongWait.Checked(longestWait), options, cancellationToken).ConfigureAwait(false);
        return wanted.Contains(view.Status) ? view : throw new CofferException(
            $"The devbox '{id}' is {view.Status}{Why(view)}, and will not be {string.Join(" or ", wanted)}.");
    }

    private static string Why(DevboxView view) => (view.FailureReason ?? view.ShutdownReason) is { } reason ? $" ({reason})" : "";
}
