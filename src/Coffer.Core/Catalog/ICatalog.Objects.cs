using Coffer.Access;
using Coffer.Buckets;
using Coffer.Objects;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>Adds an object in state UPLOADING.</summary>
    /// <param name="once">
    /// When not null, remembered in the same transaction; a later call with the same account and token adds nothing and gets
    /// the first one's object.
    /// </param>
    /// <exception cref="StoreException">RequestIdReused: the token came before with another digest.</exception>
    Task<CreatedObject> CreateObjectAsync(NewObject made, OnceToken? once, CancellationToken cancellationToken);

    /// <summary>
    /// Gives an UPLOADING object its bytes; bytes it had before are released. Blobs lose their announcement in the same
    /// transaction.
    /// </summary>
    /// <exception cref="StoreException">Corrupt when a blob is not announced: its bytes may be swept already.</exception>
    Task<Transition> AttachContentAsync(ObjectId id, NewContent content, CancellationToken cancellationToken);

    /// <summary>UPLOADING with content becomes READ_ONLY.</summary>
    Task<Transition> SealObjectAsync(ObjectId id, CancellationToken cancellationToken);

    /// <summary>UPLOADING becomes ERROR: its bytes are no longer what was uploaded.</summary>
    /// <param name="etag">Entity tag of the bytes that were looked at; nothing happens when the object has others by now.</param>
    Task<Transition> FailObjectAsync(ObjectId id, string? etag, CancellationToken cancellationToken);

    /// <summary>Any state becomes DELETED; inline bytes are gone with it, blobs are released. The row stays as a tombstone.</summary>
    Task<Transition> DeleteObjectAsync(ObjectId id, CancellationToken cancellationToken);

    /// <summary>Changes name, metadata, public flag or expiry of an UPLOADING or READ_ONLY object.</summary>
    Task<Transition> UpdateObjectAsync(ObjectId id, ObjectChange change, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a whole READ_ONLY object under its bucket and key. A live object there becomes a tombstone in the same
    /// transaction; the new row takes over its key id and the key's creation time.
    /// </summary>
    /// <exception cref="StoreException">
    /// ObjectExists when <see cref="NewObject.OnlyIfAbsent"/> and the key is taken, or when an object that is keyed by its id has it;
    /// PreconditionFailed when <see cref="NewObject.Seen"/> is not what is there; BucketNotFound when the bucket was deleted.
    /// </exception>
    Task<StoredObject> PutObjectAsync(NewObject made, NewContent content, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="PutObjectAsync"/>, with the bytes of another object, which the two share from then on; inline bytes are copied
    /// in the same transaction.
    /// </summary>
    /// <returns>Null when the source is not READ_ONLY any more.</returns>
    /// <exception cref="StoreException">As <see cref="PutObjectAsync"/>; Corrupt when inline bytes do not match their checksum.</exception>
    Task<StoredObject?> CopyObjectAsync(ObjectId source, NewObject made, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a READ_ONLY object another key: a new version with the same bytes, key id, key creation time and members, while the
    /// old one becomes a tombstone.
    /// </summary>
    /// <returns>Null when the source is not READ_ONLY any more.</returns>
    /// <exception cref="StoreException">ObjectExists, BucketNotFound, Corrupt; WrongState for an object that is keyed by its id.</exception>
    Task<StoredObject?> MoveObjectAsync(ObjectMove move, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="DeleteObjectAsync"/>, for many; they become tombstones some hundreds at a time, fewer when they have much metadata,
    /// and the next ones once these were taken.
    /// </summary>
    /// <returns>Those that were READ_ONLY and are not any more, as they were before.</returns>
    IAsyncEnumerable<StoredObject> DeleteObjectsAsync(IReadOnlyList<ObjectId> ids, CancellationToken cancellationToken);

    /// <summary>The object, in any state; null when there is none or its tombstone was purged.</summary>
    ValueTask<StoredObject?> FindObjectAsync(ObjectId id, CancellationToken cancellationToken);

    /// <summary>
    /// The object together with its inline bytes, in one read; null as for <see cref="FindObjectAsync"/>.
    /// When it was read last may be told as it once was.
    /// </summary>
    /// <exception cref="StoreException">Corrupt when inline bytes do not match their checksum.</exception>
    ValueTask<OpenedRow?> OpenObjectAsync(ObjectId id, CancellationToken cancellationToken);

    /// <summary>The bucket of this name and the live object under a key of it, in any state, in one read.</summary>
    ValueTask<FoundAddress> FindAsync(ObjectAddress address, CancellationToken cancellationToken);

    /// <summary>As <see cref="FindAsync"/>, with the inline bytes.</summary>
    /// <exception cref="StoreException">Corrupt when inline bytes do not match their checksum.</exception>
    ValueTask<OpenedAddress> OpenAsync(ObjectAddress address, CancellationToken cancellationToken);

    /// <summary>The READ_ONLY objects under many keys of a bucket.</summary>
    /// <returns>
    /// One for each key, in their order; null where there is none. It ends before the last key, but not before the first, when names
    /// and metadata come to several MiB.
    /// </returns>
    ValueTask<IReadOnlyList<StoredObject?>> FindObjectsAsync(BucketId bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>One page, newest first. It ends before its limit when names and metadata come to several MiB.</summary>
    /// <exception cref="StoreException">
    /// SearchTooSlow when a filter found too little in its time; Busy when too many filtered lists wait.
    /// </exception>
    ValueTask<ObjectPage> ListObjectsAsync(ObjectQuery query, CancellationToken cancellationToken);
}

/// <summary>What a new row is made of.</summary>
public sealed record NewObject
{
    public required ObjectId Id { get; init; }

    public required AccountId Account { get; init; }

    public required BucketId Bucket { get; init; }

    public required string Key { get; init; }

    public required string Name { get; init; }

    public ContentClass Class { get; init; }

    public string? MediaType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentEncoding { get; init; }

    public string? RobotsTag { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    public string? Owner { get; init; }

    public bool IsPublic { get; init; }

    public long? ExpiresAtMs { get; init; }

    /// <summary>For whole writes: refuse when the key is taken.</summary>
    public bool OnlyIfAbsent { get; init; }

    /// <summary>
    /// For whole writes: what was under the key when the write was judged; when something else is there by now, the judgement counts
    /// no more and nothing is written. Null replaces whatever is there.
    /// </summary>
    public SeenVersion? Seen { get; init; }
}

/// <summary>What was seen under a key.</summary>
/// <param name="Id">Null when there was nothing.</param>
public readonly record struct SeenVersion(ObjectId? Id);

/// <summary>Where an object goes.</summary>
/// <param name="Source">The version that is moved.</param>
/// <param name="Id">Of the version that takes its place.</param>
/// <param name="Owner">Null keeps the one it has.</param>
public sealed record ObjectMove(ObjectId Source, ObjectId Id, BucketId Bucket, string Key, string? Owner);

/// <summary>What is at an address.</summary>
/// <param name="Bucket">Null when there is no such bucket.</param>
/// <param name="Object">Null when nothing is under the key.</param>
public readonly record struct FoundAddress(Bucket? Bucket, StoredObject? Object);

/// <summary>As <see cref="FoundAddress"/>, with the bytes.</summary>
/// <param name="Row">Null when nothing is under the key; else it is the caller's to dispose.</param>
public readonly record struct OpenedAddress(Bucket? Bucket, OpenedRow? Row);

/// <summary>Bytes to give to an object: inline, or blobs in order; never both.</summary>
public sealed record NewContent
{
    public required long SizeBytes { get; init; }

    /// <summary>Entity tag without quotes.</summary>
    public required string ETag { get; init; }

    /// <summary>The whole content when it is kept inline. The catalog has copied it once the call returns.</summary>
    public ReadOnlyMemory<byte>? Inline { get; init; }

    public IReadOnlyList<BlobPiece> Pieces { get; init; } = [];

    /// <summary>When given, attaching does not happen once the object has other bytes than these.</summary>
    public ExpectedContent? Replaces { get; init; }
}

/// <summary>The bytes that an object was seen with.</summary>
/// <param name="ETag">Null when it had none.</param>
public readonly record struct ExpectedContent(string? ETag);

/// <summary>What may be changed afterwards; null leaves a thing as it is.</summary>
public sealed record ObjectChange
{
    public string? Name { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    public bool ClearMetadata { get; init; }

    public bool? IsPublic { get; init; }

    public long? ExpiresAtMs { get; init; }

    public bool ClearExpiry { get; init; }
}

/// <summary>Names a creating call, so that its repetition makes no twin.</summary>
/// <param name="Token">Method, path and the caller's request id.</param>
/// <param name="Digest">SHA-256 of the body.</param>
public sealed record OnceToken(AccountId Account, string Token, byte[] Digest);

/// <summary>The answer to a creation.</summary>
/// <param name="WasMade">False when the call repeated an earlier one.</param>
public sealed record CreatedObject(StoredObject Object, bool WasMade);

/// <summary>The outcome of a change of state.</summary>
/// <param name="Happened">False when the state, or the lack of content, did not allow it.</param>
/// <param name="Object">The row as it is now; null when there is none.</param>
public sealed record Transition(bool Happened, StoredObject? Object);

/// <summary>A row with its inline bytes, which are the caller's until it is disposed.</summary>
public abstract class OpenedRow(StoredObject found) : IDisposable
{
    public StoredObject Object { get; } = found;

    /// <summary>The content when it is inline; null when it is in blobs or there is none.</summary>
    public abstract ReadOnlyMemory<byte>? Inline { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>Which objects a page shows. Filters combine with AND.</summary>
public sealed record ObjectQuery
{
    /// <summary>Whose objects; null for the public READ_ONLY objects of all accounts.</summary>
    public AccountId? Account { get; init; }

    /// <summary>Exactly this state; null for all but DELETED.</summary>
    public ObjectState? State { get; init; }

    public ContentClass? Class { get; init; }

    /// <summary>Media type without parameters, in lower case.</summary>
    public string? MediaType { get; init; }

    /// <summary>Part of the name, letter case ignored.</summary>
    public string? NameContains { get; init; }

    /// <summary>An id, the beginning of an id, or part of the name, letter case ignored.</summary>
    public string? Search { get; init; }

    /// <summary>The page begins after this object, which may be deleted by now; unknown gives an empty page.</summary>
    public ObjectId? After { get; init; }

    public required int Limit { get; init; }

    public bool WithTotal { get; init; }

    /// <summary>Whether a row that all else lets through is shown; null shows all. Quick, and safe on any thread.</summary>
    public Func<StoredObject, bool>? Shows { get; init; }

    public bool IsFiltered => Shows is not null || Class is not null || MediaType is not null || NameContains is not null || Search is not null;
}

/// <param name="TotalCount">All matches whatever the cursor; null when not asked for, or when counting took too long.</param>
public sealed record ObjectPage(IReadOnlyList<StoredObject> Objects, bool HasMore, long? TotalCount)
{
    public static readonly ObjectPage Empty = new([], HasMore: false, TotalCount: null);
}
