namespace Coffer.Client;

/// <summary>The settings of a client; read once, when the client is made.</summary>
public sealed class CofferClientOptions
{
    /// <summary>
    /// The key that every API call carries; may contain spaces. When null: the environment's <c>COFFER_API_KEY</c>, then
    /// <c>RUNLOOP_API_KEY</c>.
    /// </summary>
    public string? BearerToken { get; set; }

    /// <summary>
    /// Where the service is, http or https; a path in it is kept before every route. When null: the environment's
    /// <c>COFFER_URL</c>, then <c>RUNLOOP_BASE_URL</c>, then <c>http://127.0.0.1:8484</c>.
    /// </summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>
    /// The time one try of an API call may take, from connecting to the last byte of the answer; 30 s by default. A transfer of
    /// an object's bytes may take as long as it likes: there it limits how long nothing moves.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call is tried again after the first try; 5 by default, 0 for never.</summary>
    public int MaxRetries { get; set; } = 5;

    /// <summary>
    /// Headers for every API call, over those of the environment's <c>RUNLOOP_CUSTOM_HEADERS</c> (one <c>Name: value</c> a line);
    /// null takes a header away. They are not sent to signed URLs.
    /// </summary>
    public IDictionary<string, string?> Headers { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Query parameters for every API call.</summary>
    public IDictionary<string, string> Query { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The HTTP client to use instead of one of our own; it stays yours to dispose. It should have no timeout, no automatic
    /// decompression and no automatic redirection; blocking calls through it block only as far as its handler does.
    /// </summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The clock by which the client waits between tries; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
