namespace Coffer.Client;

/// <summary>What of a folder <see cref="BucketFiles.ListAsync"/> shows.</summary>
public sealed record StorageListOptions
{
    /// <summary>Entries at most: 100 when null, and never more than 1500.</summary>
    public int? Limit { get; init; }

    /// <summary>Entries to pass over.</summary>
    public int? Offset { get; init; }

    /// <summary>How the names begin, in any case; null for all.</summary>
    public string? Search { get; init; }

    /// <summary>The order: by name when null, folders and files mixed. By a time, folders come first.</summary>
    public SortOrder? SortBy { get; init; }
}

/// <summary>Which files <see cref="BucketFiles.ListV2Async"/> shows.</summary>
public sealed record StorageListRequest
{
    /// <summary>How the keys begin, letter for letter; null for all.</summary>
    public string? Prefix { get; init; }

    /// <summary>Entries of a page at most: 1000 when null, and never more.</summary>
    public int? Limit { get; init; }

    /// <summary>The <see cref="StoragePage.NextCursor"/> of the page before; null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether what lies deeper than the prefix's own folder shows as one entry a folder.</summary>
    public bool WithDelimiter { get; init; }

    /// <summary>The order: by name, byte by byte, when null. Not by the time of the last reading, nor by id.</summary>
    public SortOrder? SortBy { get; init; }
}
