using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One file, directory or link of an archive, as extraction would leave it. Coffer only.</summary>
public sealed record ArchiveEntry
{
    /// <summary>The path inside the archive, with <c>/</c> between its parts; never empty, never with a slash at an end.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Name { get; init; } = "";

    /// <summary>What it is.</summary>
    public ArchiveEntryKind Kind { get; init; }

    /// <summary>The size in bytes of the content; 0 for directories and symbolic links.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The permissions, as octal digits such as <c>0644</c>; null when the server left them out.</summary>
    public string? Mode { get; init; }

    /// <summary>When the content was last changed, in milliseconds since 1970-01-01 UTC.</summary>
    public long ModifiedTimeMs { get; init; }

    /// <summary>Where a link leads; null for everything else.</summary>
    public string? Target { get; init; }

    /// <summary>When the content was last changed, UTC; the nearest moment that the type holds.</summary>
    [JsonIgnore]
    public DateTimeOffset ModifiedAt => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(
        ModifiedTimeMs, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }

    // The instant of modified_time_ms once more, as text; named here so that it is no unknown field.
    [JsonInclude, JsonPropertyName("modified_at")]
    internal JsonElement? ModifiedAtOnTheWire { get; set; }
}
