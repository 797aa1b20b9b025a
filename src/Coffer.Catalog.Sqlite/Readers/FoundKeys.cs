namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>The objects under some keys while they are read: full with the last key, or by what their texts take up in memory.</summary>
internal sealed class FoundKeys(IReadOnlyList<string> keys)
{
    private readonly List<StoredObject?> _objects = [];
    private readonly TextBudget _text = new();

    public IReadOnlyList<StoredObject?> Objects => _objects;

    public bool IsFull => _objects.Count >= keys.Count || _text.IsSpent;

    public string Next => keys[_objects.Count];

    public void Add(StoredObject? found)
    {
        _objects.Add(found);
        _text.Spend(found);
    }
}
