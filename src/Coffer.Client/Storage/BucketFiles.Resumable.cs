using System.Globalization;

namespace Coffer.Client;

public partial class BucketFiles
{
    /// <summary>
    /// Uploads a stream in pieces, from where it stands to its end: after a break it goes on where the server got to.
    /// </summary>
    /// <param name="path">The file's key.</param>
    /// <param name="content">
    /// Stays open. One that cannot seek is read a piece at a time, and cannot be gone on with by another call.
    /// </param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">
    /// Ends this call. What the server has stays there for a day on Coffer, and the next call with the same
    /// <see cref="ResumableUploadOptions.ResumeStore"/> and content goes on with it.
    /// </param>
    /// <returns>The file; its id is not said.</returns>
    /// <exception cref="StorageException">
    /// 409 when the key is taken, without upsert; 404 for a missing bucket, or an upload that the server gave up; 413 when it
    /// is too large; 415 for a media type that the bucket does not take; 400 <c>InvalidKey</c>; 403 without the right.
    /// </exception>
    public virtual async Task<StoredFile> UploadResumableAsync(
        string path, Stream content, ResumableUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await ResumableAsync(async: true, path, content, null, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadResumableAsync"/>
    public virtual StoredFile UploadResumable(
        string path, Stream content, ResumableUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        ResumableAsync(async: false, path, content, null, options, cancellationToken).Result();

    /// <summary>Uploads a local file in pieces: after a break it goes on where the server got to.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="localPath">The local file. Must not change until the upload is finished.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends this call, not the upload: the next one goes on with it.</param>
    /// <exception cref="IOException">
    /// The local file cannot be opened, before any call.
    /// </exception>
    /// <exception cref="FileChangedException">
    /// The local file was changed during the upload. Nothing is stored, and the next call begins anew.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The local file may not be read; thrown before any call.</exception>
    /// <inheritdoc cref="UploadResumableAsync"/>
    public virtual async Task<StoredFile> UploadFileResumableAsync(
        string path, string localPath, ResumableUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await FileResumableAsync(async: true, path, localPath, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadFileResumableAsync"/>
    public virtual StoredFile UploadFileResumable(
        string path, string localPath, ResumableUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        FileResumableAsync(async: false, path, localPath, options, cancellationToken).Result();

    private async ValueTask<StoredFile> FileResumableAsync(
        bool async, string path, string localPath, ResumableUploadOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(localPath);
        using FileStream file = LocalFile.OpenRead(localPath);
        return await ResumableAsync(async, path, file, localPath, options, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<StoredFile> ResumableAsync(
        bool async, string path, Stream content, string? localPath, ResumableUploadOptions? options,
        CancellationToken cancellationToken)
    {
        options ??= new();
        using var body = new UploadBody(new StreamSource(content), localPath);
        string key = StorageRequests.Key(BucketId, path); // so that a mistake costs no call
        var requests = new TusRequests(BucketId, path, body.TypeFor(path, options.ContentType), options);
        FileAsOpened? opened = localPath is not null && content is FileStream { CanSeek: true } file ? new(file, mayGrow: false) : null;
        var reader = new ChunkReader(content, options.ChunkSizeBytes, opened);
        string uploadsUrl = Calls.BaseUrl + requests.Route;

        string? told = options.Fingerprint ?? (localPath is null ? null : Path.GetFullPath(localPath));
        string? fingerprint = told is null || reader.Length is not { } length
            ? null
            : ResumeEntry.Fingerprint(uploadsUrl, key, Text(length), told, Text(opened?.ChangedAt.Ticks ?? 0));
        var entry = new ResumeEntry(options.ResumeStore, fingerprint, uploadsUrl);

        await new ResumableUpload(Calls, requests, reader, entry, options).RunAsync(async, cancellationToken)
            .ConfigureAwait(false);
        return new(null, StorageKey.Trimmed(path), $"{BucketId}/{StorageKey.Trimmed(path)}");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
