using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A link that serves one object's bytes to anyone who holds it, until it expires.</summary>
/// <remarks>
/// Links are text and not <see cref="Uri"/>, whose printed form would undo escapes and so break the signature. Source: Objects
/// API, ObjectDownloadURLView; the expiry is Coffer's, other services send only the link.
/// </remarks>
public sealed record ObjectDownloadUrl
{
    /// <summary>The absolute link; fetch it with GET and without a key.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string DownloadUrl { get; init; } = "";

    /// <summary>The same link under its short name.</summary>
    public string Url { get => field ?? DownloadUrl; init; }

    /// <summary>When the link stops working, UTC; null when the server did not say.</summary>
    [JsonIgnore]
    public DateTimeOffset? ExpiresAt => ExpiresAtMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : ExpiresAtOnTheWire;

    /// <summary>When the link stops working, in milliseconds since 1970-01-01 UTC; null when the server did not say.</summary>
    public long? ExpiresAtMs { get; init; }

    /// <summary>How long the link worked when it was made, in seconds; null when the server did not say.</summary>
    public long? ExpiresInSeconds { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }

    [JsonInclude, JsonPropertyName("expires_at")]
    internal DateTimeOffset? ExpiresAtOnTheWire { get; set; }
}
