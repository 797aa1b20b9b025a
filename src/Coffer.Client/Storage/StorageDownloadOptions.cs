using System.Net.Http.Headers;

namespace Coffer.Client;

/// <summary>What of a file is downloaded, and how.</summary>
public sealed record StorageDownloadOptions
{
    /// <summary>
    /// The bytes that are wanted, such as <c>new(0, 99)</c> for the first hundred; null for all. One range only. A server that
    /// answers with other bytes makes the call fail.
    /// </summary>
    public RangeHeaderValue? Range { get; init; }

    /// <summary>How an image is to be rendered; null for the file as it is.</summary>
    public ImageTransform? Transform { get; init; }

    /// <summary>Any text that makes caches take the address for a new one; null for none.</summary>
    public string? CacheNonce { get; init; }

    /// <summary>Hears how far the transfer is; called on the thread that downloads.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>What the call does differently; its timeout limits how long the transfer may stand still.</summary>
    public RequestOptions? Request { get; init; }
}
