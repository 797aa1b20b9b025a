using System.Collections.Concurrent;
using Coffer.Access;
using Coffer.Catalog;

namespace Coffer.Policies;

/// <summary>A policy, and who keeps it up.</summary>
/// <param name="IsManaged">Whether the bootstrap file made it.</param>
public sealed record KeptPolicy(Policy Policy, bool IsManaged);

/// <summary>
/// The policies of accounts: shows and changes them for service keys and the operator, and keeps them parsed for decisions. From
/// the answer to a change on, every decision follows it.
/// </summary>
public sealed class PolicyStore(ICatalog catalog)
{
    private readonly ConcurrentDictionary<AccountId, (long Version, PolicySet Set)> _kept = new();

    /// <param name="account">Name of the account; null for the caller's own, and for the operator the default one.</param>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound.</exception>
    public async Task<IReadOnlyList<KeptPolicy>> ListAsync(Caller caller, string? account, CancellationToken cancellationToken)
    {
        AccountId owner = await AccountOfAsync(caller, account, cancellationToken);
        IReadOnlyList<PolicyEntry> entries = await catalog.ListPoliciesAsync(owner, cancellationToken);
        return [.. entries.Select(static entry => new KeptPolicy(PolicyReader.Read(entry.Json), entry.IsManaged))];
    }

    /// <summary>Adds policies. One that has the name of another takes its place.</summary>
    /// <param name="replaceAll">Whether those that are not among them are removed.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound, InvalidArgument.</exception>
    public async Task<int> PutAsync(
        Caller caller, string? account, IReadOnlyList<Policy> policies, bool replaceAll, CancellationToken cancellationToken)
    {
        AccountId owner = await AccountOfAsync(caller, account, cancellationToken);
        return await ChangeAsync(
            owner,
            new PolicyChange
            {
                Most = PolicyReader.MaxPolicies,
                Removes = replaceAll ? PolicyRemoval.All : PolicyRemoval.Nothing,
                Puts = [.. policies.Select(static policy => new PolicyEntry(policy.Name, policy.ToJson(), IsManaged: false))],
            },
            cancellationToken);
    }

    /// <summary>Removes policies by name; names that no policy has count for nothing.</summary>
    /// <param name="names">Null for all of them.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound.</exception>
    public async Task<int> RemoveAsync(
        Caller caller, string? account, IReadOnlyList<string>? names, CancellationToken cancellationToken)
    {
        AccountId owner = await AccountOfAsync(caller, account, cancellationToken);
        return await ChangeAsync(
            owner,
            new PolicyChange
            {
                Most = int.MaxValue,
                Removes = names is null ? PolicyRemoval.All : PolicyRemoval.Named,
                Names = names ?? [],
            },
            cancellationToken);
    }

    /// <summary>
    /// Buckets that policies name and the account does not have, each once. Such a policy is taken, since a bucket may be made later;
    /// one that is misspelt never holds, which only its author can tell.
    /// </summary>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound.</exception>
    public async Task<IReadOnlyList<string>> UnknownBucketsAsync(
        Caller caller, string? account, IReadOnlyList<Policy> policies, CancellationToken cancellationToken) =>
        await UnknownBucketsAsync(await AccountOfAsync(caller, account, cancellationToken), policies, cancellationToken);

    /// <inheritdoc cref="UnknownBucketsAsync(Caller, string?, IReadOnlyList{Policy}, CancellationToken)"/>
    public async Task<IReadOnlyList<string>> UnknownBucketsAsync(
        AccountId account, IReadOnlyList<Policy> policies, CancellationToken cancellationToken)
    {
        HashSet<string> named = [.. policies.Where(static policy => !policy.AllowsMaking).SelectMany(static policy => policy.Buckets ?? [])];
        if (named.Count > 0)
        {
            named.ExceptWith((await catalog.ListBucketsAsync(account, cancellationToken)).Select(static bucket => bucket.Name));
        }

        return [.. named.Order(StringComparer.Ordinal)];
    }

    /// <summary>Brings an account to what the bootstrap file lists: what the file once made and lists no more is removed.</summary>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public Task<int> ApplyManagedAsync(AccountId account, IReadOnlyList<Policy> policies, CancellationToken cancellationToken) => ChangeAsync(
        account,
        new PolicyChange
        {
            Most = PolicyReader.MaxPolicies,
            Removes = PolicyRemoval.Managed,
            Puts = [.. policies.Select(static policy => new PolicyEntry(policy.Name, policy.ToJson(), IsManaged: true))],
        },
        cancellationToken);

    /// <summary>The account that a caller may handle policies and decisions of.</summary>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound.</exception>
    internal ValueTask<AccountId> AccountOfAsync(Caller caller, string? name, CancellationToken cancellationToken) =>
        HandledAccount.FindAsync(catalog, caller, name, "policies", cancellationToken);

    /// <summary>The account's policies as they are now.</summary>
    internal async ValueTask<PolicySet> SetOfAsync(AccountId account, CancellationToken cancellationToken)
    {
        // The number first: policies that change meanwhile are kept under the former one, and read again.
        long version = await catalog.PolicyVersionAsync(cancellationToken);
        if (_kept.TryGetValue(account, out (long Version, PolicySet Set) kept) && kept.Version == version)
        {
            return kept.Set;
        }

        IReadOnlyList<PolicyEntry> entries = await catalog.ListPoliciesAsync(account, cancellationToken);
        var set = new PolicySet([.. entries.Select(static entry => PolicyReader.Read(entry.Json))]);
        _kept[account] = (version, set);
        return set;
    }

    private async Task<int> ChangeAsync(AccountId account, PolicyChange change, CancellationToken cancellationToken) =>
        await catalog.ChangePoliciesAsync(account, change, cancellationToken) ?? throw new StoreException(
            StoreErrorCode.InvalidArgument, $"an account has at most {PolicyReader.MaxPolicies} policies");
}
