using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What a change of an account's policies came to.</summary>
public sealed record PolicyChangeView
{
    /// <summary>The policies that were put, presets written out; empty after a removal.</summary>
    public IReadOnlyList<JsonElement> Policies { get; init => field = value ?? []; } = [];

    /// <summary>How many policies were removed.</summary>
    public long Removed { get; init; }

    /// <summary>
    /// Buckets that the policies name and the account does not have, by name: to be made later, or misspelt. Empty after a removal.
    /// </summary>
    public IReadOnlyList<string> UnknownBuckets { get; init => field = value ?? []; } = [];

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}
