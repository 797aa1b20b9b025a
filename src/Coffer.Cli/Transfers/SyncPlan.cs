using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>A directory and a folder of a bucket side by side: what has to be done so that one is like the other.</summary>
internal abstract class SyncPlan(Session session, string directory, BucketAddress folder)
{
    protected Session Session => session;

    protected string Root => directory;

    protected BucketAddress Folder => folder;

    /// <summary>Looks at both sides; nothing is changed.</summary>
    /// <returns>What is to be transferred, what the target has beyond the source, and how many files are the same.</returns>
    public async Task<(List<Transfer> Transfers, List<Step> Deletions, int Same)> CompareAsync()
    {
        SortedDictionary<string, FileInfo> here = FilesHere();
        var there = new Dictionary<string, BucketFile>(StringComparer.Ordinal);
        foreach (BucketFile file in await BucketTree.FilesAsync(session.Client.Storage, folder, session.Cancelled))
        {
            string name = file.Address.Key[folder.Key.Length..];
            if (!DownloadSteps.IsFolderMark(name))
            {
                there.Add(name, file);
            }
        }

        HashSet<string> both = [.. here.Keys.Where(there.ContainsKey)];
        var different = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await session.InParallelAsync(both, Environment.ProcessorCount, static name => name, async (name, cancellationToken) =>
        {
            if (!await IsSameAsync(here[name], there[name], cancellationToken))
            {
                different[name] = true;
            }
        });

        List<Transfer> transfers = [];
        IEnumerable<string> wanted = Source(here.Keys, there.Keys)
            .Where(name => !both.Contains(name) || different.ContainsKey(name))
            .Order(StringComparer.Ordinal);
        await session.ForEachAsync(wanted, name =>
        {
            transfers.Add(TransferOf(name, here.GetValueOrDefault(name), there.GetValueOrDefault(name)));
            return Task.CompletedTask;
        });
        List<Step> deletions =
        [
            .. Target(here.Keys, there.Keys).Where(name => !both.Contains(name)).Order(StringComparer.Ordinal)
                .Select(name => DeletionOf(name, here.GetValueOrDefault(name), there.GetValueOrDefault(name))),
        ];
        return (transfers, deletions, both.Count - different.Count);
    }

    /// <summary>Deletes at the target.</summary>
    /// <returns>How many files are gone.</returns>
    public abstract Task<int> DeleteAsync(List<Step> deletions, Action<Step> gone);

    protected abstract SortedDictionary<string, FileInfo> FilesHere();

    protected abstract IEnumerable<string> Source(IEnumerable<string> here, IEnumerable<string> there);

    protected abstract IEnumerable<string> Target(IEnumerable<string> here, IEnumerable<string> there);

    protected abstract Transfer TransferOf(string name, FileInfo? here, BucketFile? there);

    protected abstract Step DeletionOf(string name, FileInfo? here, BucketFile? there);

    /// <summary>
    /// Of two files of one size whose bytes cannot be compared, and of which no sync kept a time: whether the source was changed
    /// after the target.
    /// </summary>
    protected abstract bool IsNewer(DateTimeOffset here, DateTimeOffset there);

    /// <summary>
    /// By size, then by MD5. An entity tag that is no MD5, as of a file that was uploaded in pieces, says nothing about the bytes:
    /// then by the time of change.
    /// </summary>
    private async Task<bool> IsSameAsync(FileInfo here, BucketFile file, CancellationToken cancellationToken)
    {
        StorageEntry there = file.Entry;
        if (here.Length != there.Metadata?.SizeBytes)
        {
            return false;
        }

        if (Md5In(there.Metadata.ETag) is not { } md5)
        {
            return await IsOfSameTimeAsync(here, file.Address, there.Metadata.LastModified, cancellationToken);
        }

        await using FileStream content = here.OpenRead();
#pragma warning disable CA5351 // compares, and protects nothing: the Storage API's entity tags are MD5
        byte[] own = await MD5.HashDataAsync(content, cancellationToken);
#pragma warning restore CA5351
        return own.AsSpan().SequenceEqual(md5);
    }

    /// <summary>
    /// The file is the one that a sync sent when it has the time that was kept then, and the one that a sync fetched when it has the
    /// server's. Equal, and not merely older: what is put in its place by <c>cp -p</c> or <c>tar</c> brings an old time along.
    /// </summary>
    private async Task<bool> IsOfSameTimeAsync(FileInfo here, BucketAddress there, DateTimeOffset? stored, CancellationToken cancellationToken)
    {
        if (stored is not { } changed)
        {
            return false;
        }

        StorageFileInfo info;
        try
        {
            info = await session.Client.Storage.From(there.Bucket).InfoAsync(there.Key, cancellationToken: cancellationToken);
        }
        catch (StorageException gone) when (gone.StatusCode == 404)
        {
            return false;
        }

        return ChangeTime.In(info.Metadata) is { } kept
            ? here.LastWriteTimeUtc == kept || here.LastWriteTimeUtc == changed.UtcDateTime
            : !IsNewer(new DateTimeOffset(here.LastWriteTimeUtc), changed);
    }

    private static byte[]? Md5In(string? etag)
    {
        string text = etag?.Trim('"') ?? "";
        return text.Length == 32 && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            ? Convert.FromHexString(text)
            : null;
    }
}
