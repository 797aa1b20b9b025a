namespace Coffer.Client;

/// <summary>Which objects a listing shows. What is left null does not narrow; filters combine with AND.</summary>
/// <remarks>Source: Objects API, list parameters.</remarks>
public sealed record ObjectListRequest
{
    /// <summary>Objects on a page: 20 when null, 5000 at most.</summary>
    public int? Limit { get; init; }

    /// <summary>The page begins after the object with this id.</summary>
    public string? StartingAfter { get; init; }

    /// <summary>Part of the name, in any case.</summary>
    public string? Name { get; init; }

    /// <summary>An id, the beginning of one, or part of a name.</summary>
    public string? Search { get; init; }

    /// <summary>Exactly this class; Coffer also takes a MIME type.</summary>
    public ObjectContentType? ContentType { get; init; }

    /// <summary>Exactly this state. Deleted objects are listed only when asked for.</summary>
    public ObjectState? State { get; init; }

    /// <summary>Whether to count every match: yes when null. Say false to spare the server the work.</summary>
    public bool? IncludeTotalCount { get; init; }
}
