using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coffer.Access;

/// <summary>Checks whether an account's secrets or keys signed a token, and whether it is in time.</summary>
internal static class TokenVerifier
{
    /// <summary>Whether the account signed it; null when no secret and no key of the account is for its algorithm.</summary>
    /// <remarks>
    /// A token with <c>kid</c> is judged by the key set when that holds such a key, else by the secrets, which have no ids. What is not
    /// HS256 is never judged by a secret: a public key sent as a secret would otherwise sign.
    /// </remarks>
    public static bool? IsOf(KeyedAccount keyed, JsonWebToken token)
    {
        bool? result = keyed.Keys?.Verify(token);
        if (result is true || token.Algorithm != "HS256" || keyed.Account.JwtSecrets is not { Count: > 0 } secrets)
        {
            return result;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (string secret in secrets)
        {
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), token.Signed, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, token.Signature))
            {
                return true;
            }
        }

        return false;
    }

    /// <exception cref="StoreException">TokenInvalid: another account's, forged, or an algorithm that is not allowed.</exception>
    public static void RequireOf(Account account, JsonWebToken token)
    {
        bool? isOf = IsOf(new KeyedAccount(account, account.KeySet is { } json ? JsonWebKeySet.Parse(json) : null), token);
        if (isOf is not true)
        {
            throw isOf is null ? TokenFailures.WrongAlgorithm() : TokenFailures.WrongSignature();
        }
    }

    /// <exception cref="StoreException">TokenInvalid: expired, or not valid yet.</exception>
    public static void RequireInTime(JsonElement claims, long nowMs)
    {
        if (Seconds(claims, "exp") is { } end && nowMs >= end * 1000)
        {
            throw TokenFailures.OutOfTime("exp");
        }

        if (Seconds(claims, "nbf") is { } start && nowMs < start * 1000)
        {
            throw TokenFailures.OutOfTime("nbf");
        }
    }

    /// <summary>A moment in seconds, fractions allowed; null when the claim is absent.</summary>
    internal static double? Seconds(JsonElement claims, string claim)
    {
        if (!claims.TryGetProperty(claim, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out double seconds) && double.IsFinite(seconds)
            ? seconds
            : throw TokenFailures.BadTime(claim);
    }
}
