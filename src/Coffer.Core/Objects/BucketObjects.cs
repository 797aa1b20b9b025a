using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;
using Coffer.Uploads;

namespace Coffer.Objects;

/// <summary>
/// Objects by bucket and key, for every dialect: decides who may, orders catalog and blob store, and answers only for what is
/// durable. What is hidden, of another account or missing looks the same.
/// </summary>
public sealed partial class BucketObjects(ICatalog catalog, IBlobStore blobs, PolicyGate policies, StoreLimits limits, CoarseUse use)
{
    /// <summary>How often a write is judged again because another one came between judgement and commit.</summary>
    private const int MaxAttempts = 64;

    /// <summary>How many objects are looked up at a time.</summary>
    private const int MostFound = 256;

    private readonly ContentReceiver _receiver = new(catalog, blobs);
    private readonly ContentOpener _opener = new(blobs, use);

    public StoreLimits Limits => limits;

    /// <summary>The clock by which links are judged, in Unix milliseconds.</summary>
    public long NowMs => catalog.NowMs;

    /// <summary>A bucket of the caller's account.</summary>
    private static Bucket RequireOwn(Bucket? bucket, AccountId? account) =>
        bucket is not null && bucket.Account == account ? bucket : throw BucketStore.NotFound();

    /// <summary>What a policy lets the caller select.</summary>
    /// <param name="found">The object under the key; null when there is none.</param>
    /// <exception cref="StoreException">ObjectNotFound.</exception>
    private async ValueTask<StoredObject> RequireSelectedAsync(
        Caller caller, Bucket bucket, string key, StoredObject? found, CancellationToken cancellationToken) =>
        (await RequireSelectedAsync(caller, bucket, key, found, PolicyVerbs.None, static _ => null, cancellationToken)).Object;

    /// <summary>
    /// What a policy lets the caller select, and what policies say to the whole call: asked at once, so that the one decision
    /// explains everything that the call lacks.
    /// </summary>
    /// <param name="more">Verbs of the call beside select.</param>
    /// <param name="change">The object as it would be afterwards; null when nothing of it changes.</param>
    /// <exception cref="StoreException">ObjectNotFound when it may not be selected.</exception>
    private async ValueTask<(StoredObject Object, Decision WholeCall)> RequireSelectedAsync(
        Caller caller, Bucket bucket, string key, StoredObject? found, PolicyVerbs more, Func<PolicyRow, PolicyRow?> change,
        CancellationToken cancellationToken)
    {
        // Policies are asked about what is missing too: else a refusal without a decision would tell it from what is hidden.
        bool isThere = found is { State: ObjectState.ReadOnly };
        PolicyRow row = isThere ? PolicyRow.Of(bucket, found!) : PolicyRow.Missing(bucket.Name, key);
        Decision decision = await policies.DecideAsync(caller, bucket, PolicyVerbs.Select | more, row, change(row), cancellationToken);
        bool isSelected = isThere
            && (decision.IsAllowed || (more is not PolicyVerbs.None && await policies.AllowsAsync(caller, bucket, PolicyVerbs.Select, row, cancellationToken)));
        return isSelected ? (found!, decision) : throw Visibility.NotFound(decision.DecisionId);
    }

    private static StoreException TooContended() => new(
        StoreErrorCode.Busy, "too many writers change this key at once; nothing was written, try again");
}
