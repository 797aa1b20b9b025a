using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;

namespace Coffer.Policies;

/// <summary>
/// Decides for callers without the service right, in every dialect: allowed is what a policy of the bucket's account allows and
/// no restricting one forbids. The service right of the account passes; callers of other accounts never do.
/// </summary>
public sealed class PolicyGate(PolicyStore policies, DecisionLog decisions)
{
    /// <summary>Decides about one object.</summary>
    /// <param name="verbs">All of them must be allowed.</param>
    /// <param name="row">The object as it is; for an insert alone, as it would be. Select, update and delete look at it.</param>
    /// <param name="changed">The object as it would be; insert, and the check of update, look at it. Null when it is <paramref name="row"/>.</param>
    public ValueTask<Decision> DecideAsync(
        Caller caller, Bucket bucket, PolicyVerbs verbs, PolicyRow row, PolicyRow? changed, CancellationToken cancellationToken) =>
        DecideAsync(
            bucket.Account,
            new Question { Caller = caller, Table = PolicyTable.Objects, Verbs = verbs, Row = row, Changed = changed },
            cancellationToken);

    /// <summary>Decides about a bucket.</summary>
    public ValueTask<Decision> DecideAsync(Caller caller, Bucket bucket, PolicyVerbs verbs, CancellationToken cancellationToken) =>
        DecideAsync(
            bucket.Account,
            new Question { Caller = caller, Table = PolicyTable.Buckets, Verbs = verbs, Row = PolicyRow.Of(bucket) },
            cancellationToken);

    /// <summary>Decides about a bucket that the account does not have.</summary>
    /// <param name="name">Of the bucket.</param>
    public ValueTask<Decision> DecideMissingAsync(
        Caller caller, AccountId account, string name, PolicyVerbs verbs, CancellationToken cancellationToken) =>
        DecideAsync(
            account,
            new Question
            {
                Caller = caller,
                Table = PolicyTable.Buckets,
                Verbs = verbs,
                Row = new PolicyRow { Bucket = name, IsBucket = true, IsMissing = true },
            },
            cancellationToken);

    /// <summary>
    /// As <see cref="DecideAsync(Caller, Bucket, PolicyVerbs, PolicyRow, PolicyRow?, CancellationToken)"/>, where a refusal is told to
    /// nobody: of many objects at once, those that are refused are left out. It is not recorded.
    /// </summary>
    public ValueTask<bool> AllowsAsync(
        Caller caller, Bucket bucket, PolicyVerbs verbs, PolicyRow row, CancellationToken cancellationToken) =>
        AllowsAsync(
            bucket.Account, new Question { Caller = caller, Table = PolicyTable.Objects, Verbs = verbs, Row = row }, cancellationToken);

    /// <summary>As <see cref="DecideAsync(Caller, Bucket, PolicyVerbs, CancellationToken)"/>, for lists of buckets: a refusal is not recorded.</summary>
    public ValueTask<bool> AllowsAsync(Caller caller, Bucket bucket, PolicyVerbs verbs, CancellationToken cancellationToken) =>
        AllowsAsync(
            bucket.Account,
            new Question { Caller = caller, Table = PolicyTable.Buckets, Verbs = verbs, Row = PolicyRow.Of(bucket) },
            cancellationToken);

    /// <summary>Which of a bucket's objects the caller may select.</summary>
    /// <returns>Null for all of them.</returns>
    public async ValueTask<RowFilter?> FilterAsync(Caller caller, Bucket bucket, CancellationToken cancellationToken) =>
        caller.Serves(bucket.Account) ? null
        : IsOfOther(caller, bucket.Account) ? RowFilter.Nothing
        : (await policies.SetOfAsync(bucket.Account, cancellationToken)).SelectFilter(new CallerFacts(caller), bucket.Name);

    /// <summary>Answers what policies say to a question, and does nothing else.</summary>
    /// <param name="account">Name of the account; null for the caller's own, and for the operator the default one.</param>
    /// <param name="proposed">Policies to ask instead of those of the account; null asks those.</param>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound.</exception>
    public async ValueTask<Explanation> TestAsync(
        Caller caller, string? account, IReadOnlyList<Policy>? proposed, Question question, CancellationToken cancellationToken)
    {
        AccountId owner = await policies.AccountOfAsync(caller, account, cancellationToken);
        return Explanation.Of(proposed ?? (await policies.SetOfAsync(owner, cancellationToken)).Policies, question);
    }

    private async ValueTask<Decision> DecideAsync(AccountId account, Question question, CancellationToken cancellationToken)
    {
        if (await AllowsAsync(account, question, cancellationToken))
        {
            return Decision.Allowed;
        }

        if (IsOfOther(question.Caller, account))
        {
            return new Decision(IsAllowed: false, DecisionId: null); // no policy of this account was asked, so there is nothing to explain
        }

        PolicySet set = await policies.SetOfAsync(account, cancellationToken);
        return new Decision(
            IsAllowed: false, decisions.Note(account, id => Explanation.Of(set.Policies, question, $"allow {id}").ToJson()));
    }

    private async ValueTask<bool> AllowsAsync(AccountId account, Question question, CancellationToken cancellationToken)
    {
        if (question.Verbs is PolicyVerbs.None)
        {
            throw new ArgumentException("what asks for nothing would always be allowed", nameof(question));
        }

        if (question.Caller.Serves(account))
        {
            return true;
        }

        if (IsOfOther(question.Caller, account))
        {
            return false;
        }

        PolicySet set = await policies.SetOfAsync(account, cancellationToken);
        var caller = new CallerFacts(question.Caller);
        var row = new RowFacts(question.Row);
        RowFacts changed = question.Changed is { } after ? new RowFacts(after) : row;
        return Demand.Of(question.Verbs, row, changed).TrueForAll(demand => set.Allows(question.Table, demand, caller));
    }

    /// <summary>Nobody, the operator and the callers of other accounts have no part in an account's policies.</summary>
    private static bool IsOfOther(Caller caller, AccountId account) => caller.Account != account;
}
