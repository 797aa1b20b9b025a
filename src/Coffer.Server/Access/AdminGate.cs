using System.Net;
using Coffer.Access;
using Coffer.Http;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Access;

/// <summary>Who holds the key of this request; null when it has none, or one that nobody holds.</summary>
public delegate ValueTask<Caller?> CallerCheck(HttpContext http);

/// <summary>Lets operators in, and anyone on this machine when <c>COFFER_ADMIN_OPEN=loopback</c>.</summary>
public sealed class AdminGate(CofferOptions options, CallerCheck callerOf)
{
    /// <summary>True when the request may go on; otherwise it has been answered with 401 or 403.</summary>
    public async ValueTask<bool> AdmitAsync(HttpContext http)
    {
        Caller? caller = await callerOf(http);
        if (caller?.Right is Right.Operator || IsOpenFor(http))
        {
            return true;
        }

        await Refusals.WriteAsync(http, caller is null
            ? new StoreException(StoreErrorCode.NotAuthenticated, "this needs the operator key as a bearer token")
            : new StoreException(StoreErrorCode.AccessDenied, "this is the operator's: use the operator key"));
        return false;
    }

    /// <summary>Whether a request counts as the operator's without a key.</summary>
    public bool IsOpenFor(HttpContext http) => options.AdminOpenOnLoopback && IsFromThisMachine(http);

    /// <summary>
    /// A connection from this machine that no proxy made for somebody else, and no web page: a page of any origin can
    /// send requests to 127.0.0.1, with a host name of its own that points there. By now a trusted proxy's headers may have
    /// replaced address and host, so none of them may be there, whoever sent them.
    /// </summary>
    private static bool IsFromThisMachine(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        string host = http.Request.Host.Host.Trim('[', ']');
        return http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
            && !headers.ContainsKey("Forwarded")
            && !headers.Keys.Any(static name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase))
            && !headers.ContainsKey("Origin")
            && (host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address)));
    }
}
