using Coffer.Objects;

namespace Coffer.Catalog;

/// <summary>Which objects of a bucket a list may show. Applied to each row before folders are made and pages are cut.</summary>
public sealed record RowFilter
{
    public static readonly RowFilter Nothing = new() { Prefixes = [], Shows = static _ => false };

    /// <summary>
    /// Beginnings of keys outside which nothing is shown, so that a list can seek; in byte order, none of them the beginning of
    /// another. Null when any key may be shown.
    /// </summary>
    public IReadOnlyList<string>? Prefixes { get; init; }

    /// <summary>Whether a row whose key passes is shown. Quick, and safe on any thread.</summary>
    public required Func<StoredObject, bool> Shows { get; init; }
}
