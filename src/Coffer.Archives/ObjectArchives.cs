using Coffer.Access;
using Coffer.Archives.Index;
using Coffer.Objects;

namespace Coffer.Archives;

/// <summary>
/// Looks into archives that are stored as objects, for whoever may download them. Entries are those that extraction would leave: of
/// several of one name the last, without devices; what extraction refuses is refused here.
/// </summary>
public sealed class ObjectArchives(ObjectStore objects, ArchiveIndexes indexes)
{
    /// <summary>One page of an archive's entries, in the order of their paths' bytes.</summary>
    /// <param name="after">Begins behind this path, whether or not there is such an entry; null for the beginning.</param>
    /// <exception cref="StoreException">As <see cref="ObjectStore.OpenAsync(Caller, ObjectId, CancellationToken)"/>; ArchiveInvalid.</exception>
    public async Task<EntryPage> ListAsync(Caller caller, ObjectId id, int limit, string? after, CancellationToken cancellationToken)
    {
        using OpenObject archive = await objects.OpenAsync(caller, id, cancellationToken);
        using ArchiveIndex index = await IndexAsync(archive, cancellationToken);
        int first = 0;
        if (after is not null)
        {
            int place = index.Find(after.TrimEnd('/'));
            first = place < 0 ? ~place : place + 1;
        }

        int end = (int)Math.Min(index.Count, (long)first + limit);
        var entries = new List<IndexedEntry>(end - first);
        for (int place = first; place < end; place++) entries.Add(index[place]);
        return new EntryPage(entries, HasMore: end < index.Count, index.Count);
    }

    /// <summary>Opens one entry's content.</summary>
    /// <param name="path">As lists have it; a leading <c>./</c> is taken off.</param>
    /// <exception cref="StoreException">As <see cref="ListAsync"/>; EntryNotFound, also for what has no content.</exception>
    public async Task<OpenEntry> OpenEntryAsync(Caller caller, ObjectId id, string path, CancellationToken cancellationToken)
    {
        OpenObject archive = await objects.OpenAsync(caller, id, cancellationToken);
        try
        {
            using ArchiveIndex index = await IndexAsync(archive, cancellationToken);
            int place = index.Find(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path);
            IndexedEntry entry = place < 0
                ? throw new StoreException(StoreErrorCode.EntryNotFound, $"the archive has no entry {EntryPath.Shown(path)}")
                : index[place];
            return entry.Kind switch
            {
                ArchiveEntryKind.Directory => throw new StoreException(StoreErrorCode.EntryNotFound, $"the entry {EntryPath.Shown(path)} is a directory"),
                ArchiveEntryKind.SymbolicLink => throw new StoreException(
                    StoreErrorCode.EntryNotFound, $"the entry {EntryPath.Shown(path)} is a link to {EntryPath.Shown(entry.Target!)}; ask for what it leads to"),
                _ => new OpenEntry(archive, entry, index.OpenContent(entry, offset => new ObjectStream(archive, offset), indexes.Limits)),
            };
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    private async Task<ArchiveIndex> IndexAsync(OpenObject archive, CancellationToken cancellationToken)
    {
        // An index may be finished after whoever asked for it went away, so it is not read in their name.
        (ObjectId id, Caller itself) = (archive.Object.Id, Caller.Service(archive.Object.Account));
        try
        {
            return await indexes.OpenAsync(archive.Object, () => objects.OpenAsync(itself, id, CancellationToken.None), cancellationToken);
        }
        catch (ArchiveException refused)
        {
            throw new StoreException(StoreErrorCode.ArchiveInvalid, refused.Message, refused);
        }
    }
}

/// <summary>A page of entries.</summary>
/// <param name="TotalCount">How many entries the archive has.</param>
public sealed record EntryPage(IReadOnlyList<IndexedEntry> Entries, bool HasMore, int TotalCount);

/// <summary>An entry whose content is read from front to back. Reading may block; an archive that changed under its index is an <see cref="ArchiveException"/>.</summary>
public sealed class OpenEntry(OpenObject archive, IndexedEntry entry, Stream content) : IDisposable
{
    public StoredObject Archive => archive.Object;

    public IndexedEntry Entry => entry;

    public Stream Content => content;

    public void Dispose()
    {
        content.Dispose();
        archive.Dispose();
    }
}
