using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coffer.Access;

/// <summary>A signed token as it was sent, taken apart but not yet found genuine. Source: RFC 7515 §3.1, RFC 7519.</summary>
internal sealed class JsonWebToken
{
    /// <summary>Longest token in characters that is looked at; what nobody signed costs its length for each account.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    private JsonWebToken(string algorithm, string? keyId, JsonElement claims, byte[] signed, byte[] signature) =>
        (Algorithm, KeyId, Claims, Signed, Signature) = (algorithm, keyId, claims, signed, signature);

    /// <summary>The header's <c>alg</c>; empty when it says none.</summary>
    public string Algorithm { get; }

    /// <summary>The header's <c>kid</c>.</summary>
    public string? KeyId { get; }

    /// <summary>A JSON object. Anybody can say so: it counts for nothing before the signature was checked.</summary>
    public JsonElement Claims { get; }

    /// <summary>The bytes under the signature.</summary>
    public byte[] Signed { get; }

    public byte[] Signature { get; }

    /// <summary>Whether a token has the form of one: three parts, none of them empty.</summary>
    public static bool IsCompact(string token)
    {
        int first = token.IndexOf('.', StringComparison.Ordinal), last = token.LastIndexOf('.');
        return token.Length <= MaxLength && first > 0 && last > first + 1 && last < token.Length - 1
            && token.IndexOf('.', first + 1) == last;
    }

    /// <exception cref="StoreException">TokenInvalid.</exception>
    public static JsonWebToken Parse(string token)
    {
        if (!IsCompact(token))
        {
            throw TokenFailures.NotCompact();
        }

        int first = token.IndexOf('.', StringComparison.Ordinal), last = token.LastIndexOf('.');
        if (Object(token.AsSpan(0, first)) is not { } header || Text(header, "alg") is not { } algorithm || header.TryGetProperty("crit", out _))
        {
            throw TokenFailures.BadHeader(); // RFC 7515 §4.1.11: what must be understood and is not ends the token
        }

        JsonElement claims = Object(token.AsSpan(first + 1, last - first - 1)) ?? throw TokenFailures.BadClaims();
        byte[] signature = Decode(token.AsSpan(last + 1)) ?? throw TokenFailures.WrongSignature();
        return new JsonWebToken(algorithm, Text(header, "kid"), claims, Encoding.ASCII.GetBytes(token, 0, last), signature);
    }

    /// <summary>Makes a token of these claims, signed with HS256.</summary>
    /// <param name="secret">Its UTF-8 bytes are the key.</param>
    public static string Sign(string secret, Action<Utf8JsonWriter> writeClaims)
    {
        const string header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"; // {"alg":"HS256","typ":"JWT"}
        var claims = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(claims))
        {
            json.WriteStartObject();
            writeClaims(json);
            json.WriteEndObject();
        }

        string signed = $"{header}.{Base64Url.EncodeToString(claims.WrittenSpan)}";
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A claim's text; null when it is absent or something else.</summary>
    public static string? Text(JsonElement claims, string name)
    {
        try
        {
            return claims.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException) // half a character
        {
            return null;
        }
    }

    private static JsonElement? Object(ReadOnlySpan<char> part)
    {
        if (Decode(part) is not { } bytes)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, Options);
            JsonElement json = document.RootElement;
            return json.ValueKind is JsonValueKind.Object && json.EnumerateObject().All(static member => member.Name is not null)
                ? json.Clone()
                : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or half a character in a name: looking for one member reads the names of others
        }
    }

    /// <remarks>
    /// RFC 7515 §2: no padding, no line breaks, no white space, which the decoder skips. Written again it has to be the same, bits that
    /// no byte needs included (RFC 4648 §3.5), or one token would have many spellings.
    /// </remarks>
    private static byte[]? Decode(ReadOnlySpan<char> part)
    {
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        if (Base64Url.DecodeFromChars(part, bytes, out _, out int written) is not OperationStatus.Done)
        {
            return null;
        }

        bytes = bytes[..written];
        return part.SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : null;
    }
}
