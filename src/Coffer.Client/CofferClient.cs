namespace Coffer.Client;

/// <summary>
/// The way in: one client for one service and one key. Safe to use from many threads; make it once and keep it.
/// </summary>
/// <remarks>
/// Works with Coffer and with every service that speaks the Objects API, Runloop's own included. Signed URLs are called without
/// the key. Members are virtual and there is a protected constructor, so that a test can stand in for the client.
/// </remarks>
public class CofferClient : IDisposable
{
    // The Storage API under the server's address; the same API is at the root too, for clients that are given that.
    private const string StoragePath = "/storage/v1";

    private readonly CofferTransport? _transport;

    /// <summary>
    /// Makes a client from the environment: <c>COFFER_URL</c> and <c>COFFER_API_KEY</c>, see <see
    /// cref="CofferClientOptions"/>.
    /// </summary>
    /// <exception cref="ArgumentException">There is no key; the message says what to set.</exception>
    public CofferClient() : this(new CofferClientOptions())
    {
    }

    /// <summary>Makes a client for an address and a key.</summary>
    /// <param name="baseUrl">Where the service is, http or https; a path in it is kept.</param>
    /// <param name="token">The key; may contain spaces.</param>
    /// <exception cref="ArgumentException">The address or the key cannot be used; the message says why.</exception>
    public CofferClient(Uri baseUrl, string token)
        : this(new CofferClientOptions { BaseUrl = NotNull(baseUrl), BearerToken = NotNull(token) })
    {
    }

    /// <summary>Makes a client from settings; what they leave out comes from the environment.</summary>
    /// <param name="options">The settings; later changes to them have no effect.</param>
    /// <exception cref="ArgumentException">A setting cannot be used, or there is no key; the message says what to do.</exception>
    public CofferClient(CofferClientOptions options)
        : this(new CofferTransport(NotNull(options), Environment.GetEnvironmentVariable))
    {
    }

    internal CofferClient(CofferTransport transport)
    {
        _transport = transport;
        Objects = new ObjectsClient(transport);
        StorageObjects = new StorageObjectsClient(this);
        Devboxes = new DevboxesClient(transport);
        Admin = new AdminClient(transport);
        Storage = new StorageClient(transport, StoragePath);
    }

    /// <summary>
    /// For tests that stand in for a client, or for one of its parts; the other parts then work on what is given.
    /// </summary>
    /// <param name="objects">Takes the place of <see cref="Objects"/>.</param>
    /// <param name="storageObjects">
    /// Takes the place of <see cref="StorageObjects"/>; null for the real one over <paramref name="objects"/>.
    /// </param>
    /// <param name="admin">Takes the place of <see cref="Admin"/>; null for one whose every call throws.</param>
    /// <param name="storage">Takes the place of <see cref="Storage"/>; null for one whose every call throws.</param>
    /// <param name="devboxes">Takes the place of <see cref="Devboxes"/>; null for one whose every call throws.</param>
    protected CofferClient(
        ObjectsClient objects, StorageObjectsClient? storageObjects = null, AdminClient? admin = null,
        StorageClient? storage = null, DevboxesClient? devboxes = null)
    {
        Objects = NotNull(objects);
        StorageObjects = storageObjects ?? new StorageObjectsClient(this);
        Admin = admin ?? new AdminClient(null);
        Storage = storage ?? new StorageClient((CofferTransport?)null, StoragePath);
        Devboxes = devboxes ?? new DevboxesClient(null);
    }

    /// <summary>The operations of the Objects API one by one.</summary>
    public virtual ObjectsClient Objects { get; }

    /// <summary>Whole uploads and downloads of files, text, bytes, streams and directories.</summary>
    public virtual StorageObjectsClient StorageObjects { get; }

    /// <summary>Devboxes: sandboxes that mount archives and files from the store.</summary>
    public virtual DevboxesClient Devboxes { get; }

    /// <summary>Accounts and keys; needs a service key, and a Coffer server.</summary>
    public virtual AdminClient Admin { get; }

    /// <summary>Buckets and the files in them, by the Storage API under <c>/storage/v1</c> of the client's address.</summary>
    public virtual StorageClient Storage { get; }

    internal Transfers Transfers => Require(_transport).Transfers;

    /// <summary>
    /// Makes the handler that a client has when no <see cref="HttpClient"/> is passed in: without redirection, cookies and
    /// decompression, and with blocking calls that do their own socket I/O and need no thread of the thread pool.
    /// </summary>
    public static HttpMessageHandler CreateHttpHandler() => new BlockingHandler();

    /// <summary>Closes the client's connections; an <see cref="HttpClient"/> that was passed in stays open.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal static T Require<T>(T? part) where T : class => part
        ?? throw new InvalidOperationException(
            "This client stands in for a real one and does not override the member that was called.");

    /// <summary>Closes the client's connections.</summary>
    /// <param name="disposing">False from a finalizer, of which this class has none.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _transport?.Dispose();
        }
    }

    private static T NotNull<T>(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }
}
