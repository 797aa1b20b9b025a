using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One page of an archive's entries, in the order of their names' bytes. Coffer only.</summary>
public sealed record ArchiveEntryPage
{
    /// <summary>The entries of this page.</summary>
    public IReadOnlyList<ArchiveEntry> Entries { get; init; } = [];

    /// <summary>Whether another page begins after the last entry of this one.</summary>
    public bool HasMore { get; init; }

    /// <summary>How many entries the archive has in all; null when the server left it out.</summary>
    public long? TotalCount { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}
