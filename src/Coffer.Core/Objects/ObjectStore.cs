using System.Collections.Concurrent;
using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Policies;
using Coffer.Uploads;

namespace Coffer.Objects;

/// <summary>
/// Objects by their id, as the Objects API names them (<see cref="BucketObjects"/> has them by bucket and key): decides who may, orders catalog and blob store, and answers only for what is durable.
/// Bytes become durable before the row that refers to them; the row, before bytes that it replaces are released.
/// </summary>
public sealed class ObjectStore(ICatalog catalog, IBlobStore blobs, PolicyGate policies, StoreLimits limits, CoarseUse use)
{
    private readonly ObjectRights _rights = new(catalog, policies);
    private readonly ContentReceiver _receiver = new(catalog, blobs);
    private readonly ContentOpener _opener = new(blobs, use);
    private readonly ConcurrentDictionary<AccountId, BucketId> _objectsBuckets = new();

    public StoreLimits Limits => limits;

    /// <summary>The clock by which links and lifetimes are judged, in Unix milliseconds.</summary>
    public long NowMs => catalog.NowMs;

    /// <summary>Makes an object that waits for its bytes, in the account's bucket for the Objects dialect.</summary>
    /// <param name="once">Token and body digest of the request; null when the caller gave no request id.</param>
    /// <exception cref="StoreException">AccessDenied, InvalidArgument, RequestIdReused.</exception>
    public async Task<CreatedObject> CreateAsync(
        Caller caller, ObjectDraft wanted, (string Token, byte[] Digest)? once, CancellationToken cancellationToken)
    {
        AccountId account = caller.Account ?? throw new StoreException(
            StoreErrorCode.AccessDenied, "this key may not write objects: use a key of the account");
        ObjectRules.CheckName(wanted.Name);
        ObjectId id = catalog.MintObjectId();
        var made = new NewObject
        {
            Id = id,
            Account = account,
            Bucket = await ObjectsBucketAsync(account, cancellationToken),
            Key = id.ToString(),
            Name = wanted.Name,
            Class = wanted.Class,
            MediaType = wanted.MediaType,
            Metadata = wanted.Metadata,
            Owner = caller.Subject,
            IsPublic = wanted.IsPublic,
            ExpiresAtMs = ObjectRules.ExpiryOf(wanted.LifetimeMs, id.CreatedAtMs),
        };
        await _rights.RequireCreateAsync(caller, made, cancellationToken);
        OnceToken? token = once is { } given ? new OnceToken(account, TokenOf(caller, given.Token), given.Digest) : null;
        return await catalog.CreateObjectAsync(made, token, cancellationToken);
    }

    /// <summary>Gives an UPLOADING object its bytes; what was uploaded before is replaced as a whole, or not at all.</summary>
    /// <param name="mayReplace">
    /// Judges the entity tag of what was uploaded so far, null for nothing; the same bytes are then there when they are replaced.
    /// Null for an upload without conditions.
    /// </param>
    /// <exception cref="StoreException">SignatureInvalid when the link is not for uploading; ObjectNotFound, WrongState, ObjectGone, PreconditionFailed, TooLarge, ContentTruncated, OutOfSpace.</exception>
    public async Task<StoredObject> UploadAsync(
        VerifiedLink link, PipeReader content, long? length, Func<string?, bool>? mayReplace, CancellationToken cancellationToken)
    {
        link.Require(SignedUse.Upload);
        StoredObject before = RequireUploading(await catalog.FindObjectAsync(link.Object, cancellationToken));
        if (mayReplace?.Invoke(before.ETag) is false)
        {
            throw NotAsExpected();
        }

        var write = new BlobWrite { Length = length, MaxBytes = limits.MaxObjectBytes };
        await using ReceivedContent received = await _receiver.ReceiveAsync(content, write, cancellationToken);

        Transition attached = await received.CommitAsync(async bytes =>
        {
            NewContent attaching = mayReplace is null ? bytes : bytes with { Replaces = new ExpectedContent(before.ETag) };
            Transition outcome = await catalog.AttachContentAsync(link.Object, attaching, cancellationToken);
            return (outcome.Happened, outcome);
        });
        if (!attached.Happened)
        {
            RequireUploading(attached.Object); // it was completed or deleted while the bytes came
            throw mayReplace is not null ? NotAsExpected() : new StoreException(StoreErrorCode.WrongState, "the object changed while its bytes were uploaded");
        }

        return attached.Object!;
    }

    /// <summary>Seals an uploaded object. Completing a READ_ONLY object again answers the same.</summary>
    /// <exception cref="StoreException">ObjectNotFound, AccessDenied, NothingUploaded, WrongState; Corrupt when the bytes are gone.</exception>
    public async Task<StoredObject> CompleteAsync(Caller caller, ObjectId id, CancellationToken cancellationToken)
    {
        StoredObject found = await _rights.RequireCompleteAsync(await catalog.FindObjectAsync(id, cancellationToken), id, caller, cancellationToken);
        while (found is { State: ObjectState.Uploading, SizeBytes: not null } && !await IsStoredAsync(found, cancellationToken))
        {
            Transition failing = await catalog.FailObjectAsync(id, found.ETag, cancellationToken);
            if (failing.Happened)
            {
                throw new StoreException(StoreErrorCode.Corrupt, "the uploaded bytes cannot be read back; make a new object and upload again");
            }

            found = failing.Object ?? throw Visibility.NotFound(); // other bytes were uploaded while these were looked for
        }

        Transition sealing = await catalog.SealObjectAsync(id, cancellationToken);
        StoredObject now = sealing.Object ?? throw Visibility.NotFound();
        return (sealing.Happened, now.State) switch
        {
            (true, _) or (_, ObjectState.ReadOnly) => now,
            (_, ObjectState.Uploading) => throw new StoreException(
                StoreErrorCode.NothingUploaded, "nothing was uploaded yet: send the bytes to the object's upload URL first"),
            _ => throw new StoreException(
                StoreErrorCode.WrongState, $"the object is {now.State.Word()} and cannot be completed; make a new one"),
        };
    }

    /// <exception cref="StoreException">ObjectNotFound.</exception>
    public async ValueTask<StoredObject> GetAsync(Caller caller, ObjectId id, CancellationToken cancellationToken) =>
        await _rights.RequireVisibleAsync(await catalog.FindObjectAsync(id, cancellationToken), id, caller, cancellationToken);

    /// <summary>One page of the account's objects, newest first. Keys without the service right see those that a policy lets them select.</summary>
    /// <exception cref="StoreException">AccessDenied for the operator, who would take an empty page for an empty store.</exception>
    public async ValueTask<ObjectPage> ListAsync(Caller caller, ObjectQuery query, CancellationToken cancellationToken)
    {
        AccountId account = caller.Account ?? throw new StoreException(
            StoreErrorCode.AccessDenied, "the operator has no objects: use a service key of the account");
        ObjectQuery own = query with { Account = account };
        if (caller.Serves(account))
        {
            return await catalog.ListObjectsAsync(own, cancellationToken);
        }

        return await _rights.FilterAsync(caller, account, cancellationToken) is { } shows
            ? await catalog.ListObjectsAsync(own with { Shows = shows }, cancellationToken)
            : ObjectPage.Empty with { TotalCount = query.WithTotal ? 0 : null };
    }

    /// <summary>One page of the public objects of all accounts, newest first; for the holder of any key.</summary>
    /// <exception cref="StoreException">NotAuthenticated.</exception>
    public ValueTask<ObjectPage> ListPublicAsync(Caller caller, ObjectQuery query, CancellationToken cancellationToken) =>
        caller.Right is null
            ? throw new StoreException(StoreErrorCode.NotAuthenticated, "the list of public objects needs a key")
            : catalog.ListObjectsAsync(query with { Account = null }, cancellationToken);

    /// <summary>Deletes an object in any state; again is no error. Every link ends with the answer.</summary>
    /// <returns>The tombstone.</returns>
    /// <exception cref="StoreException">ObjectNotFound, AccessDenied.</exception>
    public async Task<StoredObject> DeleteAsync(Caller caller, ObjectId id, CancellationToken cancellationToken)
    {
        StoredObject? found = await catalog.FindObjectAsync(id, cancellationToken);
        await _rights.RequireAsync(found, id, caller, PolicyVerbs.Delete, change: null, cancellationToken);
        Transition deletion = await catalog.DeleteObjectAsync(id, cancellationToken);
        return deletion.Object ?? throw Visibility.NotFound();
    }

    /// <summary>Changes name, metadata, public flag or lifetime of an UPLOADING or READ_ONLY object.</summary>
    /// <exception cref="StoreException">ObjectNotFound, AccessDenied, ObjectGone, WrongState, InvalidArgument.</exception>
    public async Task<StoredObject> UpdateAsync(
        Caller caller, ObjectId id, ObjectChange change, CancellationToken cancellationToken)
    {
        if (change.Name is not null)
        {
            ObjectRules.CheckName(change.Name);
        }

        StoredObject? found = await catalog.FindObjectAsync(id, cancellationToken);
        await _rights.RequireAsync(found, id, caller, PolicyVerbs.Update, change, cancellationToken);
        Transition update = await catalog.UpdateObjectAsync(id, change, cancellationToken);
        return (update.Happened, update.Object) switch
        {
            (true, { } now) => now,
            (_, null) => throw Visibility.NotFound(),
            (_, { State: ObjectState.Deleted }) => throw Gone(),
            (_, { } now) => throw new StoreException(StoreErrorCode.WrongState, $"the object is {now.State.Word()} and cannot be changed"),
        };
    }

    /// <summary>Whether a link to the bytes may be made; with which use.</summary>
    /// <exception cref="StoreException">ObjectNotFound, ObjectGone, WrongState.</exception>
    public async ValueTask<SignedUse> DownloadUseAsync(Caller caller, ObjectId id, CancellationToken cancellationToken)
    {
        StoredObject found = await _rights.RequireVisibleAsync(await catalog.FindObjectAsync(id, cancellationToken), id, caller, cancellationToken);
        return found.State switch
        {
            ObjectState.ReadOnly => await _rights.MaySelectAsync(found, caller, cancellationToken)
                ? SignedUse.Download
                : SignedUse.DownloadWhilePublic,
            ObjectState.Deleted => throw Gone(),
            _ => throw new StoreException(
                StoreErrorCode.WrongState, $"the object is {found.State.Word()}: it can be downloaded once its upload is completed"),
        };
    }

    /// <summary>Opens the bytes that a link leads to.</summary>
    /// <exception cref="StoreException">SignatureInvalid when the link is not for downloading; ObjectNotFound, ObjectGone, Corrupt.</exception>
    public ValueTask<OpenObject> OpenAsync(VerifiedLink link, CancellationToken cancellationToken)
    {
        link.Require(SignedUse.Download, SignedUse.DownloadWhilePublic);
        return OpenAsync(link.Object, mustBePublic: link.Use is SignedUse.DownloadWhilePublic, cancellationToken);
    }

    /// <summary>Opens a public object's bytes for anybody.</summary>
    /// <exception cref="StoreException">ObjectNotFound, Corrupt.</exception>
    public ValueTask<OpenObject> OpenPublicAsync(ObjectId id, CancellationToken cancellationToken) =>
        OpenAsync(id, mustBePublic: true, cancellationToken);

    /// <summary>Opens an object's bytes for whoever could make a link to them.</summary>
    /// <exception cref="StoreException">ObjectNotFound, ObjectGone, WrongState, Corrupt.</exception>
    public async ValueTask<OpenObject> OpenAsync(Caller caller, ObjectId id, CancellationToken cancellationToken)
    {
        SignedUse allowed = await DownloadUseAsync(caller, id, cancellationToken);
        return await OpenAsync(id, mustBePublic: allowed is SignedUse.DownloadWhilePublic, cancellationToken);
    }

    private ValueTask<OpenObject> OpenAsync(ObjectId id, bool mustBePublic, CancellationToken cancellationToken) =>
        _opener.OpenAsync(
            async () => await catalog.OpenObjectAsync(id, cancellationToken) ?? throw Visibility.NotFound(),
            row =>
            {
                if (mustBePublic && !row.Object.IsVisibleTo(Caller.Nobody))
                {
                    throw Visibility.NotFound();
                }

                return row.Object.State switch
                {
                    ObjectState.ReadOnly => ValueTask.CompletedTask,
                    ObjectState.Deleted => throw Gone(),
                    _ => throw Visibility.NotFound(),
                };
            },
            cancellationToken);

    private async ValueTask<bool> IsStoredAsync(StoredObject found, CancellationToken cancellationToken)
    {
        foreach (BlobPiece piece in found.Pieces)
        {
            try
            {
                using IBlobReader? reader = await blobs.OpenAsync(piece.Blob, cancellationToken);
                if (reader?.SizeBytes != piece.SizeBytes)
                {
                    return false;
                }
            }
            catch (StoreException damaged) when (damaged.Code is StoreErrorCode.Corrupt)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Request ids of the account's own programs are one set; each user of it has another, so that nobody gets another's answer.</summary>
    private static string TokenOf(Caller caller, string token) => caller.Right is Right.Service
        ? token
        : $"{token}\n{caller.Role}\n{caller.Subject ?? caller.Key?.ToString()}";

    private async ValueTask<BucketId> ObjectsBucketAsync(AccountId account, CancellationToken cancellationToken)
    {
        if (!_objectsBuckets.TryGetValue(account, out BucketId bucket)) // an account keeps its bucket for ever
        {
            Account found = await catalog.FindAccountAsync(account, cancellationToken)
                ?? throw new StoreException(StoreErrorCode.AccountNotFound, "the account of this key is gone");
            bucket = _objectsBuckets.GetOrAdd(account, found.ObjectsBucket);
        }

        return bucket;
    }

    private static StoredObject RequireUploading(StoredObject? found) => found?.State switch
    {
        ObjectState.Uploading => found,
        null => throw Visibility.NotFound(),
        ObjectState.Deleted => throw Gone(),
        _ => throw new StoreException(
            StoreErrorCode.WrongState, $"the object is {found.State.Word()}: its bytes are final; make a new object to upload others"),
    };

    private static StoreException NotAsExpected() => new(
        StoreErrorCode.PreconditionFailed, "what was uploaded so far is not what If-Match or If-None-Match asks for");

    private static StoreException Gone() => new(StoreErrorCode.ObjectGone, "the object was deleted or has expired");
}
