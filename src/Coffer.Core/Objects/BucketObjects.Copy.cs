using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;

namespace Coffer.Objects;

public sealed partial class BucketObjects
{
    /// <summary>Gives an object another key, or another bucket of the account, by rows alone. It keeps its key id and its time of creation, and gets a new version and owner.</summary>
    /// <exception cref="StoreException">
    /// BucketNotFound, DestinationBucketNotFound, ObjectNotFound, ObjectExists, InvalidKey, AccessDenied, TooLarge, InvalidMediaType;
    /// WrongState for an object of the Objects dialect, which keeps its key.
    /// </exception>
    public async Task<StoredObject> MoveAsync(
        Caller caller, ObjectAddress source, ObjectAddress destination, CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            FoundAddress now = await catalog.FindAsync(source, cancellationToken);
            Bucket from = RequireOwn(now.Bucket, caller.Account);
            (StoredObject found, Decision decision) = await RequireSelectedAsync(
                caller, from, source.Key, now.Object, PolicyVerbs.Update,
                row => row with { Bucket = destination.Bucket, Key = destination.Key, Owner = caller.Subject ?? row.Owner },
                cancellationToken);
            ObjectRules.CheckKey(destination.Key, limits);
            FoundAddress to = await FindDestinationAsync(caller, destination, cancellationToken);
            if (!decision.IsAllowed)
            {
                throw decision.Refusal("no policy lets this caller move this object there");
            }

            if (source == destination)
            {
                return found;
            }

            if (to.Bucket!.Id != from.Id)
            {
                BucketRules.CheckFits(to.Bucket, destination.Key, found.MediaType, found.SizeBytes, limits);
            }

            try
            {
                var move = new ObjectMove(found.Id, catalog.MintObjectId(), to.Bucket.Id, destination.Key, caller.Subject ?? found.Owner);
                if (await catalog.MoveObjectAsync(move, cancellationToken) is { } there)
                {
                    return there;
                }
            }
            catch (StoreException gone) when (gone.Code is StoreErrorCode.BucketNotFound)
            {
                // the next look says which of the two buckets
            }
        }

        throw TooContended();
    }

    /// <summary>Makes a second object with the same bytes, which are shared, not copied.</summary>
    /// <exception cref="StoreException">As <see cref="MoveAsync"/>, but WrongState; what is to be replaced must be of this API, too.</exception>
    public async Task<StoredObject> CopyAsync(Caller caller, CopyRequest wanted, CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            StoredObject found = await RequireSourceAsync(caller, wanted, cancellationToken);
            FoundAddress to = await FindDestinationAsync(caller, wanted.Destination, cancellationToken);
            PutRequest put = AsPut(wanted, found);
            NewObject made = await JudgeAsync(Author.Of(caller), put, to.Bucket!, to.Object, found.SizeBytes, cancellationToken);
            try
            {
                NewObject adding = made with
                {
                    Id = catalog.MintObjectId(),
                    Class = put.MediaType == found.MediaType ? found.Class : made.Class,
                };
                if (await catalog.CopyObjectAsync(found.Id, adding, cancellationToken) is { } copy)
                {
                    return copy;
                }
            }
            catch (StoreException changed) when (changed.Code is StoreErrorCode.PreconditionFailed or StoreErrorCode.BucketNotFound)
            {
                // another version came to the destination, or it went: the next look says which
            }
        }

        throw TooContended();
    }

    /// <summary>What is to be copied. Reading for a copy is no reading by URL: that a bucket is public counts for nothing.</summary>
    private async ValueTask<StoredObject> RequireSourceAsync(Caller caller, CopyRequest wanted, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(wanted.Source, cancellationToken);
        Bucket bucket = RequireOwn(there.Bucket, caller.Account);
        StoredObject? found = there.Object is { State: ObjectState.ReadOnly } live ? live : null;
        PolicyRow row = found is null ? PolicyRow.Missing(bucket.Name, wanted.Source.Key) : PolicyRow.Of(bucket, found);
        if (found is not null && await policies.AllowsAsync(caller, bucket, PolicyVerbs.Select, row, cancellationToken))
        {
            return found;
        }

        // The write is asked about as well, so that one rule can be suggested for the whole call; for one that replaces it cannot.
        PolicyVerbs verbs = wanted.Upsert ? PolicyVerbs.Select : PolicyVerbs.Select | PolicyVerbs.Insert;
        Decision decision = await policies.DecideAsync(caller, bucket, verbs, row, CopyOf(row, wanted, caller), cancellationToken);
        throw Visibility.NotFound(decision.DecisionId);
    }

    private static PolicyRow CopyOf(PolicyRow row, CopyRequest wanted, Caller caller) => row with
    {
        Bucket = wanted.Destination.Bucket,
        Key = wanted.Destination.Key,
        Owner = caller.Subject,
        MediaType = wanted.KeepMetadata ? row.MediaType : wanted.MediaType ?? row.MediaType,
        Metadata = wanted.KeepMetadata ? row.Metadata : wanted.Metadata,
    };

    private async ValueTask<FoundAddress> FindDestinationAsync(
        Caller caller, ObjectAddress destination, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(destination, cancellationToken);
        return there.Bucket is { } bucket && bucket.Account == caller.Account
            ? there
            : throw new StoreException(StoreErrorCode.DestinationBucketNotFound, "there is no such bucket to put the object into");
    }

    private static PutRequest AsPut(CopyRequest wanted, StoredObject source) => new(wanted.Destination)
    {
        MediaType = wanted.KeepMetadata ? source.MediaType : wanted.MediaType ?? source.MediaType,
        CacheControl = wanted.KeepMetadata ? source.CacheControl : wanted.CacheControl ?? source.CacheControl,
        ContentEncoding = (wanted.KeepMetadata ? null : wanted.ContentEncoding) switch
        {
            null => source.ContentEncoding,
            "" => null,
            string changed => changed,
        },
        RobotsTag = source.RobotsTag,
        Metadata = wanted.KeepMetadata ? source.Metadata : wanted.Metadata,
        Upsert = wanted.Upsert,
    };
}
