using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Coffer.IntegrationTests.Server;

/// <summary>
/// Links made by the test itself with the server's signing key: those that the server would not hand out. Written from the
/// rule (HMAC-SHA256 over use, id and expiry, under a key derived for this purpose), so it also pins that rule: links that are
/// out there must outlive an update.
/// </summary>
internal static class Signing
{
    private const string Base32 = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A download link to an object in any state.</summary>
    public static string DownloadUrl(CofferProcess server, string id) =>
        Link(server, "download", id, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds());

    public static string Link(CofferProcess server, string use, string id, long expiresAtMs, string? signingKey = null)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(signingKey ?? Canary.SigningKey), key, [], "coffer signed object url 1"u8);
        byte[] message = [(byte)(use switch { "upload" => 1, "download" => 2, _ => 3 }), .. IdBytes(id), .. BigEndian(expiresAtMs)];
        string signature = Base64Url.EncodeToString(HMACSHA256.HashData(key, message));
        server.Handed.Add(signature);
        return $"{server.BaseUrl}v1/objects/{id}/content?use={use}&expires={expiresAtMs}&signature={signature}";
    }

    private static byte[] IdBytes(string id)
    {
        UInt128 value = 0;
        foreach (char digit in id["obj_".Length..])
        {
            value = (value << 5) | (uint)Base32.IndexOf(digit, StringComparison.Ordinal);
        }

        return [.. BigEndian((long)(ulong)(value >> 64)), .. BigEndian((long)(ulong)value)];
    }

    private static byte[] BigEndian(long value)
    {
        byte[] bytes = BitConverter.GetBytes(value);
        Array.Reverse(bytes);
        return bytes;
    }
}
