namespace Coffer.Client;

/// <summary>What a link to a file does.</summary>
public sealed record StorageLinkOptions
{
    /// <summary>
    /// The name under which a browser saves the file; empty for the file's own name; null when the browser is to show it.
    /// </summary>
    public string? Download { get; init; }

    /// <summary>How an image is to be rendered; null for the file as it is. Links made many at a time cannot have one.</summary>
    public ImageTransform? Transform { get; init; }

    /// <summary>Any text that makes caches take the address for a new one; null for none.</summary>
    public string? CacheNonce { get; init; }

    /// <summary>What the call that makes the link does differently; a public link needs none.</summary>
    public RequestOptions? Request { get; init; }
}
