using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Coffer.Client;

/// <summary>One API call as the operation sees it: no settings of the client, no try.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The route below the base URL, ids already escaped.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>Query parameters; those without a value are left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    /// <summary>The JSON fields; null for none.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>Headers of the operation's own, over the client's; null takes one of the client's away.</summary>
    public IReadOnlyList<(string Name, string? Value)> Headers { get; init; } = [];

    /// <summary>What the caller wants differently.</summary>
    public RequestOptions? Options { get; init; }

    /// <summary>
    /// Whether a second try does no harm when the first arrived and only its answer was lost. Otherwise a call is tried again only
    /// when the server answered, or was never reached.
    /// </summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>Whether a writing call names JSON as its type also without a body, as the Objects API's clients do.</summary>
    public bool NamesTypeOfNoBody { get; init; } = true;

    /// <summary>How the API at hand says no.</summary>
    public Func<RefusedAnswer, CofferException> Refusal { get; init; } = Failures.OfObjects;

    /// <summary>How messages name the call; never with a query, which may hold a signature.</summary>
    public string What => $"{Method} {Path}";

    public bool IsRead => Method == HttpMethod.Get;

    public static JsonObject BodyOf<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!.AsObject();

    /// <summary>One path segment. A dot segment would be resolved away and hit another route, so it is no id.</summary>
    /// <exception cref="ArgumentException">The id is empty, <c>.</c> or <c>..</c>.</exception>
    public static string Segment(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return id is "." or ".." ? throw new ArgumentException($"'{id}' is no id.", nameof(id)) : Uri.EscapeDataString(id);
    }

    public Uri Address(ClientSettings settings)
    {
        var query = new Dictionary<string, string>(settings.Query, StringComparer.Ordinal);
        foreach ((string name, string? value) in Query)
        {
            if (value is not null)
            {
                query[name] = value;
            }
        }

        foreach ((string name, string value) in Options?.Query ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            query[name] = value;
        }

        string text = string.Join(
            '&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return new Uri($"{settings.BaseUrl}{Path}{(text.Length > 0 ? "?" : "")}{text}");
    }

    /// <summary>The body's bytes, the same for every try; empty when there is nothing to say.</summary>
    public byte[] BodyBytes()
    {
        if (Body is null && Options is not { Body.Count: > 0 })
        {
            return [];
        }

        var body = (JsonObject?)Body?.DeepClone() ?? [];
        foreach ((string name, JsonNode? value) in Options?.Body ?? [])
        {
            body[name] = value?.DeepClone();
        }

        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}
