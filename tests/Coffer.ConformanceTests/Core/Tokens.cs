using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coffer.ConformanceTests.Core;

/// <summary>JSON Web Tokens made as any other program would make them, right and wrong.</summary>
internal static class Tokens
{
    public static string Hs256(string secret, object claims, object? header = null) => Sign(
        header ?? new { alg = "HS256", typ = "JWT" }, claims, bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes));

    public static string Rs256(RSA key, object claims, string kid) => Sign(
        new { alg = "RS256", kid }, claims, bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(ECDsa key, object claims, string kid) =>
        Sign(new { alg = "ES256", kid }, claims, bytes => key.SignData(bytes, HashAlgorithmName.SHA256));

    public static string Sign(object header, object claims, Func<byte[], byte[]> sign)
    {
        string signed = $"{Part(header)}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The public halves of keys as a key set.</summary>
    public static string KeySet(RSA rsa, ECDsa ecdsa)
    {
        RSAParameters r = rsa.ExportParameters(includePrivateParameters: false);
        ECParameters e = ecdsa.ExportParameters(includePrivateParameters: false);
        return JsonSerializer.Serialize(new
        {
            keys = new object[]
            {
                new { kty = "RSA", kid = "r", alg = "RS256", n = Base64Url.EncodeToString(r.Modulus), e = Base64Url.EncodeToString(r.Exponent) },
                new { kty = "EC", crv = "P-256", kid = "e", x = Base64Url.EncodeToString(e.Q.X), y = Base64Url.EncodeToString(e.Q.Y) },
                new { kty = "OKP", crv = "Ed25519", kid = "unknown", x = "AAAA" },
            },
        });
    }

    private static string Part(object value) =>
        Base64Url.EncodeToString(value as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(value));
}
