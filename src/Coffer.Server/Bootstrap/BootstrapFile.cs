using System.Text.Json;
using Coffer.Access;
using Coffer.Server.Configuration;

namespace Coffer.Server.Bootstrap;

/// <summary>The file of COFFER_BOOTSTRAP: accounts with their keys, buckets and policies, applied at each start.</summary>
internal sealed record BootstrapFile
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    public required string Path { get; init; }

    public required IReadOnlyList<BootstrapAccount> Accounts { get; init; }

    public required IReadOnlyList<BootstrapBucket> Buckets { get; init; }

    public required IReadOnlyList<BootstrapPolicy> Policies { get; init; }

    /// <exception cref="ConfigurationException">
    /// The file cannot be read, is no JSON, or holds what it cannot hold; the message names the file, the member and its line.
    /// </exception>
    public static BootstrapFile Read(string path)
    {
        byte[] json = [];
        try
        {
            json = File.ReadAllBytes(path);
            json = json.AsSpan().StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;
            using JsonDocument document = JsonDocument.Parse(json, BootstrapMember.Syntax);
            return BootstrapReader.Read(document.RootElement, path);
        }
        catch (JsonException broken)
        {
            // The parser's own sentence speaks of its tokens.
            throw new ConfigurationException(
                $"the bootstrap file {path} is not valid JSON from line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1} on; "
                + "look there and just before for a comma, a quote or a bracket that is missing or too much", broken);
        }
        catch (BootstrapMemberException wrong)
        {
            throw new ConfigurationException(
                $"the bootstrap file {path} is wrong in line {JsonLines.LineOf(json, wrong.Where)}: {wrong.Message}", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"the bootstrap file {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }
}

/// <param name="JwtSecret">Itself, or <c>env:NAME</c>, or <c>file:PATH</c>.</param>
/// <param name="Jwks">A JSON Web Key Set, or what <see cref="IsJwksElsewhere"/> says.</param>
/// <param name="IsJwksElsewhere">Whether <see cref="Jwks"/> names where the key set is: <c>env:NAME</c> or <c>file:PATH</c>.</param>
internal sealed record BootstrapAccount(
    string Name, string? JwtSecret, IReadOnlyList<BootstrapKey> Keys, string? Jwks, bool IsJwksElsewhere);

/// <param name="Token">Itself, or <c>env:NAME</c>, <c>file:PATH</c>, or <c>sha256:HEX</c> of it.</param>
internal sealed record BootstrapKey(string Token, Right Right, string? Label, string? Subject);

internal sealed record BootstrapBucket(
    string Name, string Account, bool Public, long? FileSizeLimit, IReadOnlyList<string> AllowedMimeTypes);

/// <param name="Json">A rule or a preset, as the admin routes take it.</param>
internal sealed record BootstrapPolicy(string Account, JsonElement Json);
