using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>What a file that is uploaded gets besides its bytes, and how the upload goes.</summary>
public record StorageUploadOptions
{
    /// <summary>
    /// The media type; when null, the one that the key's ending stands for, then the local file's, then <c>text/plain</c> for
    /// text and <c>application/octet-stream</c> for bytes. What is uploaded as text and has a type of text gets
    /// <c>;charset=UTF-8</c>.
    /// </summary>
    public string? ContentType { get; init; }

    /// <summary>How long browsers and caches may keep the file, sent as <c>max-age</c>; an hour by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan CacheControl { get; init => field = Lifetime.NotNegative(value)!.Value; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How the bytes are encoded, such as <c>gzip</c>; null for not at all. They are stored and served as they are.
    /// </summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Whether a file of that key is replaced. An update replaces it always, a signed URL as its maker said.</summary>
    public bool Upsert { get; init; }

    /// <summary>Metadata of your own, any JSON object; null for none. It replaces what the key had.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>Hears how far the transfer is; called on the thread that uploads.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>
    /// What the call does differently; its headers go over those made of the other members, and its timeout limits how long the
    /// transfer may stand still.
    /// </summary>
    public RequestOptions? Request { get; init; }
}
