using System.Text.Json.Nodes;
using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>What an upload gives a file besides its bytes; null leaves it to the client.</summary>
/// <param name="KeepsChangeTime">Whether the file's time of change goes with it.</param>
internal sealed record UploadWish(
    string? ContentType = null, TimeSpan? CacheControl = null, Dictionary<string, string>? Metadata = null, bool KeepsChangeTime = false);

/// <summary>Files of this machine on their way into buckets.</summary>
internal sealed class UploadSteps(StorageClient storage, UploadWish wish, Existing existing)
{
    /// <summary>
    /// From here on an upload goes in pieces, and goes on where it was after an interruption: a smaller file is one piece anyway.
    /// </summary>
    private const long ResumableFromBytes = 6 << 20;

    private readonly Lazy<IResumeStore?> _unfinished = new(OpenResumeStore);

    /// <param name="file">A file that is there.</param>
    public Transfer Of(FileInfo file, string shownAs, BucketAddress to) => new("upload", shownAs, to.ToString(), file.Length)
    {
        RunAsync = (progress, cancellationToken) => UnlessLeftAsync(to, () => SendAsync(file, to, progress, cancellationToken), cancellationToken),
    };

    public Transfer OfStdin(BucketAddress to) => new("upload", "-", to.ToString(), null)
    {
        RunAsync = (progress, cancellationToken) => UnlessLeftAsync(
            to,
            async () =>
            {
                await using Stream input = StandardInput.Open();
                await storage.From(to.Bucket).UploadAsync(to.Key, input, Options(progress), cancellationToken);
            },
            cancellationToken),
    };

    private static FileResumeStore? OpenResumeStore()
    {
        string folder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "coffer", "uploads");
        try
        {
            return new FileResumeStore(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // no home to write to: an interrupted upload then begins anew
        }
    }

    private async Task<bool> UnlessLeftAsync(BucketAddress to, Func<Task> send, CancellationToken cancellationToken)
    {
        // Asked before so that no bytes travel for nothing; the refusal is for a file that came up meanwhile.
        if (existing is Existing.Leave && await storage.From(to.Bucket).ExistsAsync(to.Key, cancellationToken: cancellationToken))
        {
            return false;
        }

        try
        {
            await send();
            return true;
        }
        catch (StorageException taken) when (existing is Existing.Leave && taken.StatusCode == 409)
        {
            return false;
        }
    }

    private async Task SendAsync(FileInfo file, BucketAddress to, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        BucketFiles files = storage.From(to.Bucket);

        // Of now, and before the file is opened: a time that is too old only makes the next run send it again.
        file.Refresh();
        StorageUploadOptions options = Options(progress, file);
        if (file.Length > ResumableFromBytes)
        {
            try
            {
                await files.UploadFileResumableAsync(to.Key, file.FullName, Resumable(file, options), cancellationToken);
                return;
            }
            catch (StorageException without) when (without.Code is "FeatureNotEnabled" || (without.StatusCode == 404 && without.Code is "InvalidRequest"))
            {
                // A server without resumable uploads: in one go, then.
            }
        }

        await files.UploadFileAsync(to.Key, file.FullName, options, cancellationToken);
    }

    private StorageUploadOptions Options(IProgress<TransferProgress>? progress, FileInfo? file = null)
    {
        var options = new StorageUploadOptions
        {
            Upsert = existing is Existing.Replace, Progress = progress, ContentType = wish.ContentType, Metadata = Pairs(file),
        };
        return wish.CacheControl is { } time ? options with { CacheControl = time } : options;
    }

    private ResumableUploadOptions Resumable(FileInfo file, StorageUploadOptions plain)
    {
        return new ResumableUploadOptions
        {
            ContentType = plain.ContentType, CacheControl = plain.CacheControl, Metadata = plain.Metadata, Upsert = plain.Upsert,
            Progress = plain.Progress, ResumeStore = _unfinished.Value,

            // What is asked for belongs to it: an upload that was begun with another type is not the one to go on with.
            Fingerprint = string.Join('\n', file.FullName, plain.ContentType, plain.CacheControl, plain.Metadata?.ToJsonString(), plain.Upsert),
        };
    }

    private JsonObject? Pairs(FileInfo? file)
    {
        Dictionary<string, string> pairs = new(wish.Metadata ?? [], StringComparer.Ordinal);
        if (wish.KeepsChangeTime && file is not null)
        {
            pairs[ChangeTime.Name] = ChangeTime.Text(file.LastWriteTimeUtc);
        }

        return pairs.Count == 0
            ? null
            : new JsonObject(pairs.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }
}
