using System.Runtime.CompilerServices;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;

namespace Coffer.Objects;

public sealed partial class BucketObjects
{
    /// <summary>The object; of a public bucket for anybody, else for whom a policy allows it.</summary>
    /// <exception cref="StoreException">BucketNotFound (missing, foreign, or private and nobody asks), ObjectNotFound.</exception>
    public async ValueTask<StoredObject> GetAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(address, cancellationToken);
        return await RequireReadableAsync(caller, address, there.Bucket, there.Object, cancellationToken);
    }

    /// <summary>The object of a public bucket, for anybody.</summary>
    /// <exception cref="StoreException">BucketNotFound, also when it is not public; ObjectNotFound.</exception>
    public async ValueTask<StoredObject> GetPublicAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(address, cancellationToken);
        return RequirePublic(there.Bucket, there.Object);
    }

    /// <summary>As <see cref="GetAsync"/>, with the bytes.</summary>
    /// <exception cref="StoreException">BucketNotFound, ObjectNotFound, Corrupt.</exception>
    public ValueTask<OpenObject> OpenAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken) => OpenAsync(
        address, async (bucket, found) => await RequireReadableAsync(caller, address, bucket, found, cancellationToken), cancellationToken);

    /// <summary>As <see cref="GetPublicAsync"/>, with the bytes.</summary>
    public ValueTask<OpenObject> OpenPublicAsync(ObjectAddress address, CancellationToken cancellationToken) => OpenAsync(
        address, static (bucket, found) => ValueTask.FromResult(RequirePublic(bucket, found)), cancellationToken);

    /// <summary>The bytes that a signed link leads to; policies were asked when it was signed.</summary>
    /// <exception cref="StoreException">ObjectNotFound, BucketNotFound, Corrupt.</exception>
    public ValueTask<OpenObject> OpenSignedAsync(DownloadLink link, CancellationToken cancellationToken) => OpenAsync(
        link.Address,
        (bucket, found) =>
        {
            RequireOwn(bucket, link.Account);
            return ValueTask.FromResult(RequireThere(found));
        },
        cancellationToken);

    /// <summary>
    /// As <see cref="AreReadableAsync"/> for one key, where a refusal is told and can be explained. A bucket that is not the
    /// caller's looks as if it had no such object.
    /// </summary>
    /// <exception cref="StoreException">ObjectNotFound.</exception>
    public async ValueTask CheckReadableAsync(Caller caller, ObjectAddress address, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(address, cancellationToken);
        if (there.Bucket is not { } bucket || bucket.Account != caller.Account)
        {
            throw Visibility.NotFound();
        }

        await RequireSelectedAsync(caller, bucket, address.Key, there.Object, cancellationToken);
    }

    /// <summary>
    /// Which of these keys exist and may be selected by the caller; for signing links. That a bucket is public counts for nothing
    /// here: a link outlives that.
    /// </summary>
    public async ValueTask<IReadOnlyList<bool>> AreReadableAsync(
        Caller caller, string bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var readable = new bool[keys.Count];
        Bucket? there = await catalog.FindBucketAsync(bucket, cancellationToken);
        if (there is null || there.Account != caller.Account)
        {
            return readable;
        }

        int index = 0;
        await foreach (StoredObject? found in FoundAsync(there, keys, cancellationToken))
        {
            readable[index++] = found is not null
                && await policies.AllowsAsync(caller, there, PolicyVerbs.Select, PolicyRow.Of(there, found), cancellationToken);
        }

        return readable;
    }

    /// <summary>The READ_ONLY objects under these keys, null where there is none. Only some are in memory at a time.</summary>
    private async IAsyncEnumerable<StoredObject?> FoundAsync(
        Bucket bucket, IReadOnlyList<string> keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int next = 0; next < keys.Count;)
        {
            IReadOnlyList<StoredObject?> some = await catalog.FindObjectsAsync(
                bucket.Id, [.. keys.Skip(next).Take(MostFound)], cancellationToken);
            next += some.Count;
            foreach (StoredObject? found in some)
            {
                yield return found;
            }
        }
    }

    private ValueTask<OpenObject> OpenAsync(
        ObjectAddress address, Func<Bucket?, StoredObject?, ValueTask<StoredObject>> judge, CancellationToken cancellationToken)
    {
        Bucket? bucket = null;
        return _opener.OpenAsync(
            async () =>
            {
                OpenedAddress there = await catalog.OpenAsync(address, cancellationToken);
                bucket = there.Bucket;
                if (there.Row is null)
                {
                    await judge(bucket, null); // says what is missing
                    throw Visibility.NotFound();
                }

                return there.Row;
            },
            async row => await judge(bucket, row.Object),
            cancellationToken);
    }

    private async ValueTask<StoredObject> RequireReadableAsync(
        Caller caller, ObjectAddress address, Bucket? bucket, StoredObject? found, CancellationToken cancellationToken) =>
        bucket is { IsPublic: true }
            ? RequireThere(found)
            : await RequireSelectedAsync(caller, RequireOwn(bucket, caller.Account), address.Key, found, cancellationToken);

    private static StoredObject RequirePublic(Bucket? bucket, StoredObject? found) =>
        bucket is { IsPublic: true } ? RequireThere(found) : throw BucketStore.NotFound();

    private static StoredObject RequireThere(StoredObject? found) =>
        found is { State: ObjectState.ReadOnly } ? found : throw Visibility.NotFound();
}
