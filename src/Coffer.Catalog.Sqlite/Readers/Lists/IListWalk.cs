namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>A list that is read in turns, each on a snapshot of its own. It remembers where it was.</summary>
internal interface IListWalk
{
    /// <returns>Whether the list is complete; false when the turn is over before.</returns>
    bool Read(Turn turn);
}
