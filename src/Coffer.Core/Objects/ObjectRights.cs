using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;

namespace Coffer.Objects;

/// <summary>
/// Who sees an object of the Objects dialect and who may change it: its account's service keys, who sees it because it is public,
/// and whom a policy allows it. What is hidden and what is missing look the same, down to the decision that a refusal names.
/// </summary>
internal sealed class ObjectRights(ICatalog catalog, PolicyGate policies)
{
    /// <exception cref="StoreException">AccessDenied.</exception>
    public async ValueTask RequireCreateAsync(Caller caller, NewObject made, CancellationToken cancellationToken)
    {
        if (caller.Serves(made.Account))
        {
            return;
        }

        Bucket bucket = await BucketAsync(made.Bucket, cancellationToken);

        // Without its key: that is another one at the next call, so no rule could be about it.
        var row = new PolicyRow { Bucket = bucket.Name, Owner = made.Owner, MediaType = made.MediaType, Metadata = made.Metadata };
        Decision decision = await policies.DecideAsync(caller, bucket, PolicyVerbs.Insert, row, changed: null, cancellationToken);
        if (!decision.IsAllowed)
        {
            throw decision.Refusal("no policy lets this key make objects: use a service key of the account");
        }
    }

    /// <exception cref="StoreException">ObjectNotFound, the same for hidden and missing.</exception>
    public async ValueTask<StoredObject> RequireVisibleAsync(
        StoredObject? found, ObjectId id, Caller caller, CancellationToken cancellationToken)
    {
        if (found?.IsVisibleTo(caller) is true)
        {
            return found;
        }

        Decision decision = await DecideAsync(found, id, caller, PolicyVerbs.Select, change: null, cancellationToken);
        return found?.Account == caller.Account && decision.IsAllowed ? found! : throw Visibility.NotFound(decision.DecisionId);
    }

    /// <summary>Requires a right beside that of seeing the object.</summary>
    /// <exception cref="StoreException">ObjectNotFound when hidden or missing; AccessDenied when it can be seen, and no more.</exception>
    public async ValueTask<StoredObject> RequireAsync(
        StoredObject? found, ObjectId id, Caller caller, PolicyVerbs verb, ObjectChange? change, CancellationToken cancellationToken)
    {
        bool isPublic = found?.IsVisibleTo(Caller.Nobody) is true;
        Decision decision = await DecideAsync(found, id, caller, isPublic ? verb : verb | PolicyVerbs.Select, change, cancellationToken);
        return found is not null && found.Account == caller.Account && decision.IsAllowed ? found
            : isPublic || (found is not null && await MaySelectAsync(found, caller, cancellationToken))
                ? throw (found!.Account == caller.Account ? decision : default).Refusal(
                    "this object is another's: only its account, and whom a policy allows it, changes it")
            : throw Visibility.NotFound(decision.DecisionId);
    }

    /// <summary>Who could make an object completes it, if it is theirs; others need the right to change it.</summary>
    /// <remarks>
    /// Without a subject nobody knows whose it is: who may make objects completes one that waits for it, but is not told of one that
    /// is complete, because its id stands in every link to it.
    /// </remarks>
    /// <exception cref="StoreException">ObjectNotFound, AccessDenied.</exception>
    public ValueTask<StoredObject> RequireCompleteAsync(
        StoredObject? found, ObjectId id, Caller caller, CancellationToken cancellationToken) =>
        found is not null && found.Account == caller.Account && found.Owner == caller.Subject
            && (caller.Subject is not null || found.State is ObjectState.Uploading)
            ? RequireInsertAsync(found, id, caller, cancellationToken)
            : RequireAsync(found, id, caller, PolicyVerbs.Update, change: null, cancellationToken);

    /// <summary>Whether the caller sees it by its right or by a policy, not because it is public.</summary>
    public async ValueTask<bool> MaySelectAsync(StoredObject found, Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Account != found.Account || caller.Serves(found.Account))
        {
            return caller.Serves(found.Account);
        }

        RowFilter? filter = await policies.FilterAsync(caller, await BucketAsync(found.Bucket, cancellationToken), cancellationToken);
        return filter is null || filter.Shows(found);
    }

    /// <summary>Which of an account's objects the caller may select; null for none.</summary>
    public async ValueTask<Func<StoredObject, bool>?> FilterAsync(Caller caller, AccountId account, CancellationToken cancellationToken)
    {
        var shown = new Dictionary<BucketId, RowFilter?>();
        foreach (Bucket bucket in await catalog.ListBucketsAsync(account, cancellationToken))
        {
            RowFilter? filter = await policies.FilterAsync(caller, bucket, cancellationToken);
            if (filter != RowFilter.Nothing)
            {
                shown.Add(bucket.Id, filter);
            }
        }

        return shown.Count == 0 ? null
            : found => shown.TryGetValue(found.Bucket, out RowFilter? filter) && (filter is null || filter.Shows(found));
    }

    private async ValueTask<StoredObject> RequireInsertAsync(
        StoredObject found, ObjectId id, Caller caller, CancellationToken cancellationToken)
    {
        Decision decision = await DecideAsync(found, id, caller, PolicyVerbs.Insert, change: null, cancellationToken);
        return decision.IsAllowed ? found
            : await MaySelectAsync(found, caller, cancellationToken) ? throw decision.Refusal("no policy lets this key complete objects")
            : throw Visibility.NotFound(decision.DecisionId);
    }

    /// <summary>Decides about an object; about one of the caller's account that is not there, when it is another's or missing.</summary>
    private async ValueTask<Decision> DecideAsync(
        StoredObject? found, ObjectId id, Caller caller, PolicyVerbs verbs, ObjectChange? change, CancellationToken cancellationToken)
    {
        if (caller.Account is not { } account || caller.Right is Right.Service)
        {
            return new Decision(IsAllowed: found is not null && caller.Serves(found.Account), DecisionId: null);
        }

        if (found?.Account == account)
        {
            Bucket bucket = await BucketAsync(found.Bucket, cancellationToken);
            PolicyRow row = PolicyRow.Of(bucket, found);
            PolicyRow? changed = change is null or { Metadata: null, ClearMetadata: false } ? null : row with { Metadata = change.Metadata };
            return await policies.DecideAsync(caller, bucket, verbs, row, changed, cancellationToken);
        }

        Account own = await catalog.FindAccountAsync(account, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.AccountNotFound, "the account of this key is gone");
        Bucket objects = await BucketAsync(own.ObjectsBucket, cancellationToken);
        return await policies.DecideAsync(
            caller, objects, verbs, PolicyRow.Missing(objects.Name, id.ToString()), changed: null, cancellationToken);
    }

    private async ValueTask<Bucket> BucketAsync(BucketId id, CancellationToken cancellationToken) =>
        await catalog.FindBucketAsync(id, cancellationToken) ?? throw Visibility.NotFound();
}
