namespace Coffer.Buckets;

/// <summary>What a new bucket is to be.</summary>
public sealed record BucketDraft
{
    public required string Name { get; init; }

    /// <summary>What it is shown as; null for its name.</summary>
    public string? Title { get; init; }

    public bool IsPublic { get; init; }

    public long? SizeLimitBytes { get; init; }

    public IReadOnlyList<string>? AllowedMediaTypes { get; init; }
}

/// <summary>What may be changed afterwards; what is null is left as it is, unless its Clear flag is set.</summary>
public sealed record BucketChange
{
    public bool? IsPublic { get; init; }

    public long? SizeLimitBytes { get; init; }

    public bool ClearSizeLimit { get; init; }

    public IReadOnlyList<string>? AllowedMediaTypes { get; init; }

    public bool ClearMediaTypes { get; init; }
}

public enum BucketSort
{
    CreatedAt,
    Name,
    ShownName,
    UpdatedAt,
}

/// <summary>Which buckets a list shows.</summary>
public sealed record BucketQuery
{
    /// <summary>Part of what it is shown as, ASCII letter case ignored; null for all.</summary>
    public string? NameContains { get; init; }

    public BucketSort Sort { get; init; }

    public bool Descending { get; init; }

    public int Offset { get; init; }

    public int? Limit { get; init; }
}
