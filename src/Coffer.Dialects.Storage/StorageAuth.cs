using System.Globalization;
using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>Who calls: by the token in <c>Authorization</c>, with or without <c>Bearer</c>, else by the one in <c>apikey</c>.</summary>
internal static class StorageAuth
{
    private const string Scheme = "Bearer ";

    /// <exception cref="StorageRefusal">The request has no token, or the operator's, who owns no buckets.</exception>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid.</exception>
    public static async ValueTask<Caller> CallerAsync(StorageCall call)
    {
        string token = TokenOf(call.Http.Request) ?? throw StorageErrors.Validation("headers must have required property 'authorization'");
        Caller caller = await call.Dialect.Callers.ResolveAsync(token, call.Aborted);
        return caller.Account is { } account
            ? Known(call, caller, account)
            : throw new StorageRefusal(StorageErrors.Unauthorized, "the operator key opens no buckets: use a service key of the account");
    }

    /// <summary>Where a token is not needed; one that is good for nothing is then as good as none.</summary>
    public static async ValueTask<Caller> CallerIfAnyAsync(StorageCall call)
    {
        if (TokenOf(call.Http.Request) is not { } token)
        {
            return Caller.Nobody;
        }

        try
        {
            Caller caller = await call.Dialect.Callers.ResolveAsync(token, call.Aborted);
            return caller.Account is { } account ? Known(call, caller, account) : Caller.Nobody;
        }
        catch (StoreException refused) when (refused.Code is StoreErrorCode.NotAuthenticated or StoreErrorCode.TokenInvalid)
        {
            return Caller.Nobody;
        }
    }

    /// <summary>For what only the service right may do.</summary>
    /// <exception cref="StorageRefusal">Another right, or no token.</exception>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid.</exception>
    public static async ValueTask<Caller> ServiceAsync(StorageCall call)
    {
        Caller caller = await CallerAsync(call);
        return caller.Right is Right.Service ? caller : throw new StorageRefusal(StorageErrors.InvalidRole, "");
    }

    /// <summary>The token of a signed URL, found in time and made for this object and use.</summary>
    /// <exception cref="StorageRefusal">InvalidJWT, or there is no token.</exception>
    /// <exception cref="StoreException">SignatureInvalid.</exception>
    public static async ValueTask<TLink> LinkAsync<TLink>(StorageCall call, Func<string, ValueTask<TLink>> verify)
    {
        string? token = call.Http.Request.Query["token"];
        if (token is null)
        {
            throw StorageErrors.Validation("querystring must have required property 'token'");
        }

        try
        {
            return await verify(token);
        }
        catch (StoreException refused) when (refused.Code is StoreErrorCode.TokenInvalid)
        {
            throw new StorageRefusal(StorageErrors.InvalidJwt, refused.Message);
        }
    }

    private static string? TokenOf(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        if (header is null)
        {
            return request.Headers["apikey"] is [{ Length: > 0 } key] ? key : null;
        }

        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : header;
    }

    private static Caller Known(StorageCall call, Caller caller, AccountId account)
    {
        call.Http.Facts().Account = account.Value.ToString(CultureInfo.InvariantCulture);
        if (caller.Right is Right.Service)
        {
            return caller with { Operation = call.Operation };
        }

        IHeaderDictionary headers = call.Http.Request.Headers;
        return caller with { Operation = call.Operation, Header = name => headers.TryGetValue(name, out var values) ? values.ToString() : null };
    }
}
