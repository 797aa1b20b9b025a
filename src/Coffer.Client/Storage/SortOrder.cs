namespace Coffer.Client;

/// <summary>The columns that a listing can be sorted by.</summary>
public enum SortColumn
{
    /// <summary>The name, byte by byte or without regard to case, as the listing has it.</summary>
    Name,

    /// <summary>The time of creation.</summary>
    CreatedAt,

    /// <summary>The time of the last change.</summary>
    UpdatedAt,

    /// <summary>The time of the last reading; only for <see cref="BucketFiles.ListAsync"/>.</summary>
    LastAccessedAt,

    /// <summary>The identifier; only for buckets.</summary>
    Id,
}

/// <summary>How a listing is sorted.</summary>
/// <param name="Column">By what.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
public sealed record SortOrder(SortColumn Column, bool IsDescending = false)
{
    internal string ColumnWord => Column switch
    {
        SortColumn.Name => "name",
        SortColumn.CreatedAt => "created_at",
        SortColumn.UpdatedAt => "updated_at",
        SortColumn.LastAccessedAt => "last_accessed_at",
        SortColumn.Id => "id",
        _ => throw new InvalidOperationException($"There is no column {Column}."),
    };

    internal string OrderWord => IsDescending ? "desc" : "asc";
}
