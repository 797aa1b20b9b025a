using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>
    /// A number that is another one once anybody's policies were changed, on any node; at the latest when the change is answered.
    /// Cheap: it is read for every decision.
    /// </summary>
    ValueTask<long> PolicyVersionAsync(CancellationToken cancellationToken);

    /// <summary>An account's policies in the order in which they were added.</summary>
    ValueTask<IReadOnlyList<PolicyEntry>> ListPoliciesAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Changes an account's policies in one transaction: first removes, then puts.</summary>
    /// <returns>How many were removed that were not put again; null when the account would have more than the change's limit, and nothing was changed.</returns>
    Task<int?> ChangePoliciesAsync(AccountId account, PolicyChange change, CancellationToken cancellationToken);

    ValueTask<Bucket?> FindBucketAsync(BucketId id, CancellationToken cancellationToken);

    /// <summary>Keeps refusals, so that they can be explained. Of each account only the newest are kept.</summary>
    /// <param name="keep">How many of an account are kept.</param>
    Task AddDecisionsAsync(IReadOnlyList<DecisionEntry> decisions, int keep, CancellationToken cancellationToken);

    ValueTask<DecisionEntry?> FindDecisionAsync(UInt128 id, CancellationToken cancellationToken);

    /// <summary>Forgets refusals that were made before a moment.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    Task<int> PurgeDecisionsAsync(long madeBeforeMs, int limit, CancellationToken cancellationToken);
}

/// <summary>A policy as it is kept.</summary>
/// <param name="Name">Unique in its account.</param>
/// <param name="Json">Its canonical text.</param>
/// <param name="IsManaged">Whether the bootstrap file made it, and removes it when it no longer lists it.</param>
public sealed record PolicyEntry(string Name, string Json, bool IsManaged);

public enum PolicyRemoval
{
    /// <summary>Only what is put again is replaced.</summary>
    Nothing,

    /// <summary>Those of <see cref="PolicyChange.Names"/>.</summary>
    Named,

    /// <summary>Those that the bootstrap file made.</summary>
    Managed,

    All,
}

/// <summary>What to do with an account's policies.</summary>
public sealed record PolicyChange
{
    public PolicyRemoval Removes { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Added; one that has the name of another takes its place.</summary>
    public IReadOnlyList<PolicyEntry> Puts { get; init; } = [];

    /// <summary>How many policies the account may have afterwards.</summary>
    public required int Most { get; init; }
}

/// <summary>A refusal as it is kept.</summary>
/// <param name="Json">What there is to say about it; a JSON object.</param>
public sealed record DecisionEntry(UInt128 Id, AccountId Account, long MadeAtMs, string Json);
