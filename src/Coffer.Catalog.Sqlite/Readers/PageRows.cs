namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>The objects of a page while it is read: full by their number, or by what their texts take up in memory.</summary>
internal sealed class PageRows(int limit)
{
    /// <summary>Characters of names, keys and metadata. Five thousand objects with all the metadata that is allowed have 700 million.</summary>
    internal const long MostText = 4L << 20;

    private readonly List<StoredObject> _objects = [];
    private readonly TextBudget _text = new();

    public IReadOnlyList<StoredObject> Objects => _objects;

    public bool IsFull => _objects.Count >= limit || _text.IsSpent;

    public void Add(StoredObject found)
    {
        _objects.Add(found);
        _text.Spend(found);
    }
}
