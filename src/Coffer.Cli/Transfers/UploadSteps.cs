using System.Globalization;
using System.Text.Json.Nodes;
using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>What an upload gives a file besides its bytes; null leaves it to the client.</summary>
internal sealed record UploadWish(string? ContentType = null, TimeSpan? CacheControl = null, Dictionary<string, string>? Metadata = null);

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
        if (file.Length > ResumableFromBytes)
        {
            try
            {
                await files.UploadFileResumableAsync(to.Key, file.FullName, Resumable(file, progress), cancellationToken);
                return;
            }
            catch (StorageException without) when (without.Code is "FeatureNotEnabled" || (without.StatusCode == 404 && without.Code is "InvalidRequest"))
            {
                // A server without resumable uploads: in one go, then.
            }
        }

        await files.UploadFileAsync(to.Key, file.FullName, Options(progress), cancellationToken);
    }

    private StorageUploadOptions Options(IProgress<TransferProgress>? progress)
    {
        var options = new StorageUploadOptions { Upsert = existing is Existing.Replace, Progress = progress };
        return wish.CacheControl is { } time
            ? options with { ContentType = wish.ContentType, Metadata = Pairs(), CacheControl = time }
            : options with { ContentType = wish.ContentType, Metadata = Pairs() };
    }

    private ResumableUploadOptions Resumable(FileInfo file, IProgress<TransferProgress>? progress)
    {
        StorageUploadOptions plain = Options(progress);
        return new ResumableUploadOptions
        {
            ContentType = plain.ContentType, CacheControl = plain.CacheControl, Metadata = plain.Metadata, Upsert = plain.Upsert,
            Progress = plain.Progress, ResumeStore = _unfinished.Value,

            // What is asked for belongs to it: an upload that was begun with another type is not the one to go on with.
            Fingerprint = string.Join('\n', file.FullName, file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture), plain.ContentType, plain.CacheControl, plain.Metadata?.ToJsonString(), plain.Upsert),
        };
    }

    private JsonObject? Pairs() => wish.Metadata is { } pairs
        ? new JsonObject(pairs.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)))
        : null;
}
