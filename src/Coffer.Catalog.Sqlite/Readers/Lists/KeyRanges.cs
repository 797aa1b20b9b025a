namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>A stretch of keys.</summary>
/// <param name="Until">The first bytes behind it; null when it has no end.</param>
internal readonly record struct KeyRange(byte[] From, byte[]? Until);

/// <summary>Where a list has to look: below its prefix, and within the beginnings of keys that its filter shows.</summary>
internal sealed class KeyRanges
{
    private readonly List<KeyRange> _ranges = [];

    private KeyRanges(byte[] prefix, IEnumerable<byte[]>? within, Func<byte[], byte[]?> successor)
    {
        foreach (byte[] allowed in (within ?? [[]]).Order(Comparer<byte[]>.Create(KeyBytes.CompareEnds)))
        {
            byte[]? both = allowed.AsSpan().StartsWith(prefix) ? allowed : prefix.AsSpan().StartsWith(allowed) ? prefix : null;
            if (both is not null && (_ranges.Count == 0 || KeyBytes.CompareEnds(_ranges[^1].Until, both) <= 0)) // else it lies in the last one
            {
                _ranges.Add(new KeyRange(both, successor(both)));
            }
        }
    }

    public bool IsEmpty => _ranges.Count == 0;

    public static KeyRanges OfBytes(byte[] prefix, IReadOnlyList<byte[]>? within) =>
        new(prefix, within, static prefix => KeyBytes.Successor(prefix));

    /// <summary>Among folded keys.</summary>
    public static KeyRanges OfFolded(byte[] prefix, IReadOnlyList<byte[]>? within) =>
        new(KeyBytes.Folded(prefix), within?.Select(allowed => KeyBytes.Folded(allowed)), static prefix => KeyBytes.FoldedSuccessor(prefix));

    /// <summary>What is left of the first range that does not end at or before a position.</summary>
    public KeyRange? From(byte[] position)
    {
        foreach (KeyRange range in _ranges)
        {
            if (KeyBytes.CompareEnds(position, range.Until) < 0)
            {
                return range with { From = KeyBytes.CompareEnds(position, range.From) > 0 ? position : range.From };
            }
        }

        return null;
    }

    /// <summary>What is left of the last range that begins before a position.</summary>
    /// <param name="position">Null for behind everything.</param>
    public KeyRange? Before(byte[]? position)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            KeyRange range = _ranges[i];
            if (KeyBytes.CompareEnds(range.From, position) < 0)
            {
                return range with { Until = KeyBytes.CompareEnds(position, range.Until) < 0 ? position : range.Until };
            }
        }

        return null;
    }
}
