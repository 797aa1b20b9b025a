using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coffer.Access;

/// <summary>The keys by which an account's tokens are verified besides its secrets. Source: RFC 7517, RFC 7518 §6.</summary>
public sealed class JsonWebKeySet
{
    private const int MaxParsed = 256;
    private static readonly ConcurrentDictionary<string, JsonWebKeySet> Parsed = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<JsonWebKey> _keys;

    private JsonWebKeySet(IReadOnlyList<JsonWebKey> keys) => _keys = keys;

    /// <param name="json">A JSON object with a member <c>keys</c>. Keys of kinds that are not known here are passed over.</param>
    /// <exception cref="StoreException">InvalidArgument when it is no key set, or a key of a known kind is broken.</exception>
    public static JsonWebKeySet Parse(string json)
    {
        if (Parsed.TryGetValue(json, out JsonWebKeySet? known))
        {
            return known;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var set = new JsonWebKeySet(
                [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(JsonWebKey.Read).OfType<JsonWebKey>()]);
            if (Parsed.Count >= MaxParsed)
            {
                Parsed.Clear();
            }

            return Parsed.GetOrAdd(json, set);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or CryptographicException)
        {
            throw new StoreException(
                StoreErrorCode.InvalidArgument, "the key set is not {\"keys\":[…]} with RSA, EC (P-256) or oct keys as RFC 7517 writes them", broken);
        }
    }

    /// <summary>Whether a key of the set signed the token; null when none of them is meant by its <c>kid</c> and <c>alg</c>.</summary>
    internal bool? Verify(JsonWebToken token)
    {
        bool? result = null;
        foreach (JsonWebKey key in _keys)
        {
            if (key.Algorithm == token.Algorithm && (token.KeyId is null || key.Id is null || key.Id == token.KeyId))
            {
                if (key.Verify(token.Signed, token.Signature))
                {
                    return true;
                }

                result = false;
            }
        }

        return result;
    }
}

/// <summary>One key, for one algorithm: what the sender names never chooses how a key is used.</summary>
internal sealed class JsonWebKey(string? id, string algorithm, Func<byte[], byte[], bool> verify)
{
    private readonly Lock _gate = new(); // the system's key objects are not for two threads at once

    public string? Id => id;

    public string Algorithm => algorithm;

    /// <returns>Null for a kind of key that is not used here.</returns>
    public static JsonWebKey? Read(JsonElement key) => JsonWebToken.Text(key, "use") is "enc" ? null : JsonWebToken.Text(key, "kty") switch
    {
        "oct" => Symmetric(key),
        "RSA" => Rsa(key),
        "EC" when JsonWebToken.Text(key, "crv") is "P-256" => Ecdsa(key),
        _ => null,
    };

    public bool Verify(byte[] signed, byte[] signature)
    {
        lock (_gate)
        {
            return verify(signed, signature);
        }
    }

    private static JsonWebKey Symmetric(JsonElement key)
    {
        byte[] secret = Bytes(key, "k");
        if (secret.Length < Accounts.MinSecretBytes)
        {
            throw new FormatException("an oct key is too short");
        }

        return new JsonWebKey(
            JsonWebToken.Text(key, "kid"), "HS256",
            (signed, signature) => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, signed), signature));
    }

    private static JsonWebKey Rsa(JsonElement key)
    {
        var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        if (rsa.KeySize < 2048)
        {
            throw new FormatException("an RSA key is too short");
        }

        return new JsonWebKey(
            JsonWebToken.Text(key, "kid"), "RS256",
            (signed, signature) => rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static JsonWebKey Ecdsa(JsonElement key)
    {
        var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
        });
        return new JsonWebKey(
            JsonWebToken.Text(key, "kid"), "ES256",
            (signed, signature) => ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    private static byte[] Bytes(JsonElement key, string name) =>
        Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(JsonWebToken.Text(key, name) ?? throw new FormatException($"{name} is missing")));
}
