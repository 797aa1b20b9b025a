using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>The policies of one account.</summary>
public sealed record PolicyList
{
    /// <summary>The policies as JSON, in the order in which they were added; they can be put again as they are.</summary>
    public IReadOnlyList<JsonElement> Policies { get; init => field = value ?? []; } = [];

    /// <summary>The names of those that the server's bootstrap file made, and makes again at its next start.</summary>
    public IReadOnlyList<string> Managed { get; init => field = value ?? []; } = [];

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}
