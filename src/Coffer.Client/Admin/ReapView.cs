using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What one removal of expired objects came to.</summary>
public sealed record ReapView
{
    /// <summary>How many objects and other rows were removed.</summary>
    public long Removed { get; init; }

    /// <summary>Whether the server removes nothing for the moment, because its clock jumped and nobody confirmed it.</summary>
    public bool Holding { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}
