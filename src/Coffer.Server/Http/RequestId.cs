using System.Buffers.Text;
using Microsoft.Extensions.Primitives;

namespace Coffer.Server.Http;

/// <summary>The id under which a request is found in the log: the caller's own where it can be sent back as a header.</summary>
internal static class RequestId
{
    private const int Longest = 255;

    public static string Of(StringValues sent) =>
        sent is { Count: 1 } && sent[0] is { Length: > 0 and <= Longest } id && !id.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? id
            : New();

    private static string New()
    {
        Span<byte> random = stackalloc byte[12];
        Random.Shared.NextBytes(random); // it opens nothing: it need not be hard to guess, and OpenSSL takes as long as a read does
        return string.Concat("req_", Base64Url.EncodeToString(random));
    }
}
