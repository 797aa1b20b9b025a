#pragma warning disable CS9113
using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>Resolves the token of a request: a key, or a JSON Web Token of an account.</summary>
public sealed class Callers(ICatalog catalog, AccessKeys keys)
{
    /// <exception cref="StoreException">
    /// NotAuthenticated for a key that nobody holds, or no longer; TokenInvalid for what has the form of a JSON Web Token and is not
    /// genuine or not in time.
    /// </exception>
    public async ValueTask<Caller> ResolveAsync(string token, CancellationToken cancellationToken) =>
        await keys.AuthenticateAsync(token, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.NotAuthenticated, "this key is unknown or revoked");
}
