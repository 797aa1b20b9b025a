using System.Runtime.CompilerServices;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;

namespace Coffer.Objects;

public sealed partial class BucketObjects
{
    /// <returns>The object as it was before.</returns>
    /// <exception cref="StoreException">BucketNotFound, ObjectNotFound; AccessDenied when it is there and may be seen, but not deleted.</exception>
    public async Task<StoredObject> DeleteAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            FoundAddress there = await catalog.FindAsync(address, cancellationToken);
            Bucket bucket = RequireOwn(there.Bucket, caller.Account);
            (StoredObject found, Decision decision) = await RequireSelectedAsync(
                caller, bucket, address.Key, there.Object, PolicyVerbs.Delete, static _ => null, cancellationToken);
            if (!decision.IsAllowed)
            {
                throw decision.Refusal("no policy lets this caller delete this object");
            }

            // Names the version that was judged: one that has taken its place meanwhile is judged by itself.
            if ((await catalog.DeleteObjectAsync(found.Id, cancellationToken)).Happened)
            {
                return found;
            }
        }

        throw TooContended();
    }

    /// <summary>
    /// Deletes what is there and may be deleted, some hundreds at a time; the next ones once these were taken. What is not taken may
    /// not be deleted.
    /// </summary>
    /// <returns>
    /// The objects that were deleted, as they were before, in the order of <paramref name="keys"/>; those that were written anew in
    /// between come last.
    /// </returns>
    public async IAsyncEnumerable<StoredObject> DeleteManyAsync(
        Caller caller, string bucket, IReadOnlyList<string> keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Bucket? there = await catalog.FindBucketAsync(bucket, cancellationToken);
        if (there is null || there.Account != caller.Account)
        {
            yield break;
        }

        string[] left = [.. keys.Distinct(StringComparer.Ordinal)];
        for (int attempt = 1; left.Length > 0 && attempt <= MaxAttempts; attempt++)
        {
            Dictionary<string, ObjectId> deletable = await DeletableAsync(caller, there, left, cancellationToken);
            await foreach (StoredObject gone in catalog.DeleteObjectsAsync([.. deletable.Values], cancellationToken))
            {
                deletable.Remove(gone.Key);
                yield return gone;
            }

            // What was written anew in between is judged again.
            left = [.. deletable.Keys];
        }
    }

    /// <summary>Deletes what is in the bucket and may be deleted, by rows: the rest stays, and nobody is told of it.</summary>
    /// <exception cref="StoreException">BucketTooFull: more than one call deletes; then nothing was deleted.</exception>
    public async Task DeleteAllowedAsync(Caller caller, string bucket, CancellationToken cancellationToken)
    {
        if (await catalog.FindBucketAsync(bucket, cancellationToken) is not { } there || there.Account != caller.Account)
        {
            return;
        }

        await BucketStore.MeasureAsync(catalog, there, limits, cancellationToken);
        KeyCursor? after = null;
        do
        {
            SortedKeyPage page = await ListAsync(caller, new PageRequest(bucket) { After = after }, cancellationToken);
            string[] keys = [.. page.Entries.Select(static entry => entry.Name)];
            await foreach (StoredObject _ in DeleteManyAsync(caller, bucket, keys, cancellationToken))
            {
                // nobody is told
            }

            after = page.HasMore ? new KeyCursor(keys[^1], TimeMs: null) : null;
        }
        while (after is not null);
    }

    /// <summary>The versions that were judged; not the whole objects, of which there may be very many.</summary>
    private async ValueTask<Dictionary<string, ObjectId>> DeletableAsync(
        Caller caller, Bucket bucket, string[] keys, CancellationToken cancellationToken)
    {
        var deletable = new Dictionary<string, ObjectId>(StringComparer.Ordinal);
        await foreach (StoredObject? found in FoundAsync(bucket, keys, cancellationToken))
        {
            if (found is not null && await policies.AllowsAsync(
                caller, bucket, PolicyVerbs.Select | PolicyVerbs.Delete, PolicyRow.Of(bucket, found), cancellationToken))
            {
                deletable.Add(found.Key, found.Id);
            }
        }

        return deletable;
    }
}
