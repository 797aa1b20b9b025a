namespace Coffer.Client;

/// <summary>One devbox: its files, its commands, its end.</summary>
/// <remarks>
/// Disposing it shuts it down; one that is to stay is not disposed, and ends by <see cref="ShutdownAsync"/> or its keep-alive. Calls throw
/// <see cref="CofferException"/> when the server refuses or does not answer, after the retries that the client's settings allow.
/// Members are virtual and there is a protected constructor, so that a test can stand in for it.
/// </remarks>
public class Devbox : IDisposable, IAsyncDisposable
{
    private static readonly RequestOptions Once = new() { MaxRetries = 1 };

    private readonly DevboxesClient? _client;
    private readonly string _id = "";
    private DevboxView? _info;

    /// <summary>Takes a devbox that exists, or is believed to; makes no call.</summary>
    /// <param name="client">The client that the devbox's calls go through.</param>
    /// <param name="devboxId">The devbox's identifier; not checked against the server.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public Devbox(CofferClient client, string devboxId) : this(ClientOf(client), devboxId)
    {
    }

    internal Devbox(DevboxesClient client, string devboxId, DevboxView? info = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(devboxId);
        (_client, _id, _info) = (client, devboxId, info);
        File = new DevboxFiles(client, devboxId);
        Cmd = new DevboxCommands(client, devboxId);
    }

    /// <summary>For tests that stand in for a devbox, or for its parts: every member that is called must then be overridden.</summary>
    /// <param name="file">Takes the place of <see cref="File"/>; null for one whose every call throws.</param>
    /// <param name="cmd">Takes the place of <see cref="Cmd"/>; null for one whose every call throws.</param>
    protected Devbox(DevboxFiles? file = null, DevboxCommands? cmd = null)
    {
        File = file ?? new DevboxFiles(null, "");
        Cmd = cmd ?? new DevboxCommands(null, "");
    }

    /// <summary>The devbox's identifier; never changes.</summary>
    public virtual string Id => _id;

    /// <summary>What the server last said about the devbox to this instance; null before it said anything.</summary>
    public virtual DevboxView? Info => _info;

    /// <summary>Its files.</summary>
    public virtual DevboxFiles File { get; }

    /// <summary>Its commands.</summary>
    public virtual DevboxCommands Cmd { get; }

    private DevboxesClient Client => CofferClient.Require(_client);

    /// <summary>Fetches the devbox's present view, which is then <see cref="Info"/>.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 when there is no such devbox of this account.</exception>
    public virtual async Task<DevboxView> RefreshAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _info = await Client.RetrieveAsync(Id, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="RefreshAsync"/>
    public virtual DevboxView Refresh(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _info = Client.Retrieve(Id, options, cancellationToken);

    /// <summary>Waits until the devbox runs, which one from <see cref="DevboxesClient.CreateAsync"/> mostly does already.</summary>
    /// <param name="longestWait">How long to wait in all, about; null for as long as it takes.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CofferTimeoutException">It does not run after that time.</exception>
    /// <exception cref="CofferException">404; or the devbox has ended.</exception>
    public virtual async Task<DevboxView> WaitUntilRunningAsync(
        TimeSpan? longestWait = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _info = await Client.WaitForStatusAsync(Id, [DevboxStatus.Running], longestWait, options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="WaitUntilRunningAsync"/>
    public virtual DevboxView WaitUntilRunning(
        TimeSpan? longestWait = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _info = Client.WaitForStatus(Id, [DevboxStatus.Running], longestWait, options, cancellationToken);

    /// <summary>Ends the devbox, what runs in it and its files. A second call answers the same view.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the devbox may be shut down all the same.</param>
    /// <returns>The last view.</returns>
    /// <exception cref="CofferException">404 when there is no such devbox of this account.</exception>
    public virtual async Task<DevboxView> ShutdownAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _info = await Client.ShutdownAsync(Id, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="ShutdownAsync"/>
    public virtual DevboxView Shutdown(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _info = Client.Shutdown(Id, options, cancellationToken);

    /// <summary>
    /// Shuts the devbox down as far as that succeeds: a server that refuses or does not answer is no error here, and the devbox then
    /// ends with its keep-alive. To hear of it, call <see cref="ShutdownAsync"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary><c>&lt;Devbox id='…'&gt;</c></summary>
    public override string ToString() => $"<Devbox id='{Id}'>";

    /// <inheritdoc cref="DisposeAsync"/>
    protected virtual async ValueTask DisposeAsyncCore()
    {
        if (IsToEnd)
        {
            try
            {
                await ShutdownAsync(Once, CancellationToken.None).ConfigureAwait(false);
            }
            catch (CofferException)
            {
                // As the summary says.
            }
        }
    }

    /// <summary>Shuts the devbox down as far as that succeeds.</summary>
    /// <param name="disposing">False from a finalizer, of which this class has none.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && IsToEnd)
        {
            try
            {
                Shutdown(Once);
            }
            catch (CofferException)
            {
                // As for DisposeAsync.
            }
        }
    }

    private bool IsToEnd => _client is not null && _info?.Status != DevboxStatus.Shutdown;

    private static DevboxesClient ClientOf(CofferClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Devboxes;
    }
}
