using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What is to change about an object. What is left null stays as it is.</summary>
/// <remarks>Source: Coffer's own <c>PATCH /v1/objects/{id}</c>; other services do not have it.</remarks>
public sealed record ObjectUpdateRequest
{
    /// <summary>The new display name.</summary>
    public string? Name { get; init; }

    /// <summary>The new pairs, in place of all old ones.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Whether anyone may read the object. Taking it back also ends links that were made before.</summary>
    public bool? IsPublic { get; init; }

    /// <summary>
    /// The new lifetime, counted from now, in whole milliseconds (a fraction is rounded up); zero means without end.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    [JsonIgnore]
    public TimeSpan? TimeToLive { get; init => field = Lifetime.NotNegative(value); }

    [JsonInclude, JsonPropertyName("ttl_ms")]
    internal long? TtlMs => Lifetime.Milliseconds(TimeToLive);
}
