namespace Coffer.Client;

public partial class StorageObject
{
    /// <inheritdoc cref="ObjectsClient.ListEntriesAsync"/>
    public virtual Task<ArchiveEntryPage> ListEntriesAsync(
        ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.ListEntriesAsync(Id, request, options, cancellationToken);

    /// <inheritdoc cref="ObjectsClient.ListEntriesAsync"/>
    public virtual ArchiveEntryPage ListEntries(
        ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.ListEntries(Id, request, options, cancellationToken);

    /// <inheritdoc cref="ObjectsClient.ListAllEntriesAsync"/>
    public virtual IAsyncEnumerable<ArchiveEntry> ListAllEntriesAsync(
        ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.ListAllEntriesAsync(Id, request, options, cancellationToken);

    /// <inheritdoc cref="ObjectsClient.ListAllEntriesAsync"/>
    public virtual IEnumerable<ArchiveEntry> ListAllEntries(
        ArchiveEntryListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.ListAllEntries(Id, request, options, cancellationToken);

    /// <inheritdoc cref="ObjectsClient.OpenEntryAsync"/>
    public virtual Task<Stream> OpenEntryAsync(
        string name, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.OpenEntryAsync(Id, name, options, cancellationToken);

    /// <inheritdoc cref="ObjectsClient.OpenEntryAsync"/>
    public virtual Stream OpenEntry(
        string name, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Objects.OpenEntry(Id, name, options, cancellationToken);
}
