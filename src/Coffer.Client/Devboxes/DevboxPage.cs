using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One page of a listing, newest devboxes first.</summary>
/// <remarks>Source: Devboxes API, DevboxListView.</remarks>
public sealed record DevboxPage
{
    /// <summary>The devboxes of this page; empty when nothing matches or the cursor is unknown.</summary>
    public IReadOnlyList<DevboxView> Devboxes { get; init; } = [];

    /// <summary>Whether another page begins after the last devbox of this one.</summary>
    public bool HasMore { get; init; }

    /// <summary>How many devboxes match in all, wherever the page begins; null when it was not asked for.</summary>
    public long? TotalCount { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}

/// <summary>Which devboxes a listing shows. What is left null does not narrow.</summary>
/// <remarks>Source: Devboxes API, list parameters.</remarks>
public sealed record DevboxListRequest
{
    /// <summary>Devboxes on a page: 20 when null, 5000 at most.</summary>
    public int? Limit { get; init; }

    /// <summary>The page begins after the devbox with this id.</summary>
    public string? StartingAfter { get; init; }

    /// <summary>Exactly this status; those that have ended are listed too when null.</summary>
    public DevboxStatus? Status { get; init; }

    /// <summary>Whether to count every match: yes when null.</summary>
    public bool? IncludeTotalCount { get; init; }
}
