using System.Security.Cryptography;
using System.Text;

namespace Coffer.Access;

/// <summary>What a key may do, from least to most. The numbers are stored.</summary>
public enum Right
{
    /// <summary>What policies allow to anybody.</summary>
    Anon = 1,

    /// <summary>What policies allow to signed-in users.</summary>
    Authenticated = 2,

    /// <summary>Everything in its own account.</summary>
    Service = 3,

    /// <summary>Accounts, keys of any account, metrics. Never the right of an account's key.</summary>
    Operator = 4,
}

/// <summary>Who keeps a key up. The numbers are stored.</summary>
public enum KeySource
{
    /// <summary>Made by a person through the admin routes.</summary>
    Made = 0,

    /// <summary>The service key of the configuration; another one than last time revokes the former.</summary>
    Configured = 1,

    /// <summary>Listed in the bootstrap file; no longer listed means revoked.</summary>
    Bootstrap = 2,
}

/// <summary>A bearer token's record. The token itself is never kept.</summary>
public sealed record AccessKey
{
    public required Guid Id { get; init; }

    public required AccountId Account { get; init; }

    /// <summary>SHA-256 of the token, 32 bytes.</summary>
    public required byte[] TokenHash { get; init; }

    public required Right Right { get; init; }

    public string? Label { get; init; }

    /// <summary>The user this key speaks for; becomes the owner of what it makes.</summary>
    public string? Subject { get; init; }

    public required long CreatedAtMs { get; init; }

    /// <summary>Coarse: written back in batches.</summary>
    public long? LastUsedAtMs { get; init; }

    public long? RevokedAtMs { get; init; }

    /// <summary>
    /// Who revoked it: a key that the configuration or the bootstrap file dropped lives again when either lists it, one revoked by
    /// hand never.
    /// </summary>
    public KeySource? RevokedBy { get; init; }

    public KeySource Source { get; init; }

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
