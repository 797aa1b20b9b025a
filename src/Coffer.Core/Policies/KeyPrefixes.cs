using System.Text;

namespace Coffer.Policies;

/// <summary>Beginnings that keys must have, one of them each. What it lets through may still be wrong; what it keeps out never is right.</summary>
internal sealed class KeyPrefixes
{
    public static readonly KeyPrefixes Any = new([""]);
    public static readonly KeyPrefixes None = new([]);

    /// <summary>A list seeks to each of them: more than this and it reads on instead.</summary>
    private const int Most = 100;

    private KeyPrefixes(IReadOnlyList<string> prefixes) => List = prefixes;

    /// <summary>In byte order, none of them the beginning of another.</summary>
    public IReadOnlyList<string> List { get; }

    public bool IsAny => List is [""];

    public static KeyPrefixes Of(IEnumerable<string> prefixes)
    {
        var kept = new List<string>();
        foreach (string prefix in prefixes.Order(ByteOrder))
        {
            if (kept.Count == 0 || !prefix.StartsWith(kept[^1], StringComparison.Ordinal))
            {
                kept.Add(prefix);
            }
        }

        return kept.Count > Most ? Any : new KeyPrefixes(kept);
    }

    public KeyPrefixes Union(KeyPrefixes other) => Of(List.Concat(other.List));

    public KeyPrefixes Intersect(KeyPrefixes other) => Of(
        from mine in List
        from theirs in other.List
        where mine.StartsWith(theirs, StringComparison.Ordinal) || theirs.StartsWith(mine, StringComparison.Ordinal)
        select mine.Length > theirs.Length ? mine : theirs);

    /// <summary>The order of the catalog's keys, which is not that of UTF-16.</summary>
    private static readonly Comparer<string> ByteOrder = Comparer<string>.Create(
        static (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
}
