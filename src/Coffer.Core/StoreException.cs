namespace Coffer;

/// <summary>Why the store refused a request: a closed list, from which each dialect makes its own statuses and words.</summary>
public enum StoreErrorCode
{
    /// <summary>An argument breaks a rule that the message names.</summary>
    InvalidArgument,

    /// <summary>No token, or one that nobody holds.</summary>
    NotAuthenticated,

    /// <summary>The caller is known, but its right does not cover this.</summary>
    AccessDenied,

    /// <summary>There is no such object, or the caller may not know that there is one.</summary>
    ObjectNotFound,

    /// <summary>The object has been deleted or has expired; nothing brings it back.</summary>
    ObjectGone,

    /// <summary>The object's state does not allow this, and will not by waiting.</summary>
    WrongState,

    /// <summary>Nothing was uploaded yet, so there is nothing to complete.</summary>
    NothingUploaded,

    /// <summary>A live object has this bucket and key already.</summary>
    ObjectExists,

    /// <summary>A condition of the request does not hold.</summary>
    PreconditionFailed,

    /// <summary>The range begins behind the end of the content.</summary>
    RangeNotSatisfiable,

    /// <summary>There is no such bucket, or the caller may not know that there is one.</summary>
    BucketNotFound,

    BucketExists,
    BucketNotEmpty,

    /// <summary>The bucket holds more objects than one call may delete.</summary>
    BucketTooFull,

    /// <summary>The bucket that something is to be moved or copied into does not exist for the caller.</summary>
    DestinationBucketNotFound,

    /// <summary>A bucket's name breaks a rule.</summary>
    InvalidBucketName,

    /// <summary>An object's key breaks a rule.</summary>
    InvalidKey,

    /// <summary>A media type that a bucket does not take, or that cannot be one.</summary>
    InvalidMediaType,

    AccountNotFound,
    AccountExists,
    KeyNotFound,

    /// <summary>An object's bytes are no archive, or one that is not taken; the message says what is wrong with it.</summary>
    ArchiveInvalid,

    /// <summary>An archive has no entry of this path, or it is none with content.</summary>
    EntryNotFound,

    /// <summary>There is no such decision of a policy, or it was forgotten, or it is another account's.</summary>
    DecisionNotFound,

    /// <summary>There is no such command in the devbox, or it is kept no more.</summary>
    ExecutionNotFound,

    /// <summary>The installation runs no commands in devboxes.</summary>
    ExecutionDisabled,

    /// <summary>The same request id came before with other content.</summary>
    RequestIdReused,

    /// <summary>A JSON Web Token that is not genuine or not in time; the message is the verifier's text.</summary>
    TokenInvalid,

    /// <summary>A signed URL that is wrong, or was made for something else.</summary>
    SignatureInvalid,

    /// <summary>A signed URL whose time is over.</summary>
    SignatureExpired,

    /// <summary>The body is larger than a limit.</summary>
    TooLarge,

    /// <summary>The body ended before the length it announced.</summary>
    ContentTruncated,

    /// <summary>There is no such upload, or it is another caller's.</summary>
    UploadNotFound,

    /// <summary>The upload has expired or was ended.</summary>
    UploadGone,

    /// <summary>A piece that does not begin where the upload's bytes end.</summary>
    WrongOffset,

    /// <summary>Too little room on the volume, in bytes or in inodes.</summary>
    OutOfSpace,

    /// <summary>Not now, and nothing was changed: too much waits, or the disk failed. The same request may succeed later.</summary>
    Busy,

    /// <summary>A search would have to read more than its time allows.</summary>
    SearchTooSlow,

    /// <summary>Stored bytes no longer match their checksum, or are missing.</summary>
    Corrupt,

    /// <summary>The catalog failed in a way that leaves outcomes open; the process ends and recovers by starting again.</summary>
    CatalogFailed,
}

/// <summary>The one exception by which the store refuses. It carries a code and a message for the caller, no status number.</summary>
public sealed class StoreException : Exception
{
    public StoreException(StoreErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    public StoreErrorCode Code { get; }

    /// <summary>Names the decision of a policy that refused, so that it can be explained; null when none did.</summary>
    public string? DecisionId { get; init; }
}
