using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>Signed URLs as they are answered: relative to the base of the API, which each client puts before them.</summary>
internal static class SignedPaths
{
    /// <summary>The largest moment that JavaScript can tell from its neighbours.</summary>
    private const long MaxTimeMs = (1L << 53) - 1;

    public static string Download(ObjectAddress address, string token) => $"/object/sign/{Written(address)}?token={token}";

    public static string Upload(ObjectAddress address, string token) => $"/object/upload/sign/{Written(address)}?token={token}";

    /// <summary>The moment that lies <c>expiresIn</c> seconds ahead.</summary>
    /// <exception cref="StorageRefusal">It is missing, below 1, or beyond all calendars.</exception>
    public static long ExpiryOf(StorageCall call, StorageBody body)
    {
        long seconds = body.Integer("expiresIn", min: 1) ?? throw body.Missing("expiresIn");
        long now = call.Dialect.Objects.NowMs;
        return seconds <= (MaxTimeMs - now) / 1000
            ? now + (seconds * 1000)
            : throw new StorageRefusal(StorageErrors.InvalidParameter, "Invalid Parameter expiresIn");
    }

    /// <summary>Clients encode what they are given, or do not; so only what would end a path is encoded here.</summary>
    private static string Written(ObjectAddress address) => address.ToString()
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("?", "%3F", StringComparison.Ordinal)
        .Replace("#", "%23", StringComparison.Ordinal);
}
