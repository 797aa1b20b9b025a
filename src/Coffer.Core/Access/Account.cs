using Coffer.Buckets;

namespace Coffer.Access;

/// <summary>An account's number inside the catalog.</summary>
public readonly record struct AccountId(long Value);

/// <summary>The tenant: owns buckets, objects and keys.</summary>
public sealed record Account
{
    /// <summary>The account of the embedded default.</summary>
    public const string DefaultName = "default";

    public AccountId Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Secrets by which its JSON Web Tokens are verified, the signing one first; null when it has none.</summary>
    public IReadOnlyList<string>? JwtSecrets { get; init; }

    /// <summary>Public keys by which its tokens are verified too: a JSON Web Key Set (RFC 7517) as JSON; null when it has none.</summary>
    public string? KeySet { get; init; }

    public required long CreatedAtMs { get; init; }

    /// <summary>The bucket that holds what the Objects dialect makes.</summary>
    public BucketId ObjectsBucket { get; init; }

    /// <summary>Whether the bootstrap file made it.</summary>
    public bool IsManaged { get; init; }

    /// <summary>The name of the bucket for the Objects dialect.</summary>
    public static string ObjectsBucketName(string account) => account == DefaultName ? "objects" : $"objects-{account}";
}
