namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>How much text rows may hold that are in memory together.</summary>
internal sealed class TextBudget
{
    private long _text;

    public bool IsSpent => _text >= PageRows.MostText;

    public void Spend(StoredObject? held) =>
        _text += held is null ? 0 : held.Name.Length + held.Key.Length + (held.Metadata?.Json.Length ?? 0);
}
