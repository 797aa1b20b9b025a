using Coffer.Buckets;
using Coffer.Objects;

namespace Coffer.Catalog;

public enum KeySort
{
    Name,
    CreatedAt,
    UpdatedAt,
    LastReadAt,
}

/// <summary>
/// One folder as people see it: what is directly in it, letter case of ASCII ignored, by name or time, from an offset.
/// </summary>
public sealed record FolderQuery
{
    public required BucketId Bucket { get; init; }

    /// <summary>What every key begins with, ASCII letter case ignored.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>How many characters of the prefix name the folder itself, and are left out of the names that are shown.</summary>
    public int NameStart { get; init; }

    public KeySort Sort { get; init; }

    public bool Descending { get; init; }

    public int Offset { get; init; }

    public required int Limit { get; init; }

    /// <summary>Null shows all.</summary>
    public RowFilter? Filter { get; init; }
}

/// <summary>An object, or a folder, which has no object.</summary>
/// <param name="Name">Relative to the folder that was listed; a folder's without its slash.</param>
/// <param name="Object">Null for a folder.</param>
public readonly record struct FolderEntry(string Name, ListedObject? Object);

/// <summary>A page of a bucket in the order of keys or times, with or without folders.</summary>
public sealed record SortedKeyQuery
{
    public required BucketId Bucket { get; init; }

    /// <summary>What every key begins with, letter case counted.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// Keys that share what comes before this, behind the prefix, are folded into one folder; null folds nothing. Sorted by a time, it
    /// has no letters.
    /// </summary>
    public string? Delimiter { get; init; }

    /// <summary>Equal times come by name, in the same direction.</summary>
    public KeySort Sort { get; init; }

    public bool Descending { get; init; }

    /// <summary>The last entry of the page before; null for the first page.</summary>
    public KeyCursor? After { get; init; }

    public required int Limit { get; init; }

    public RowFilter? Filter { get; init; }
}

/// <param name="Name">Key of an object, or whole prefix of a folder, delimiter included.</param>
/// <param name="TimeMs">The time that the page is sorted by; null when it is sorted by name.</param>
public readonly record struct KeyCursor(string Name, long? TimeMs);

/// <summary>Objects and folders in one sequence.</summary>
public sealed record SortedKeyPage(IReadOnlyList<SortedKeyEntry> Entries, bool HasMore);

/// <param name="Name">Key of an object, or whole prefix of a folder, delimiter included.</param>
/// <param name="TimeMs">What it was sorted by; of a folder the oldest creation below it; null when sorted by name.</param>
/// <param name="Object">Null for a folder.</param>
public readonly record struct SortedKeyEntry(string Name, long? TimeMs, ListedObject? Object);
