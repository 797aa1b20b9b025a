using System.Net;
using System.Security.Cryptography;
using System.Text;
using Coffer.Http;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Access;

/// <summary>Says whether the request carries the operator key.</summary>
public delegate ValueTask<bool> OperatorCheck(HttpContext http);

/// <summary>Lets operators in, and anyone on this machine when <c>COFFER_ADMIN_OPEN=loopback</c>.</summary>
public sealed class AdminGate(CofferOptions options, OperatorCheck isOperator)
{
    /// <summary>True when the request may go on; otherwise it has been answered with 401 or 403.</summary>
    public async ValueTask<bool> AdmitAsync(HttpContext http)
    {
        if (await isOperator(http) || IsOpenFor(http))
        {
            return true;
        }

        if (http.Request.Headers.Authorization.Count > 0)
        {
            await JsonError.WriteAsync(http, StatusCodes.Status403Forbidden, "operator_only", "This needs the operator key.");
            return false;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await JsonError.WriteAsync(
            http, StatusCodes.Status401Unauthorized, "unauthorized", "This needs the operator key as a bearer token.");
        return false;
    }

    /// <summary>Whether a request counts as the operator's without a key.</summary>
    public bool IsOpenFor(HttpContext http) => options.AdminOpenOnLoopback && IsFromThisMachine(http);

    /// <summary>The check of an installation whose operator key is configured.</summary>
    internal static OperatorCheck ByConfiguredKey(CofferOptions options)
    {
        byte[]? expected = options.OperatorKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(options.OperatorKey));
        return http => ValueTask.FromResult(
            expected is not null
            && BearerToken(http) is { } token
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), expected));
    }

    private static string? BearerToken(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is { } header
            && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..]
            : null;

    /// <summary>
    /// A connection from this machine that no proxy made for somebody else, and no web page: a page of any origin can
    /// send requests to 127.0.0.1, with a host name of its own that points there.
    /// </summary>
    private static bool IsFromThisMachine(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        string host = http.Request.Host.Host.Trim('[', ']');
        return http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
            && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("X-Forwarded-For")
            && !headers.ContainsKey("Origin")
            && (host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address)));
    }
}
