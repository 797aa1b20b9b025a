using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>Where a copy goes, and what it keeps of its source.</summary>
public sealed record StorageCopyOptions
{
    /// <summary>The bucket of the copy; the source's own when null.</summary>
    public string? DestinationBucket { get; init; }

    /// <summary>Whether a file of the copy's key is replaced.</summary>
    public bool Upsert { get; init; }

    /// <summary>
    /// Whether the copy has all of its source's metadata, as by default. Otherwise it has <see cref="CacheControl"/>,
    /// <see cref="ContentType"/> and <see cref="ContentEncoding"/> where they are set, the source's where not, and
    /// <see cref="Metadata"/> or none.
    /// </summary>
    public bool CopyMetadata { get; init; } = true;

    /// <summary>How long browsers and caches may keep the copy; null for as long as the source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? CacheControl { get; init => field = Lifetime.NotNegative(value); }

    /// <summary>The copy's media type; null for the source's.</summary>
    public string? ContentType { get; init; }

    /// <summary>The encoding of the bytes as they are stored, e.g. <c>gzip</c>; null for the source's, empty for none.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The copy's metadata; null for none.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>What the call does differently.</summary>
    public RequestOptions? Request { get; init; }
}
