namespace Coffer.Client;

/// <summary>The settings of a <see cref="StorageClient"/> of its own; read once, when the client is made.</summary>
public sealed class StorageClientOptions
{
    /// <summary>
    /// Where the Storage API is, http or https, with its path: <c>http://127.0.0.1:8484/storage/v1</c> for Coffer. Required.
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>
    /// A key or a user's JWT, sent as <c>Authorization: Bearer …</c>; null for none, as for a client of public buckets and signed
    /// URLs, or one whose <see cref="Headers"/> carry it.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Headers for every call, such as <c>apikey</c>; null takes a header away.</summary>
    public IDictionary<string, string?> Headers { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The time one try of a call may take, from connecting to the last byte of the answer; 20 s by default. A transfer of bytes
    /// may take as long as it likes: there it limits how long nothing moves.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a call is tried again after the first try; 5 by default, 0 for never.</summary>
    public int MaxRetries { get; set; } = 5;

    /// <summary>
    /// The HTTP client to use instead of one of our own; it stays yours to dispose. It should have no timeout, no automatic
    /// decompression and no automatic redirection; blocking calls through it block only as far as its handler does.
    /// </summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The clock by which the client waits between tries; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
