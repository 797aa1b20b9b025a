using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coffer.Http;

/// <summary>The request target as it was sent, percent-encoding and dot segments included.</summary>
/// <remarks>Routing reads %2F and %252F alike and resolves dot segments, so two keys could meet there.</remarks>
public static class RawTarget
{
    /// <summary>The path as sent, without query; <c>/a%2Fb/../c</c> stays as it is.</summary>
    public static ReadOnlySpan<char> PathOf(HttpContext http)
    {
        ReadOnlySpan<char> target = WithoutAuthority(http);
        int query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }

    /// <summary>The query as sent, without its question mark; empty when there is none.</summary>
    public static ReadOnlySpan<char> QueryOf(HttpContext http)
    {
        ReadOnlySpan<char> target = WithoutAuthority(http);
        int query = target.IndexOf('?');
        return query < 0 ? [] : target[(query + 1)..];
    }

    /// <summary>RFC 9112 §3.2.2: a request to a proxy, allowed to any server, names scheme and authority first.</summary>
    private static ReadOnlySpan<char> WithoutAuthority(HttpContext http)
    {
        ReadOnlySpan<char> target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith("/", StringComparison.Ordinal))
        {
            return target;
        }

        int scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return target;
        }

        ReadOnlySpan<char> rest = target[(scheme + 3)..];
        int start = rest.IndexOfAny('/', '?');
        return start < 0 ? "/" : rest[start..];
    }
}
