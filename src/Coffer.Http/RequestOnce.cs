using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>The caller's <c>x-request-id</c> of a creating call: all tries of one call carry the same, so that no retry makes a twin.</summary>
public static class RequestOnce
{
    private const int MaxLength = 255;

    /// <param name="call">Method and path of the call.</param>
    /// <returns>Token and digest of the body; null when the caller gave no id.</returns>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static (string Token, byte[] Digest)? Of(HttpContext http, string call, JsonBody body)
    {
        string? requestId = http.Request.Headers["x-request-id"];
        if (string.IsNullOrEmpty(requestId))
        {
            return null;
        }

        return requestId.Length <= MaxLength
            ? ($"{call} {requestId}", SHA256.HashData(body.Bytes.Span))
            : throw new StoreException(StoreErrorCode.InvalidArgument, $"x-request-id has at most {MaxLength} characters");
    }
}
