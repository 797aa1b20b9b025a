using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What a bucket is to be. What is left null is not sent: the server's default on create, no change on update.</summary>
public sealed record BucketSettings
{
    /// <summary>Whether anyone who knows a file's address may read it; listing and writing need a right all the same.</summary>
    [JsonPropertyName("public")]
    public bool? IsPublic { get; init; }

    /// <summary>The size that a file may have; <see cref="SizeLimit.None"/> takes a limit away.</summary>
    public SizeLimit? FileSizeLimit { get; init; }

    /// <summary>The media types that a file may have, such as <c>image/*</c>; an empty list takes the restriction away.</summary>
    public IReadOnlyList<string>? AllowedMimeTypes { get; init; }
}
