namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>Which rows a list may show.</summary>
internal sealed class RowSight(RowFilter? filter)
{
    /// <summary>Beginnings of keys outside which nothing is shown; null for all.</summary>
    public IReadOnlyList<byte[]>? Prefixes { get; } = filter?.Prefixes?.Select(KeyBytes.Of).ToList();

    /// <summary>Whether a row has to be read before it is known to be shown.</summary>
    public bool JudgesRows => filter is not null;

    /// <summary>Whether no prefix parts the keys that begin with a text; letter case is left out of account.</summary>
    public bool HasAllBelow(string prefix)
    {
        byte[] folded = KeyBytes.Folded(KeyBytes.Of(prefix));
        return Prefixes is null || Prefixes.Any(shown => folded.AsSpan().StartsWith(KeyBytes.Folded(shown)));
    }

    /// <summary>The row when it is shown; it is complete and has not expired.</summary>
    public StoredObject? Judge(Turn turn, long n, ReadOnlySpan<byte> key)
    {
        if (!IsWithin(key))
        {
            return null;
        }

        turn.SpendOnJudging();
        StoredObject found = ObjectReads.Find(turn.Db, n).Stored;
        return Shows(found) ? found : null;
    }

    /// <summary>Judges a row that lies within the prefixes.</summary>
    public bool Shows(StoredObject found) => filter?.Shows(found) ?? true;

    private bool IsWithin(ReadOnlySpan<byte> key)
    {
        foreach (byte[] prefix in Prefixes ?? [])
        {
            if (key.StartsWith(prefix))
            {
                return true;
            }
        }

        return Prefixes is null;
    }
}
