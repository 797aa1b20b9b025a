namespace Coffer.Client;

/// <summary>Buckets, and through <see cref="From"/> the files in them: a client of the Storage API.</summary>
/// <remarks>
/// Works with Coffer and with every service that speaks the Storage API, Supabase's included. Safe to use from many threads; make
/// it once and keep it, or take <see cref="CofferClient.Storage"/>. Every method throws <see cref="StorageException"/> when the
/// server refuses, and another <see cref="CofferException"/> when it does not answer, after the retries that the settings allow:
/// a call that may have taken effect and cannot be repeated without harm is not tried again. Members are virtual and there is a
/// protected constructor, so that a test can stand in for the client.
/// </remarks>
public partial class StorageClient : IDisposable
{
    private readonly StorageCalls? _calls;
    private readonly CofferTransport? _owned;

    /// <summary>Makes a client for an address and a key.</summary>
    /// <param name="url">Where the Storage API is, with its path: <c>http://127.0.0.1:8484/storage/v1</c> for Coffer.</param>
    /// <param name="key">A key or a user's JWT; null for none.</param>
    /// <exception cref="ArgumentException">The address or the key cannot be used; the message says why.</exception>
    public StorageClient(Uri url, string? key = null) : this(new StorageClientOptions { Url = url, Key = key })
    {
    }

    /// <summary>Makes a client from settings.</summary>
    /// <param name="options">The settings; later changes to them have no effect.</param>
    /// <exception cref="ArgumentException">A setting cannot be used; the message says why.</exception>
    public StorageClient(StorageClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _owned = new CofferTransport(options);
        _calls = new StorageCalls(_owned, prefix: "");
    }

    internal StorageClient(CofferTransport? transport, string prefix) =>
        _calls = transport is null ? null : new StorageCalls(transport, prefix);

    /// <summary>For tests that stand in for this client: every member that is called must then be overridden.</summary>
    protected StorageClient()
    {
    }

    internal StorageCalls Calls => CofferClient.Require(_calls);

    /// <summary>
    /// Makes a client as the published clients are made: from an address and the headers that every call carries.
    /// </summary>
    /// <param name="url">Where the Storage API is, with its path; a slash at its end makes no difference.</param>
    /// <param name="headers">Mostly <c>Authorization</c>, or <c>apikey</c>, or both.</param>
    /// <param name="timeout">The time one try may take; 20 s when null.</param>
    /// <exception cref="ArgumentException">The address cannot be used; the message says why.</exception>
    public static StorageClient Create(Uri url, IReadOnlyDictionary<string, string> headers, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(headers);
        var options = new StorageClientOptions { Url = url };
        options.Timeout = timeout ?? options.Timeout;
        foreach ((string name, string value) in headers)
        {
            options.Headers[name] = value;
        }

        return new StorageClient(options);
    }

    /// <inheritdoc cref="Create(Uri, IReadOnlyDictionary{string, string}, TimeSpan?)"/>
    public static StorageClient Create(string url, IReadOnlyDictionary<string, string> headers, TimeSpan? timeout = null) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? address)
            ? Create(address, headers, timeout)
            : throw new ArgumentException($"'{url}' is no absolute URL.", nameof(url));

    /// <summary>The files of a bucket. Makes no call: whether the bucket exists shows with the first one.</summary>
    /// <param name="bucket">The bucket's id.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public virtual BucketFiles From(string bucket) => new(Calls, bucket);

    /// <summary>Closes the client's connections; an <see cref="HttpClient"/> that was passed in stays open.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the client's connections, unless they are a <see cref="CofferClient"/>'s.</summary>
    /// <param name="disposing">False from a finalizer, of which this class has none.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _owned?.Dispose();
        }
    }
}
