using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>Files of buckets on their way to this machine.</summary>
internal sealed class DownloadSteps(StorageClient storage, Existing existing)
{
    /// <param name="path">Where it goes; folders that are missing are made.</param>
    /// <param name="changed">The time of change that the file is given; null for that of the download.</param>
    public Transfer Of(BucketAddress from, long? sizeBytes, string path, DateTimeOffset? changed = null) => new("download", from.ToString(), path, sizeBytes)
    {
        RunAsync = async (progress, cancellationToken) =>
        {
            if (existing is Existing.Leave && Path.Exists(path))
            {
                return false;
            }

            LocalTarget.ThrowIfDevice(path, from.ToString());
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await LocalTarget.FillAsync(path, replaces: existing is Existing.Replace, "add --upsert to replace it, or --no-clobber to leave it", temporary => storage.From(from.Bucket).DownloadToFileAsync(
                from.Key, temporary, new StorageDownloadOptions { Progress = progress }, cancellationToken));
            if (changed is { } time)
            {
                File.SetLastWriteTimeUtc(path, time.UtcDateTime);
            }

            return true;
        },
    };

    /// <summary>Whether a key stands for a folder and no file, as some clients make them; there is nothing to fetch.</summary>
    public static bool IsFolderMark(string relative) => relative.Length == 0 || relative.EndsWith('/');

    /// <summary>The place below a folder that a key has.</summary>
    /// <param name="relative">The key without the prefix that the folder stands for.</param>
    /// <exception cref="RefusedException">The key would leave the folder, or cannot be a file at all.</exception>
    public static string PathBelow(string folder, string relative, BucketAddress from)
    {
        string[] segments = relative.Split('/');
        if (segments.FirstOrDefault(IsNoName) is { } wrong)
        {
            throw new RefusedException(
                $"'{from}' cannot become a file below '{folder}': '{wrong}' is no name of a file or folder; fetch it alone, under another name");
        }

        string path = folder;
        foreach (string segment in segments[..^1])
        {
            path = Path.Combine(path, segment);
            if (new DirectoryInfo(path).LinkTarget is not null)
            {
                throw new RefusedException($"'{from}' would leave '{folder}': '{path}' is a symbolic link; fetch it alone, under another name");
            }
        }

        return Path.Combine(path, segments[^1]);
    }

    // An empty one too: the two keys a/b and a//b must not become one file, and a leading slash must not become a root.
    private static bool IsNoName(string segment) =>
        segment is "" or "." or ".." || segment.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0
        || segment.Contains('\\', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && segment.EndsWith('.'));
}
