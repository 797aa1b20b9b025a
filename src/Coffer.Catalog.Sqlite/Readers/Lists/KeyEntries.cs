namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The entries of a page of keys while it is read.</summary>
internal sealed class KeyEntries(int limit)
{
    private readonly List<SortedKeyEntry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Whether there is an entry that the page has no room for.</summary>
    public bool HasMore { get; private set; }

    /// <returns>False when the page is full.</returns>
    public bool Add(SortedKeyEntry entry)
    {
        if (_entries.Count >= limit)
        {
            HasMore = true;
            return false;
        }

        _entries.Add(entry);
        return true;
    }

    /// <param name="isComplete">Whether everything was looked at.</param>
    public SortedKeyPage ToPage(bool isComplete) => new(_entries, HasMore || !isComplete);
}
