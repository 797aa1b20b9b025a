namespace Coffer.Client;

/// <summary>Which page of an archive's entries is wanted.</summary>
public sealed record ArchiveEntryListRequest
{
    /// <summary>Entries on a page: 1000 when null, 5000 at most.</summary>
    public int? Limit { get; init; }

    /// <summary>The page begins after this name, whether or not there is such an entry.</summary>
    public string? StartingAfter { get; init; }
}
