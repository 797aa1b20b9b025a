using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>Which keys become which, when files go from bucket to bucket.</summary>
internal static class BucketCopies
{
    /// <param name="isRecursive">Whether all that lies below the address goes, or the one file that it names.</param>
    /// <param name="step">Makes the step of one file.</param>
    /// <exception cref="StorageException">There is no such file, or no such bucket.</exception>
    public static async Task<IEnumerable<Transfer>> OfAsync(
        StorageClient storage, BucketAddress from, BucketAddress to, bool isRecursive, Func<BucketFile, BucketAddress, Transfer> step,
        CancellationToken cancellationToken)
    {
        if (isRecursive)
        {
            BucketAddress folder = from.AsFolder();
            List<BucketFile> files = await BucketTree.FilesAsync(storage, folder, cancellationToken);
            return files.Select(file => step(file, to.AsFolder().Below(file.Address.Key[folder.Key.Length..])));
        }

        BucketAddress whole = from.WholeKey();
        return [step(await BucketTree.FileAsync(storage, whole, cancellationToken), to.IsFolder ? to.Below(whole.Name) : to)];
    }
}
