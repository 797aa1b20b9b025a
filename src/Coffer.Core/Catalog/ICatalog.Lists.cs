namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>
    /// A page of a folder: the READ_ONLY objects whose keys begin with a prefix, ASCII letter case ignored. Keys with a slash
    /// behind the prefix are shown as the folder up to that slash, once; folders that differ in letter case are two.
    /// </summary>
    /// <remarks>
    /// By name, folders and files are one sequence in the order of their whole lower-cased bytes, then of their bytes, where a
    /// folder has its slash at the end. By a time, all folders come first, by name, then the files by that time, equal times by name
    /// with letter case ignored. Everything in the query's direction. The cost of a page by name, or of folders by creation, is that
    /// of the entries up to its end, not that of what lies in folders below it.
    /// </remarks>
    /// <exception cref="StoreException">
    /// SearchTooSlow when more has to be read than the time for searches allows; Busy when too many long lists wait.
    /// </exception>
    ValueTask<IReadOnlyList<FolderEntry>> ListFolderAsync(FolderQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// A page of a bucket's READ_ONLY objects whose keys begin with a prefix, in the order of the keys' bytes or of times; folders,
    /// when there are any, are in the same sequence.
    /// </summary>
    /// <remarks>
    /// By name the cost of a page is that of its entries, not that of what they fold. By time everything below the prefix is read.
    /// </remarks>
    /// <exception cref="StoreException">
    /// SearchTooSlow when nothing to show was found in the time for searches, or when times are to be compared and that time was not
    /// enough; Busy when too many long lists wait.
    /// </exception>
    ValueTask<SortedKeyPage> ListSortedAsync(SortedKeyQuery query, CancellationToken cancellationToken);
}
