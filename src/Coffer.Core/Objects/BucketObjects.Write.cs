using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;
using Coffer.Uploads;

namespace Coffer.Objects;

public sealed partial class BucketObjects
{
    /// <summary>Writes a whole object. What was there becomes a tombstone, or the write is refused.</summary>
    /// <exception cref="StoreException">
    /// BucketNotFound, InvalidKey, InvalidMediaType (none, or the bucket does not take it), InvalidArgument (a header's value), TooLarge,
    /// AccessDenied, ObjectExists, ContentTruncated, OutOfSpace; Busy when others never cease to write the key.
    /// </exception>
    public Task<StoredObject> PutAsync(
        Caller caller, PutRequest wanted, PipeReader content, long? length, CancellationToken cancellationToken) =>
        PutAsync(Author.Of(caller), wanted, content, length, cancellationToken);

    /// <summary>As <see cref="PutAsync(Caller, PutRequest, PipeReader, long?, CancellationToken)"/>, by a signed link, which says address, owner and whether to replace.</summary>
    public Task<StoredObject> PutSignedAsync(
        UploadLink link, PutRequest wanted, PipeReader content, long? length, CancellationToken cancellationToken) =>
        PutAsync(
            new Author(link.Account, link.Owner, JudgedBy: null),
            wanted with { Address = link.Address, Upsert = link.Upsert },
            content, length, cancellationToken);

    /// <summary>Judges a write before its first byte: for links that are signed now, and uploads that come in pieces.</summary>
    /// <param name="wanted">A media type that is not said yet is left to the write itself.</param>
    /// <param name="length">Announced size in bytes; null when it is not known.</param>
    /// <exception cref="StoreException">As <see cref="PutAsync(Caller, PutRequest, PipeReader, long?, CancellationToken)"/>.</exception>
    public async Task CheckPutAsync(Caller caller, PutRequest wanted, long? length, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(wanted.Address, cancellationToken);
        await JudgeAsync(
            Author.Of(caller), wanted, RequireOwn(there.Bucket, caller.Account), there.Object, length, cancellationToken, isTypeOpen: true);
    }

    private async Task<StoredObject> PutAsync(
        Author author, PutRequest wanted, PipeReader content, long? length, CancellationToken cancellationToken)
    {
        FoundAddress there = await catalog.FindAsync(wanted.Address, cancellationToken);
        Bucket bucket = RequireOwn(there.Bucket, author.Account);

        // Without an announced length the least is assumed first; the real one is judged before the commit.
        NewObject made = await JudgeAsync(author, wanted, bucket, there.Object, length ?? 0, cancellationToken);

        var write = new BlobWrite
        {
            Length = length,
            MaxBytes = BucketRules.MaxBytes(bucket, wanted.Address.Key, limits),
            Digests = wanted.Digests,
        };
        await using ReceivedContent received = await _receiver.ReceiveAsync(content, write, cancellationToken);
        PutRequest before = wanted;
        wanted = wanted.AtEnd?.Invoke(wanted) ?? wanted;
        bool mustJudgeAgain = !ReferenceEquals(wanted, before) || (length is null && author.JudgedBy?.Serves(bucket.Account) is false);
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (attempt > 1 || mustJudgeAgain)
            {
                there = await catalog.FindAsync(wanted.Address, cancellationToken);
                made = await JudgeAsync(
                    author, wanted, RequireOwn(there.Bucket, author.Account), there.Object, received.Content.SizeBytes, cancellationToken);
            }

            try
            {
                // The newest id at the commit: an object is as old as its row, however long its bytes took.
                NewObject adding = made with { Id = catalog.MintObjectId() };
                return await received.CommitAsync(async bytes => (Kept: true, await catalog.PutObjectAsync(adding, bytes, cancellationToken)));
            }
            catch (StoreException changed) when (changed.Code is StoreErrorCode.PreconditionFailed)
            {
                // another version came in between: whether that one may be replaced is another question
            }
        }

        throw TooContended();
    }

    /// <summary>Judges a whole write.</summary>
    /// <param name="there">The live object under the key, in any state; null when there is none.</param>
    /// <returns>What to write. It says what it was judged by.</returns>
    private async ValueTask<NewObject> JudgeAsync(
        Author author, PutRequest wanted, Bucket bucket, StoredObject? there, long? sizeBytes, CancellationToken cancellationToken,
        bool isTypeOpen = false)
    {
        string key = wanted.Address.Key;
        CheckHeaders(wanted);
        BucketRules.CheckFits(bucket, key, wanted.MediaType, sizeBytes, limits, isTypeOpen);
        ObjectRules.CheckKey(key, limits);
        var row = new PolicyRow
        {
            Bucket = bucket.Name,
            Key = key,
            Owner = author.Owner,
            MediaType = wanted.MediaType,
            SizeBytes = sizeBytes,
            Metadata = wanted.Metadata,
        };
        bool isJudged = author.JudgedBy is { } judged && !judged.Serves(bucket.Account);
        if (isJudged)
        {
            await RequireWritableAsync(author.JudgedBy!, bucket, wanted.Upsert, there, row, cancellationToken);
        }

        if (there is not null && (!wanted.Upsert || there.IsKeyedById))
        {
            throw new StoreException(
                StoreErrorCode.ObjectExists,
                there.IsKeyedById ? "an object of the Objects API has this key; it is never overwritten" : "an object with this key exists");
        }

        return new NewObject
        {
            Id = default, // minted at the commit
            Account = bucket.Account,
            Bucket = bucket.Id,
            Key = key,
            Name = key,
            Class = wanted.MediaType is { } type ? MediaTypes.ClassOf(type) : ContentClass.Unspecified,
            MediaType = wanted.MediaType,
            CacheControl = wanted.CacheControl,
            ContentEncoding = wanted.ContentEncoding,
            RobotsTag = wanted.RobotsTag,
            Metadata = wanted.Metadata,
            Owner = author.Owner,
            OnlyIfAbsent = !wanted.Upsert,
            Seen = isJudged && wanted.Upsert ? new SeenVersion(there?.Id) : null,
        };
    }

    private async ValueTask RequireWritableAsync(
        Caller caller, Bucket bucket, bool upsert, StoredObject? there, PolicyRow row, CancellationToken cancellationToken)
    {
        const PolicyVerbs Replacing = PolicyVerbs.Insert | PolicyVerbs.Select | PolicyVerbs.Update;
        Decision decision = (upsert, there) switch
        {
            (false, _) => await policies.DecideAsync(caller, bucket, PolicyVerbs.Insert, row, changed: null, cancellationToken),
            (true, null) => await policies.DecideAsync(caller, bucket, Replacing, row, changed: null, cancellationToken),
            (true, _) => await policies.DecideAsync(caller, bucket, Replacing, PolicyRow.Of(bucket, there), row, cancellationToken),
        };
        if (!decision.IsAllowed)
        {
            throw decision.Refusal("no policy lets this caller write this object");
        }
    }

    private static void CheckHeaders(PutRequest wanted)
    {
        if (wanted.MediaType is { } type && !MediaTypes.IsWellFormed(type))
        {
            throw new StoreException(StoreErrorCode.InvalidMediaType, $"mime type {type} is not supported");
        }

        ObjectRules.CheckHeader(wanted.CacheControl, "cache control");
        ObjectRules.CheckHeader(wanted.ContentEncoding, "content encoding");
        ObjectRules.CheckHeader(wanted.RobotsTag, "x-robots-tag");
    }

    /// <summary>Who writes.</summary>
    /// <param name="JudgedBy">Whom policies judge; null for a link, which was judged when it was signed.</param>
    private readonly record struct Author(AccountId? Account, string? Owner, Caller? JudgedBy)
    {
        public static Author Of(Caller caller) => new(caller.Account, caller.Subject, caller);
    }
}
