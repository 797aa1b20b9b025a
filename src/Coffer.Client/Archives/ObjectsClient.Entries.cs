using System.Runtime.CompilerServices;

namespace Coffer.Client;

public partial class ObjectsClient
{
    /// <summary>Fetches one page of what an object's archive holds, in the order of the names' bytes. Coffer only.</summary>
    /// <param name="id">The object's identifier. The object holds a tar archive, with gzip or without.</param>
    /// <param name="request">Place and size of the page; null for the first 1000 entries.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <remarks>
    /// Entries are what extraction would leave: of several of one name the last, without devices. The first call for an archive reads
    /// all of it, later ones look into an index.
    /// </remarks>
    /// <exception cref="CofferException">
    /// 400 with code <c>archive_invalid</c> for what is no archive, or one that cannot be extracted; 409 while the object is not
    /// complete; 410 once it is deleted; 404.
    /// </exception>
    public virtual Task<ArchiveEntryPage> ListEntriesAsync(
        string id, ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(ArchiveRequests.ListEntries(id, request, options), CofferJson.Default.ArchiveEntryPage, cancellationToken);

    /// <inheritdoc cref="ListEntriesAsync"/>
    public virtual ArchiveEntryPage ListEntries(
        string id, ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(ArchiveRequests.ListEntries(id, request, options), CofferJson.Default.ArchiveEntryPage, cancellationToken);

    /// <summary>Walks through everything that an object's archive holds, fetching a page whenever the last is used up. Coffer only.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="request">Where to begin, and the size of a page (not of the walk); null for everything.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <inheritdoc cref="ListEntriesAsync"/>
    public virtual async IAsyncEnumerable<ArchiveEntry> ListAllEntriesAsync(
        string id, ArchiveEntryListRequest? request = null, RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (ArchiveEntryListRequest? next = request ?? new(); next is not null;)
        {
            ArchiveEntryPage page = await ListEntriesAsync(id, next, options, cancellationToken).ConfigureAwait(false);
            foreach (ArchiveEntry entry in page.Entries)
            {
                yield return entry;
            }

            next = PageAfter(page, next);
        }
    }

    /// <inheritdoc cref="ListAllEntriesAsync"/>
    public virtual IEnumerable<ArchiveEntry> ListAllEntries(
        string id, ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        for (ArchiveEntryListRequest? next = request ?? new(); next is not null;)
        {
            ArchiveEntryPage page = ListEntries(id, next, options, cancellationToken);
            foreach (ArchiveEntry entry in page.Entries)
            {
                yield return entry;
            }

            next = PageAfter(page, next);
        }
    }

    /// <summary>Opens one file of an object's archive for reading as it arrives. Coffer only.</summary>
    /// <param name="id">The object's identifier.</param>
    /// <param name="name">The entry's name, as listings have it; a file, or a hard link to one.</param>
    /// <param name="options">How the download goes; a link is not needed, so its lifetime does not matter.</param>
    /// <param name="cancellationToken">Ends the download, also while the stream is being read.</param>
    /// <returns>A stream to dispose, read forward only; a body that ends early is an error, not an end.</returns>
    /// <exception cref="ArgumentException">The name is empty, or a part of it is empty, <c>.</c> or <c>..</c>.</exception>
    /// <exception cref="CofferException">
    /// 404 with code <c>entry_not_found</c> for a name that the archive does not have, a directory or a symbolic link; else as
    /// <see cref="ListEntriesAsync"/>.
    /// </exception>
    public virtual async Task<Stream> OpenEntryAsync(
        string id, string name, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await Transport.Transfers.OpenDownloadAsync(
            async: true, ArchiveRequests.OpenEntry(id, name, options?.Request), options?.Progress, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="OpenEntryAsync"/>
    public virtual Stream OpenEntry(
        string id, string name, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Transfers.OpenDownloadAsync(
            async: false, ArchiveRequests.OpenEntry(id, name, options?.Request), options?.Progress, cancellationToken).Result();

    private static ArchiveEntryListRequest? PageAfter(ArchiveEntryPage page, ArchiveEntryListRequest request) =>
        page.HasMore && page.Entries is [.., { } last] && last.Name != request.StartingAfter
            ? request with { StartingAfter = last.Name }
            : null;
}
