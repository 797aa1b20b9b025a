using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.Json;
using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>Resolves the token of a request: a key, or a JSON Web Token of an account.</summary>
public sealed class Callers(ICatalog catalog, AccessKeys keys)
{
    private const int MaxHints = 10_000;

    private readonly KnownAccounts _accounts = new(catalog);

    /// <summary>
    /// Whose token it was the last time: where to look first, never what to believe. By the beginning of the token's hash, for tokens
    /// are long.
    /// </summary>
    private readonly ConcurrentDictionary<UInt128, AccountId> _hints = new();

    /// <exception cref="StoreException">
    /// NotAuthenticated for a key that nobody holds, or no longer; TokenInvalid for what has the form of a JSON Web Token and is not
    /// genuine or not in time.
    /// </exception>
    public async ValueTask<Caller> ResolveAsync(string token, CancellationToken cancellationToken)
    {
        if (JsonWebToken.IsCompact(token) && _hints.TryGetValue(Digest(token), out AccountId hint)
            && await ByTokenAsync(token, hint, cancellationToken) is { } known)
        {
            return known;
        }

        if (await keys.AuthenticateAsync(token, cancellationToken) is { } holder)
        {
            return holder;
        }

        return JsonWebToken.IsCompact(token)
            ? await ByTokenAsync(token, cancellationToken)
            : throw new StoreException(StoreErrorCode.NotAuthenticated, "this key is unknown or revoked");
    }

    private static UInt128 Digest(string token) => BinaryPrimitives.ReadUInt128BigEndian(AccessKey.HashOf(token));

    private async ValueTask<Caller?> ByTokenAsync(string text, AccountId hint, CancellationToken cancellationToken)
    {
        JsonWebToken token = JsonWebToken.Parse(text);
        return (await _accounts.AllAsync(cancellationToken)).TryFind(hint, out KeyedAccount? keyed) && TokenVerifier.IsOf(keyed, token) is true
            ? await CallerOfAsync(keyed.Account, token, cancellationToken)
            : null;
    }

    private async ValueTask<Caller> ByTokenAsync(string text, CancellationToken cancellationToken)
    {
        JsonWebToken token = JsonWebToken.Parse(text);
        bool isJudged = false;
        foreach (KeyedAccount keyed in (await _accounts.AllAsync(cancellationToken)).All)
        {
            bool? isOf = TokenVerifier.IsOf(keyed, token);
            isJudged |= isOf is not null;
            if (isOf is not true)
            {
                continue;
            }

            Caller caller = await CallerOfAsync(keyed.Account, token, cancellationToken);
            if (_hints.Count >= MaxHints)
            {
                _hints.Clear();
            }

            _hints[Digest(text)] = keyed.Account.Id;
            return caller;
        }

        throw isJudged ? TokenFailures.WrongSignature() : TokenFailures.WrongAlgorithm();
    }

    private async ValueTask<Caller> CallerOfAsync(Account account, JsonWebToken token, CancellationToken cancellationToken)
    {
        TokenVerifier.RequireInTime(token, catalog.NowMs);
        JsonElement claims = token.Claims;
        if (LinkTokens.IsLink(claims))
        {
            throw TokenFailures.OfLink();
        }

        Guid? keyId = null;
        if (JsonWebToken.Text(claims, AccessKeys.KeyIdClaim) is { } named)
        {
            AccessKey? key = Guid.TryParse(named, out Guid id) ? await keys.FindLiveAsync(id, account.Id, cancellationToken) : null;
            keyId = key?.Id ?? throw new StoreException(StoreErrorCode.NotAuthenticated, "the key of this token is revoked");
        }

        string role = JsonWebToken.Text(claims, "role") is { Length: > 0 } given ? given : "anon";
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
            Key = keyId,
            Subject = JsonWebToken.Text(claims, "sub") is { Length: > 0 } subject ? subject : null,
            Claims = claims,
        };
    }
}
