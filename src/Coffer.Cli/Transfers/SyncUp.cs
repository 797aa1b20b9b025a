using Coffer.Cli.Input;

namespace Coffer.Cli.Transfers;

/// <summary>The bucket becomes like the directory.</summary>
internal sealed class SyncUp(Session session, string directory, BucketAddress folder) : SyncPlan(session, directory, folder)
{
    private readonly UploadSteps _uploads = new(session.Client.Storage, new UploadWish(KeepsSum: true), Existing.Replace);

    public override async Task<int> DeleteAsync(List<Step> deletions, Action<Step> gone)
    {
        Dictionary<string, Step> byAddress = deletions.ToDictionary(static step => step.To, StringComparer.Ordinal);
        int deleted = 0;
        await BucketRemoval.DeleteAsync(
            Session,
            [.. deletions.Select(step => Folder with { Key = step.To[(Folder.Bucket.Length + 1)..] })],
            file =>
            {
                gone(byAddress[file.Address.ToString()]);
                deleted++;
            });
        return deleted;
    }

    protected override SortedDictionary<string, FileInfo> FilesHere() => Directory.Exists(Root)
        ? LocalTree.FilesOf(Root, Session.LeaveOut)
        : throw new RefusedException($"there is no directory '{Root}'; check the path");

    protected override IEnumerable<string> Source(IEnumerable<string> here, IEnumerable<string> there) => here;

    protected override IEnumerable<string> Target(IEnumerable<string> here, IEnumerable<string> there) => there;

    protected override Transfer TransferOf(string name, FileInfo? here, BucketFile? there) =>
        _uploads.Of(here!, Path.Combine(Root, name), Folder.Below(name));

    protected override Step DeletionOf(string name, FileInfo? here, BucketFile? there) =>
        Step.Delete(there!.Address.ToString(), there.Entry.Metadata?.SizeBytes);

    protected override bool IsNewer(DateTimeOffset here, DateTimeOffset there) => here > there;
}
