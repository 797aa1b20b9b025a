using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>One page of <see cref="BucketFiles.ListV2Async"/>.</summary>
public sealed record StoragePage
{
    /// <summary>The folders of this page; empty unless asked for with <see cref="StorageListRequest.WithDelimiter"/>.</summary>
    public IReadOnlyList<StorageEntry> Folders { get; init; } = [];

    /// <summary>The files of this page.</summary>
    [JsonRequired, JsonPropertyName("objects")]
    public IReadOnlyList<StorageEntry> Files { get; init; } = [];

    /// <summary>Whether another page follows.</summary>
    [JsonPropertyName("hasNext")]
    public bool HasNext { get; init; }

    /// <summary>What the next page is asked for with; null on the last page. It carries the order with it.</summary>
    [JsonPropertyName("nextCursor")]
    public string? NextCursor { get; init; }
}
