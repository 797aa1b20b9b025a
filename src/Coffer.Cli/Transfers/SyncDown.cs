using Coffer.Cli.Input;

namespace Coffer.Cli.Transfers;

/// <summary>The directory becomes like the bucket.</summary>
internal sealed class SyncDown(Session session, string directory, BucketAddress folder) : SyncPlan(session, directory, folder)
{
    private readonly DownloadSteps _downloads = new(session.Client.Storage, Existing.Replace);

    public override async Task<int> DeleteAsync(List<Step> deletions, Action<Step> gone)
    {
        int deleted = 0;
        await Session.ForEachAsync(deletions, static step => step.To, step =>
        {
            File.Delete(step.To);
            LocalTree.RemoveEmptyFolders(Root, step.To);
            gone(step);
            deleted++;
            return Task.CompletedTask;
        });
        return deleted;
    }

    protected override SortedDictionary<string, FileInfo> FilesHere() =>
        Directory.Exists(Root) ? LocalTree.FilesOf(Root)
        : File.Exists(Root) ? throw new RefusedException($"'{Root}' is a file; name a directory")
        : [];

    protected override IEnumerable<string> Source(IEnumerable<string> here, IEnumerable<string> there) => there;

    protected override IEnumerable<string> Target(IEnumerable<string> here, IEnumerable<string> there) => here;

    // The file gets the time of the content it has: where no MD5 tells, the next run sees by it whether anything changed since it was listed.
    protected override Transfer TransferOf(string name, FileInfo? here, BucketFile? there) => _downloads.Of(
        there!.Address, there.Entry.Metadata?.SizeBytes, DownloadSteps.PathBelow(Root, name, there.Address), there.Entry.Metadata?.LastModified);

    protected override Step DeletionOf(string name, FileInfo? here, BucketFile? there) =>
        Step.Delete(Path.Combine(Root, name), here!.Length);

    protected override bool IsNewer(DateTimeOffset here, DateTimeOffset there) => there > here;
}
