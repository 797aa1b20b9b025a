using Coffer.Catalog.Sqlite.Readers.Lists;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    public async ValueTask<IReadOnlyList<FolderEntry>> ListFolderAsync(FolderQuery query, CancellationToken cancellationToken)
    {
        var list = new FolderList(query, _positions);
        return await _lists.ReadAsync(query.Bucket, list, cancellationToken) ? list.Found : throw TooSlow();
    }

    public async ValueTask<SortedKeyPage> ListSortedAsync(SortedKeyQuery query, CancellationToken cancellationToken)
    {
        var sight = new RowSight(query.Filter);
        var page = new KeyEntries(query.Limit);
        bool byName = query.Sort is KeySort.Name;
        IListWalk list = byName ? new KeyNameWalk(query, sight, page)
            : KeyCreationWalk.Suits(query, sight) ? new KeyCreationWalk(query, sight, page)
            : new KeyTimeScan(query, sight, page);
        bool isComplete = await _lists.ReadAsync(query.Bucket, list, cancellationToken);
        return isComplete || (byName && page.Count > 0) ? page.ToPage(isComplete) : throw TooSlow();
    }

    private static StoreException TooSlow() =>
        new(StoreErrorCode.SearchTooSlow, "the list would have to read more than its time allows; list a smaller folder, or by name");
}
