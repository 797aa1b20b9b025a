using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One key of a Coffer server, without its token.</summary>
public sealed record KeyView
{
    /// <summary>The key's identifier, by which it is revoked.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Id { get; init; } = "";

    /// <summary>The account that the key acts for.</summary>
    public string Account { get; init; } = "";

    /// <summary>What the key may do.</summary>
    public KeyRight Right { get; init; }

    /// <summary>What the key is for, in the words of whoever made it; null when nothing was said.</summary>
    public string? Label { get; init; }

    /// <summary>The person or program that the key stands for; null when nobody was named.</summary>
    public string? Subject { get; init; }

    /// <summary>When the key was created, in milliseconds since 1970-01-01 UTC.</summary>
    public long CreatedAtMs { get; init; }

    /// <summary>About when the key was last used, in milliseconds since 1970-01-01 UTC; null when never.</summary>
    public long? LastUsedAtMs { get; init; }

    /// <summary>When the key was revoked, in milliseconds since 1970-01-01 UTC; null while it is good.</summary>
    public long? RevokedAtMs { get; init; }

    /// <summary>Whether it is the key that this client calls with; false from a server that does not say.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}

internal sealed record KeyList(IReadOnlyList<KeyView> Keys);
