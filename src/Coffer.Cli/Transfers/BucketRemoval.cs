using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>Deletes files of buckets by their addresses.</summary>
internal static class BucketRemoval
{
    private const int AtOnce = 500;
    private const string Advice = "--recursive may choose a lot; look with --dry-run, then add --yes";

    public static async Task RunAsync(Session session, BucketAddress[] addresses, bool isRecursive, bool dryRun, bool yes)
    {
        if (isRecursive && !dryRun)
        {
            Confirmation.ThrowIfNobodyAnswers(yes, Advice);
        }

        StorageClient storage = session.Client.Storage;
        List<BucketFile> chosen = [];
        BucketAddress[] whole = isRecursive ? [] : Array.ConvertAll(addresses, static address => address.WholeKey());
        foreach (BucketAddress address in isRecursive ? addresses : [])
        {
            chosen.AddRange(await BucketTree.FilesAsync(storage, address.AsFolder(), session.Cancelled));
        }

        if (isRecursive && !dryRun && chosen.Count > 0)
        {
            await Confirmation.AskAsync(session, yes, $"Delete {Total(chosen)} for good?", Advice);
        }

        List<BucketFile> shown = [];
        using (ResultList<BucketFile> list = session.Out.List(Shapes.Files))
        {
            if (dryRun)
            {
                chosen.ForEach(Show);
                await session.ForEachAsync(whole, static address => address.ToString(), async address => Show(
                    await BucketTree.FileAsync(storage, address, session.Cancelled)));
            }
            else
            {
                await DeleteAsync(session, [.. isRecursive ? chosen.Select(static file => file.Address) : whole], Show);
            }

            list.Complete();

            void Show(BucketFile file)
            {
                list.Add(file);
                shown.Add(file);
            }
        }

        session.Hint(dryRun ? $"This was a dry run: nothing was deleted of {Total(shown)}." : $"Deleted {Count(shown)} for good.");
    }

    /// <summary>Deletes files, many with one call, and tells each that is gone; one that was not there is a failure of its own.</summary>
    public static async Task DeleteAsync(Session session, IReadOnlyList<BucketAddress> addresses, Action<BucketFile> gone)
    {
        foreach (IGrouping<string, BucketAddress> bucket in addresses.Distinct().GroupBy(static address => address.Bucket))
        {
            foreach (BucketAddress[] chunk in bucket.Chunk(AtOnce))
            {
                IReadOnlyList<StorageEntry> removed = await session.Client.Storage.From(bucket.Key).RemoveAsync(
                    chunk.Select(static address => address.Key), cancellationToken: session.Cancelled);
                Dictionary<string, StorageEntry> byKey = removed.ToDictionary(static entry => entry.Name, StringComparer.Ordinal);
                await session.ForEachAsync(chunk, static address => address.ToString(), address =>
                {
                    gone(byKey.TryGetValue(address.Key, out StorageEntry? entry)
                        ? new BucketFile(address, entry)
                        : throw new RefusedException($"there is no '{address}' that you may delete; `coffer ls {address.Bucket}/` shows what there is"));
                    return Task.CompletedTask;
                });
            }
        }
    }

    private static string Count(List<BucketFile> files) => $"{files.Count} file{(files.Count == 1 ? "" : "s")}";

    private static string Total(List<BucketFile> files) =>
        $"{Count(files)} ({Sizes.Show(files.Sum(static file => file.Entry.Metadata?.SizeBytes ?? 0))})";
}
