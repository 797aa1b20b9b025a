namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The page of a folder: by name at one go; by time all folders first, then the files.</summary>
internal sealed class FolderList : IListWalk
{
    private readonly FolderQuery _query;
    private readonly FolderPositions? _positions;
    private readonly RowSight _sight;
    private readonly FolderEntries _page;
    private IListWalk _part;
    private bool _isLastPart;

    public FolderList(FolderQuery query, FolderPositions positions)
    {
        bool isFarIn = query.Offset >= positions.StretchEntries / 2; // what is nearer is counted as fast
        _positions = query.Filter is null && isFarIn ? positions : null;
        _query = query;
        _sight = new RowSight(query.Filter);
        _page = new FolderEntries(query);
        _isLastPart = query.Sort is KeySort.Name;
        _part = new FolderNameWalk(
            query, _sight, _page, _positions?.Of(query, _page, byCreation: false, foldersOnly: !_isLastPart), foldersOnly: !_isLastPart);
    }

    public IReadOnlyList<FolderEntry> Found => _page.Found;

    public bool Read(Turn turn)
    {
        while (_part.Read(turn))
        {
            if (_isLastPart || _page.IsFull)
            {
                return true;
            }

            _part = FilesByTime();
            _isLastPart = true;
        }

        return false;
    }

    /// <remarks>The index in the order of creation is by whole folders, and of no use when the filter leaves out most of a folder by its prefixes.</remarks>
    private IListWalk FilesByTime() => _query is { Sort: KeySort.CreatedAt, Prefix: [] or [.., '/'] } && _sight.HasAllBelow(_query.Prefix)
        ? new FolderCreationWalk(_query, _sight, _page, _positions?.Of(_query, _page, byCreation: true, foldersOnly: false))
        : new FolderTimeScan(_query, _sight, _page);
}
