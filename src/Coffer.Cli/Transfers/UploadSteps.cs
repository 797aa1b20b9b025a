using System.Text.Json.Nodes;
using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>What an upload gives a file besides its bytes; null leaves it to the client.</summary>
/// <param name="KeepsSum">Whether the MD5 of a file that goes in pieces is kept with it: the server's entity tag is none then.</param>
internal sealed record UploadWish(
    string? ContentType = null, TimeSpan? CacheControl = null, Dictionary<string, string>? Metadata = null, bool KeepsSum = false);

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

        file.Refresh();
        StorageUploadOptions options = Options(progress);
        if (file.Length > ResumableFromBytes)
        {
            if (wish.KeepsSum)
            {
                options = options with { Metadata = Pairs(await SumAsync(file, cancellationToken)) };
            }

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

    /// <exception cref="RefusedException">The file was changed meanwhile: its sum would be kept with other bytes.</exception>
    private static async Task<string> SumAsync(FileInfo file, CancellationToken cancellationToken)
    {
        DateTime changed = file.LastWriteTimeUtc;
        string sum = await FileSum.OfAsync(file, progress: null, cancellationToken);
        file.Refresh();
        return file.LastWriteTimeUtc == changed
            ? sum
            : throw new RefusedException("it was changed while it was read; run it again when nothing writes to it");
    }

    private StorageUploadOptions Options(IProgress<TransferProgress>? progress)
    {
        var options = new StorageUploadOptions
        {
            Upsert = existing is Existing.Replace, Progress = progress, ContentType = wish.ContentType, Metadata = Pairs(sum: null),
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

    private JsonObject? Pairs(string? sum)
    {
        Dictionary<string, string> pairs = new(wish.Metadata ?? [], StringComparer.Ordinal);
        if (sum is not null)
        {
            pairs[FileSum.Name] = sum;
        }

        return pairs.Count == 0
            ? null
            : new JsonObject(pairs.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }
}
