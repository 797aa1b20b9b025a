using System.Text.Json;
using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>Resolves the token of a request: a key, or a JSON Web Token of an account.</summary>
public sealed class Callers(ICatalog catalog, AccessKeys keys)
{
    private readonly KnownAccounts _accounts = new(catalog);
    private readonly KnownTokens _tokens = new();

    /// <exception cref="StoreException">
    /// NotAuthenticated for a key that nobody holds, or no longer; TokenInvalid for what has the form of a JSON Web Token and is not
    /// genuine or not in time.
    /// </exception>
    public async ValueTask<Caller> ResolveAsync(string token, CancellationToken cancellationToken)
    {
        bool isCompact = JsonWebToken.IsCompact(token);
        if (isCompact && _tokens.Find(token, await _accounts.AllAsync(cancellationToken)) is { } known)
        {
            return await AdmitAsync(known, cancellationToken);
        }

        if (await keys.AuthenticateAsync(token, cancellationToken) is { } holder)
        {
            return holder;
        }

        return isCompact
            ? await ByTokenAsync(token, cancellationToken)
            : throw new StoreException(StoreErrorCode.NotAuthenticated, "this key is unknown or revoked");
    }

    private async ValueTask<Caller> ByTokenAsync(string text, CancellationToken cancellationToken)
    {
        JsonWebToken token = JsonWebToken.Parse(text);
        bool isJudged = false;
        foreach (KeyedAccount keyed in (await _accounts.AllAsync(cancellationToken)).All)
        {
            bool? isOf = TokenVerifier.IsOf(keyed, token);
            isJudged |= isOf is not null;
            if (isOf is true)
            {
                var known = new KnownToken(keyed, CallerOf(keyed.Account, token.Claims));
                Caller caller = await AdmitAsync(known, cancellationToken);
                _tokens.Add(text, known);
                return caller;
            }
        }

        throw isJudged ? TokenFailures.WrongSignature() : TokenFailures.WrongAlgorithm();
    }

    /// <summary>Looks at what may have changed since the token was made: the time, and its key.</summary>
    private async ValueTask<Caller> AdmitAsync(KnownToken token, CancellationToken cancellationToken)
    {
        Caller caller = token.Caller;
        JsonElement claims = caller.Claims!.Value;
        TokenVerifier.RequireInTime(claims, catalog.NowMs);
        if (LinkTokens.IsLink(claims))
        {
            throw TokenFailures.OfLink();
        }

        if (caller.Key is { } key && await keys.FindLiveAsync(key, caller.Account!.Value, cancellationToken) is null)
        {
            throw new StoreException(StoreErrorCode.NotAuthenticated, "the key of this token is revoked");
        }

        return caller;
    }

    private static Caller CallerOf(Account account, JsonElement claims)
    {
        string role = JsonWebToken.Text(claims, "role") is { Length: > 0 } given ? given : "anon";
        string? key = JsonWebToken.Text(claims, AccessKeys.KeyIdClaim);
        return new Caller
        {
            Account = account.Id,
            Right = role switch
            {
                "service_role" => Right.Service,
                "authenticated" => Right.Authenticated,
                _ => Right.Anon,
            },
            TokenRole = role,
            Key = key is null ? null : Guid.TryParse(key, out Guid id) ? id : Guid.Empty, // of no key
            Subject = JsonWebToken.Text(claims, "sub") is { Length: > 0 } subject ? subject : null,
            Claims = claims,
        };
    }
}
