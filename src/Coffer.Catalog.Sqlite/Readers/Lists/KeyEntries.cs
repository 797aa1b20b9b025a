namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The entries of a page of keys while it is read: full by their number, or by what their texts take up in memory.</summary>
internal sealed class KeyEntries(int limit)
{
    private readonly List<SortedKeyEntry> _entries = [];
    private long _text;

    public int Count => _entries.Count;

    /// <summary>Whether there is an entry that the page has no room for.</summary>
    public bool HasMore { get; private set; }

    /// <returns>False when the page is full.</returns>
    public bool Add(SortedKeyEntry entry)
    {
        if (_entries.Count >= limit || _text >= PageRows.MostText)
        {
            HasMore = true;
            return false;
        }

        _entries.Add(entry);
        _text += entry.Name.Length + (entry.Object?.Metadata?.Json.Length ?? 0);
        return true;
    }

    /// <param name="isComplete">Whether everything was looked at.</param>
    public SortedKeyPage ToPage(bool isComplete) => new(_entries, HasMore || !isComplete);
}
