using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A file that was just written.</summary>
/// <param name="Id">The identifier, which stays when the content is replaced; null where the server does not say it.</param>
/// <param name="Path">The key within the bucket.</param>
/// <param name="FullPath">The bucket, a slash and the key.</param>
public sealed record StoredFile(string? Id, string Path, string FullPath);

/// <summary>The answer to an upload or a copy.</summary>
internal sealed record WrittenAnswer
{
    [JsonPropertyName("Id")]
    public string? Id { get; init; }

    [JsonRequired, JsonPropertyName("Key")]
    public string Key { get; init; } = "";

    /// <param name="bucket">The bucket that was written to.</param>
    public StoredFile In(string bucket) => new(
        Id, Key.StartsWith(bucket + "/", StringComparison.Ordinal) ? Key[(bucket.Length + 1)..] : Key, Key);
}
