using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What a new object is to be.</summary>
/// <remarks>Source: Objects API, create parameters.</remarks>
public sealed record ObjectCreateRequest
{
    /// <summary>The display name, 1 to 1024 characters without control characters. Need not be unique.</summary>
    public required string Name { get; init; }

    /// <summary>One of the six classes, or a MIME type where the server takes one.</summary>
    public required ObjectContentType ContentType { get; init; }

    /// <summary>Up to 64 pairs of your own, with keys up to 128 and values up to 2048 characters; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// Lifetime, counted from creation; null or zero means without end. Sent in whole milliseconds, a fraction rounded up so
    /// that a short lifetime never turns into an endless one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    [JsonIgnore]
    public TimeSpan? TimeToLive { get; init => field = Lifetime.NotNegative(value); }

    /// <summary>Whether anyone may read the object once it is complete; null leaves it private. Coffer only.</summary>
    public bool? IsPublic { get; init; }

    [JsonInclude, JsonPropertyName("ttl_ms")]
    internal long? TtlMs => Lifetime.Milliseconds(TimeToLive);
}
