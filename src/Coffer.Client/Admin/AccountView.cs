using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One account of a Coffer server.</summary>
public sealed record AccountView
{
    /// <summary>The account's name; unique on the server.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Name { get; init; } = "";

    /// <summary>When the account was created, in milliseconds since 1970-01-01 UTC.</summary>
    public long CreatedAtMs { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}

internal sealed record AccountList(IReadOnlyList<AccountView> Accounts);

internal sealed record AccountCreateRequest(string Name, string? JwtSecret);
