using System.Globalization;
using Coffer.Access;
using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>The Authorization header of the JSON routes.</summary>
public static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>Everything after the first space: tokens may hold spaces. Null when there is no bearer token.</summary>
    public static string? Of(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.Length > Scheme.Length
            ? header[Scheme.Length..]
            : null;
    }

    /// <summary>Who holds the token of this request; noted for the request log.</summary>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid.</exception>
    public static async ValueTask<Caller> CallerAsync(HttpContext http, Callers callers)
    {
        string token = Of(http.Request) ?? throw new StoreException(
            StoreErrorCode.NotAuthenticated, "this call needs a key: send the header 'Authorization: Bearer <key>'");
        Caller caller = await callers.ResolveAsync(token, http.RequestAborted);
        http.Facts().Account = caller.Account?.Value.ToString(CultureInfo.InvariantCulture);
        return caller with { Operation = OperationOf(http), Header = name => http.Request.Headers[name] };
    }

    /// <summary>The name of what the request asks for, as the log has it; empty when its route has none.</summary>
    public static string OperationOf(HttpContext http) =>
        http.Facts().Operation ?? http.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.Name ?? "";
}
