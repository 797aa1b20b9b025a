using System.Text.Json;
using System.Text.Json.Serialization;
using Coffer.Access;
using Coffer.Server.Configuration;

namespace Coffer.Server.Bootstrap;

/// <summary>The file of COFFER_BOOTSTRAP: accounts with their keys, buckets and policies, applied at each start.</summary>
internal sealed record BootstrapFile
{
    // Set, not init: the generated reader gives every init property a value, null where the file has none.
    public IReadOnlyList<BootstrapAccount> Accounts { get; set; } = [];

    public IReadOnlyList<BootstrapBucket> Buckets { get; set; } = [];

    /// <summary>As the admin routes take them, each with the name of its account; <c>default</c> when it names none.</summary>
    public IReadOnlyList<JsonElement> Policies { get; set; } = [];

    /// <exception cref="ConfigurationException">The file cannot be read, holds something unknown, or breaks a rule; the message names it.</exception>
    public static BootstrapFile Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, BootstrapJson.Default.BootstrapFile)
                ?? throw new ConfigurationException($"the bootstrap file {path} holds null; it holds an object with accounts, buckets and policies");
        }
        catch (JsonException broken)
        {
            throw new ConfigurationException($"the bootstrap file {path} is wrong at {broken.Path ?? "$"}, line {broken.LineNumber + 1}: {Reason(broken)}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"the bootstrap file {path} cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>The serializer's sentence without its own coordinates, which name types of this program.</summary>
    private static string Reason(JsonException broken) => broken.Message.Split(" Path:")[0].Split(" The JSON property")[0];
}

/// <param name="JwtSecret">Itself, or <c>env:NAME</c>, or <c>file:PATH</c>.</param>
/// <param name="Jwks">A JSON Web Key Set, or a text that names where one is: <c>env:NAME</c> or <c>file:PATH</c>.</param>
internal sealed record BootstrapAccount(
    [property: JsonRequired] string Name, string? JwtSecret = null, IReadOnlyList<BootstrapKey>? Keys = null, JsonElement? Jwks = null);

/// <param name="Token">Itself, or <c>env:NAME</c>, <c>file:PATH</c>, or <c>sha256:HEX</c> of it.</param>
internal sealed record BootstrapKey(
    [property: JsonRequired] string Token, [property: JsonRequired] Right Right, string? Label = null, string? Subject = null);

internal sealed record BootstrapBucket(
    [property: JsonRequired] string Name,
    string Account = Coffer.Access.Account.DefaultName,
    bool Public = false,
    long? FileSizeLimit = null,
    IReadOnlyList<string>? AllowedMimeTypes = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(BootstrapFile))]
internal sealed partial class BootstrapJson : JsonSerializerContext;
