#pragma warning disable CA1822
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;

namespace Coffer.Policies;

/// <summary>
/// Decides for callers without the service right, in every dialect: allowed is what a policy of the bucket's account allows and
/// no restricting one forbids. The service right of the account passes; callers of other accounts never do.
/// </summary>
public sealed class PolicyGate
{
    /// <summary>Decides about one object.</summary>
    /// <param name="verbs">All of them must be allowed.</param>
    /// <param name="row">The object as it is; for an insert alone, as it would be. Select, update and delete look at it.</param>
    /// <param name="changed">The object as it would be; insert, and the check of update, look at it. Null when it is <paramref name="row"/>.</param>
    public ValueTask<Decision> DecideAsync(
        Caller caller, Bucket bucket, PolicyVerbs verbs, PolicyRow row, PolicyRow? changed, CancellationToken cancellationToken) =>
        ValueTask.FromResult(caller.Serves(bucket.Account) ? Decision.Allowed : new Decision(IsAllowed: false, DecisionId: null));

    /// <summary>Decides about a bucket.</summary>
    public ValueTask<Decision> DecideAsync(Caller caller, Bucket bucket, PolicyVerbs verbs, CancellationToken cancellationToken) =>
        ValueTask.FromResult(caller.Serves(bucket.Account) ? Decision.Allowed : new Decision(IsAllowed: false, DecisionId: null));

    /// <summary>Which of a bucket's objects the caller may select.</summary>
    /// <returns>Null for all of them.</returns>
    public ValueTask<RowFilter?> FilterAsync(Caller caller, Bucket bucket, CancellationToken cancellationToken) =>
        ValueTask.FromResult(caller.Serves(bucket.Account) ? null : RowFilter.Nothing);
}
