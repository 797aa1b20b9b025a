using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A new key with its token, which no later answer holds.</summary>
public sealed record CreatedKey
{
    /// <summary>The key's identifier, by which it is revoked.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Id { get; init; } = "";

    /// <summary>The secret that goes into <see cref="CofferClientOptions.BearerToken"/>; keep it now or never.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Token { get; init; } = "";

    /// <summary>
    /// The same key as a JSON Web Token, which clients of the Storage API expect; revoked with it. Null from a server that has no such form.
    /// </summary>
    [JsonPropertyName("jwt")]
    public string? WebToken { get; init; }

    /// <summary>The account that the key acts for.</summary>
    public string Account { get; init; } = "";

    /// <summary>What the key may do.</summary>
    public KeyRight Right { get; init; }

    /// <summary>What the key is for; null when nothing was said.</summary>
    public string? Label { get; init; }

    /// <summary>The person or program that the key stands for; null when nobody was named.</summary>
    public string? Subject { get; init; }

    /// <summary>When the key was created, in milliseconds since 1970-01-01 UTC.</summary>
    public long CreatedAtMs { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }

    // Printed records end up in logs; this one's secrets must not.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"Id = {Id}, Account = {Account}, Right = {Right}, Label = {Label}, Subject = {Subject}");
        return true;
    }
}
