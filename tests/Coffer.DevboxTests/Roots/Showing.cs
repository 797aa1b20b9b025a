using Coffer.Devboxes.Roots;
using Coffer.DevboxTests.Child;
using Coffer.LocalFiles;

namespace Coffer.DevboxTests.Roots;

internal static class Showing
{
    public const string Data = "/home/user/data";

    /// <summary>Shows an archive in a devbox; the same blob is the same archive.</summary>
    public static Task<TreeSize> ShowAsync(
        this MountedArchives archives, DevboxRoot devbox, string path = Data, string blob = "blob", int number = 1,
        SampleArchive? archive = null) =>
        archives.ShowAsync(devbox, path, blob, number, (archive ?? new SampleArchive()).Extract);

    public static Task<TreeSize> ShowAsync(
        this MountedArchives archives, DevboxRoot devbox, string path, string blob, int number, ExtractTree extract,
        long storedBytes = 1) =>
        archives.AttachAsync(
            devbox, new ArchiveMount(number, path, SharedTreeKey.Of("tar", blob), storedBytes), extract, CancellationToken.None);
}
