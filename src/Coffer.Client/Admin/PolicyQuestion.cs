using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A call that policies are asked about: who wants to do what with which object, or bucket.</summary>
public sealed record PolicyQuestion
{
    /// <summary><c>objects</c> or <c>buckets</c>; null for objects.</summary>
    public string? Table { get; init; }

    /// <summary>Of <c>select</c>, <c>insert</c>, <c>update</c> and <c>delete</c> those that must all be allowed.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>The operation's name, such as <c>object.upload</c>; null for none.</summary>
    public string? Operation { get; init; }

    /// <summary>The caller's role; null for <c>anon</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The caller's user id; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>The members of the caller's JSON Web Token; null for none.</summary>
    public JsonElement? Claims { get; init; }

    /// <summary>The name of the bucket.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>The object's key; null for a bucket.</summary>
    public string? Key { get; init; }

    /// <summary>The user id of who made the object; null for nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>The object's media type; null for none.</summary>
    [JsonPropertyName("mimetype")]
    public string? MimeType { get; init; }

    /// <summary>The object's size in bytes; null when it is not known.</summary>
    public long? Size { get; init; }

    /// <summary>The object's user metadata, a JSON object; null for none.</summary>
    public JsonElement? UserMetadata { get; init; }

    /// <summary>The bucket that the object is to be moved to; null when it stays.</summary>
    public string? NewBucket { get; init; }

    /// <summary>The key that the object is to have afterwards; null when it keeps its own.</summary>
    public string? NewKey { get; init; }

    /// <summary>Policies to ask instead of those of the account; null asks those.</summary>
    public IReadOnlyList<JsonElement>? Policies { get; init; }
}
