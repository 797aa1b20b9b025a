using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One page of a listing, newest objects first.</summary>
/// <remarks>Source: Objects API, ObjectListView.</remarks>
public sealed record ObjectPage
{
    /// <summary>The objects of this page; empty when nothing matches or the cursor is unknown.</summary>
    public IReadOnlyList<ObjectView> Objects { get; init; } = [];

    /// <summary>Whether another page begins after the last object of this one.</summary>
    public bool HasMore { get; init; }

    /// <summary>How many objects match the filters in all, wherever the page begins; null when it was not asked for.</summary>
    public long? TotalCount { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}
