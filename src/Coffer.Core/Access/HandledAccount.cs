using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>The account whose keys and policies a caller may handle: its own for a service key, any for the operator.</summary>
internal static class HandledAccount
{
    /// <param name="name">Null for the caller's own, and for the operator the default one.</param>
    /// <param name="what">What is handled, for the refusal.</param>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound.</exception>
    public static async ValueTask<AccountId> FindAsync(
        ICatalog catalog, Caller caller, string? name, string what, CancellationToken cancellationToken)
    {
        if (caller is { Right: Right.Service, Account: { } own } && name is null)
        {
            return own;
        }

        Account? account = caller.Right is Right.Operator or Right.Service
            ? await catalog.FindAccountAsync(name ?? Account.DefaultName, cancellationToken)
            : throw Denied(what);
        if (caller.Right is Right.Service && account?.Id != caller.Account)
        {
            throw Denied(what); // whether the other account exists is not theirs to know
        }

        return account?.Id ?? throw new StoreException(StoreErrorCode.AccountNotFound, $"there is no account '{name}'");
    }

    public static StoreException Denied(string what) => new(
        StoreErrorCode.AccessDenied, $"this key may not handle {what}: use a service key for its own account, or the operator key");
}
