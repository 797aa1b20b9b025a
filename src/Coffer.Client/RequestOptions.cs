using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>What one call does differently from the client's settings.</summary>
public sealed class RequestOptions
{
    /// <summary>Headers to send, over the client's own; null takes a header away.</summary>
    public IDictionary<string, string?> Headers { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Query parameters to send, over the client's and the operation's own of the same name.</summary>
    public IDictionary<string, string> Query { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Fields to set in the JSON body, over the operation's own of the same name. Has no effect on GET.</summary>
    public JsonObject Body { get; } = [];

    /// <summary>
    /// The time one try may take, instead of the client's; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no
    /// limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often to try again after the first try, instead of the client's count.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>
    /// The <c>x-request-id</c> of a writing call, up to 255 characters: the server answers a second call with the same key as it
    /// answered the first. Null makes a new one for each call, which its retries share.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The same for calls that follow the one that these are for: without what belongs to that one alone.</summary>
    internal RequestOptions ForLaterCalls()
    {
        var later = new RequestOptions { Timeout = Timeout, MaxRetries = MaxRetries };
        foreach ((string name, string? value) in Headers)
        {
            later.Headers[name] = value;
        }

        foreach ((string name, string value) in Query)
        {
            later.Query[name] = value;
        }

        return later;
    }
}
