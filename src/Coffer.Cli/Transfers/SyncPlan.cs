using System.Collections.Concurrent;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
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
        HashSet<string> different = await DifferentAsync(both, here, there);

        List<Transfer> transfers = [];
        IEnumerable<string> wanted = Source(here.Keys, there.Keys)
            .Where(name => !both.Contains(name) || different.Contains(name))
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

    /// <summary>Of two files of one size whose bytes cannot be compared: whether the source was changed after the target.</summary>
    protected abstract bool IsNewer(DateTimeOffset here, DateTimeOffset there);

    /// <summary>Those of the names that are not the same on both sides. Reading the files here may take long, and shows like a transfer.</summary>
    private async Task<HashSet<string>> DifferentAsync(
        HashSet<string> names, SortedDictionary<string, FileInfo> here, Dictionary<string, BucketFile> there)
    {
        var different = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        string[] sameSize = [.. names.Where(name => here[name].Length == there[name].Entry.Metadata?.SizeBytes)];
        int small = sameSize.Count(name => here[name].Length < TransferBars.WorthwhileBytes);
        await TransferBars.RunAsync(
            session.Out.CanDraw && TransferBars.AreWorthwhile(sameSize.Length, small),
            small,
            "files compared",
            bars => session.InParallelAsync(sameSize, Environment.ProcessorCount, static name => name, (name, cancellationToken) =>
                bars.TransferAsync($"compare {Path.GetFileName(name)}", here[name].Length, async progress =>
                {
                    if (!await IsSameAsync(here[name], there[name], progress, cancellationToken))
                    {
                        different[name] = true;
                    }
                })));
        return [.. names.Except(sameSize), .. different.Keys];
    }

    /// <summary>
    /// Of one size, by MD5: the entity tag's, or the one that <c>sync</c> kept with a file that it sent in pieces, whose tag is none.
    /// Where there is neither, by the time of change.
    /// </summary>
    private async Task<bool> IsSameAsync(
        FileInfo here, BucketFile file, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        StorageMetadata there = file.Entry.Metadata!;
        string? sum = FileSum.InETag(there.ETag);
        if (sum is null)
        {
            try
            {
                StorageFileInfo info = await session.Client.Storage.From(file.Address.Bucket)
                    .InfoAsync(file.Address.Key, cancellationToken: cancellationToken);
                sum = FileSum.In(info.Metadata);
            }
            catch (StorageException gone) when (gone.StatusCode == 404)
            {
                return false;
            }
        }

        return sum is null
            ? there.LastModified is { } changed && !IsNewer(new DateTimeOffset(here.LastWriteTimeUtc), changed)
            : await FileSum.OfAsync(here, progress, cancellationToken) == sum;
    }
}
