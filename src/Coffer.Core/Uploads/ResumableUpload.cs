using Coffer.Access;
using Coffer.Blobs;
using Coffer.Objects;

namespace Coffer.Uploads;

/// <summary>Names an upload: 128 random bits, which are all that guards it between callers without a name of their own.</summary>
public readonly record struct UploadId(UInt128 Value)
{
    public static UploadId New() => new(Bits128.Random());
}

/// <summary>An upload that comes in pieces.</summary>
public sealed record ResumableUpload
{
    public required UploadId Id { get; init; }

    /// <summary>The account that it was begun in.</summary>
    public required AccountId Account { get; init; }

    /// <summary>SHA-256 of who sends it.</summary>
    public required ReadOnlyMemory<byte> UploaderHash { get; init; }

    /// <summary>What it is to store, as its beginning said.</summary>
    public required PutRequest Request { get; init; }

    /// <summary>Subject that owns what is stored; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>Size in bytes of the whole; null while it is not known.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>How many bytes are there for good.</summary>
    public required long OffsetBytes { get; init; }

    /// <summary>Where the bytes are staged; null once it is finished.</summary>
    public BlobId? Blob { get; init; }

    public required long ExpiresAtMs { get; init; }

    /// <summary>What it became; null while it is unfinished.</summary>
    public ObjectId? FinishedAs { get; init; }
}
