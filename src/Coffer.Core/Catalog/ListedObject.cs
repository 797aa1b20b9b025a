using Coffer.Objects;

namespace Coffer.Catalog;

/// <summary>What a list of keys shows of an object; a whole row has twice as much, and metadata, which may be a MiB.</summary>
public sealed record ListedObject
{
    public required ObjectId Id { get; init; }

    public required Guid KeyId { get; init; }

    /// <summary>When its key was first written, in Unix milliseconds.</summary>
    public required long KeyCreatedAtMs { get; init; }

    public required long UpdatedAtMs { get; init; }

    public long? LastReadAtMs { get; init; }

    public long? SizeBytes { get; init; }

    /// <summary>Entity tag without quotes.</summary>
    public string? ETag { get; init; }

    /// <summary>As <see cref="MediaTypes.LabelOf(StoredObject)"/>.</summary>
    public required string MediaType { get; init; }

    public string? CacheControl { get; init; }

    public string? RobotsTag { get; init; }

    public static ListedObject Of(StoredObject found) => new()
    {
        Id = found.Id,
        KeyId = found.KeyId,
        KeyCreatedAtMs = found.KeyCreatedAtMs,
        UpdatedAtMs = found.UpdatedAtMs,
        LastReadAtMs = found.LastReadAtMs,
        SizeBytes = found.SizeBytes,
        ETag = found.ETag,
        MediaType = MediaTypes.LabelOf(found),
        CacheControl = found.CacheControl,
        RobotsTag = found.RobotsTag,
    };
}
