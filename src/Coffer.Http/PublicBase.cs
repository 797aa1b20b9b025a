using System.Net;
using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>The base of absolute URLs in answers.</summary>
public static class PublicBase
{
    /// <summary>
    /// The configured public URL, else scheme, host and prefix of the request as trusted proxies reported them.
    /// No trailing slash.
    /// </summary>
    public static string Of(HttpContext http) =>
        http.Facts().PublicBase
        ?? string.Concat(http.Request.Scheme, "://", HostOf(http), http.Request.PathBase.ToUriComponent());

    private static string HostOf(HttpContext http)
    {
        if (http.Request.Host.HasValue)
        {
            return http.Request.Host.ToUriComponent();
        }

        // HTTP/1.0 may come without a Host; the address it reached is then the only name we know.
        var local = new IPEndPoint(http.Connection.LocalIpAddress ?? IPAddress.Loopback, http.Connection.LocalPort);
        return local.ToString();
    }
}
