using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>
/// All accounts, kept with their parsed keys until one was added or changed: a token that nobody signed is held against every account,
/// and anybody may send one.
/// </summary>
internal sealed class KnownAccounts(ICatalog catalog)
{
    private volatile Kept? _kept;

    /// <summary>The accounts as they are now, by name.</summary>
    public async ValueTask<KeyedAccounts> AllAsync(CancellationToken cancellationToken)
    {
        // The number first: accounts that change meanwhile are kept under the former one, and read again.
        long version = await catalog.AccountVersionAsync(cancellationToken);
        if (_kept is { } kept && kept.Version == version)
        {
            return kept.Accounts;
        }

        var accounts = new KeyedAccounts(await catalog.ListAccountsAsync(cancellationToken));
        _kept = new Kept(version, accounts);
        return accounts;
    }

    private sealed record Kept(long Version, KeyedAccounts Accounts);
}

/// <summary>Accounts with their parsed keys, as they were at one moment.</summary>
internal sealed class KeyedAccounts
{
    private readonly Dictionary<AccountId, KeyedAccount> _byId;

    public KeyedAccounts(IReadOnlyList<Account> accounts)
    {
        All = [.. accounts.Select(static account => new KeyedAccount(account, account.KeySet is { } json ? JsonWebKeySet.Parse(json) : null))];
        _byId = All.ToDictionary(static keyed => keyed.Account.Id);
    }

    public IReadOnlyList<KeyedAccount> All { get; }

    /// <summary>Whether this is how an account still is, neither changed nor gone since.</summary>
    public bool Has(KeyedAccount keyed) => _byId.TryGetValue(keyed.Account.Id, out KeyedAccount? now) && ReferenceEquals(now, keyed);
}

/// <param name="Keys">Null when the account has no key set.</param>
internal sealed record KeyedAccount(Account Account, JsonWebKeySet? Keys);
