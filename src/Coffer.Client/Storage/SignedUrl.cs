using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What became of one of many links that were asked for.</summary>
/// <param name="Path">The key, as it was asked for.</param>
/// <param name="Url">The whole link; null when there is an error.</param>
/// <param name="Error">Why there is no link; null when there is one.</param>
public sealed record SignedUrlResult(string Path, string? Url, string? Error);

/// <summary>A link by which anyone may upload one file, without a key, until it expires.</summary>
/// <param name="Url">The whole link, for a PUT with the bytes.</param>
/// <param name="Token">The authority in the link, for <see cref="BucketFiles"/>' methods that upload to a signed URL.</param>
/// <param name="Path">The key within the bucket.</param>
public sealed record SignedUploadUrl(string Url, string Token, string Path)
{
    /// <summary>The link and its token are secrets: only the key.</summary>
    public override string ToString() => $"{nameof(SignedUploadUrl)} {{ Path = {Path} }}";
}

/// <summary>The answer to a call for one link, or a part of the answer to a call for many.</summary>
internal sealed record SignedAnswer
{
    [JsonPropertyName("signedURL")]
    public string? SignedUrl { get; init; }

    public string? Path { get; init; }

    public string? Error { get; init; }
}

/// <summary>The answer to a call for an upload link.</summary>
internal sealed record SignedUploadAnswer
{
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string Url { get; init; } = "";

    public string? Token { get; init; }
}
