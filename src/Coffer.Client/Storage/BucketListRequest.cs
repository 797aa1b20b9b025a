namespace Coffer.Client;

/// <summary>Which buckets a listing shows. What is left null does not narrow.</summary>
public sealed record BucketListRequest
{
    /// <summary>Buckets at most, at least 1; every one when null.</summary>
    public int? Limit { get; init; }

    /// <summary>Buckets to pass over.</summary>
    public int? Offset { get; init; }

    /// <summary>Part of the name, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>The order, by anything but the time of the last reading; the server's own when null.</summary>
    public SortOrder? SortBy { get; init; }
}
