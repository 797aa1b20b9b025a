namespace Coffer.Client;

public partial class BucketFiles
{
    /// <summary>Uploads bytes as a new file.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="content">All bytes; may be empty. Must not change meanwhile.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload; the file may exist all the same when it ends with the last byte.</param>
    /// <exception cref="StorageException">
    /// 409 <c>KeyAlreadyExists</c> without upsert; 404 <c>NoSuchBucket</c>; 413 when it is too large; 415 for a media type that
    /// the bucket does not take; 400 <c>InvalidKey</c>; 403 without the right.
    /// </exception>
    public virtual async Task<StoredFile> UploadAsync(
        string path, ReadOnlyMemory<byte> content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Post, path, UploadBody.Of(content), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadAsync(string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual StoredFile Upload(
        string path, ReadOnlyMemory<byte> content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Post, path, UploadBody.Of(content), options, cancellationToken).Result();

    /// <summary>Uploads a stream, from where it stands to its end, as a new file.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="content">
    /// Stays open. One that cannot seek is sent in chunks and only once: a passing failure is then not retried, and the exception
    /// says so.
    /// </param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <inheritdoc cref="UploadAsync(string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UploadAsync(
        string path, Stream content, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Post, path, UploadBody.Of(content), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadAsync(string, Stream, StorageUploadOptions, CancellationToken)"/>
    public virtual StoredFile Upload(
        string path, Stream content, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Post, path, UploadBody.Of(content), options, cancellationToken).Result();

    /// <summary>Uploads text, as UTF-8, as a new file.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="text">The whole text; may be empty.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <inheritdoc cref="UploadAsync(string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UploadTextAsync(
        string path, string text, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Post, path, UploadBody.OfText(text), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadTextAsync"/>
    public virtual StoredFile UploadText(
        string path, string text, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Post, path, UploadBody.OfText(text), options, cancellationToken).Result();

    /// <summary>Uploads a local file as a new file.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="localPath">The local file. Must not shrink or be overwritten meanwhile; what is added after the start is left out.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <exception cref="IOException">
    /// The local file cannot be opened, before any call; or it shrank during the upload.
    /// </exception>
    /// <exception cref="FileChangedException">The local file was overwritten during the upload; nothing is stored.</exception>
    /// <exception cref="UnauthorizedAccessException">The local file may not be read; thrown before any call.</exception>
    /// <inheritdoc cref="UploadAsync(string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UploadFileAsync(
        string path, string localPath, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Post, path, UploadBody.OfFile(localPath), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadFileAsync"/>
    public virtual StoredFile UploadFile(
        string path, string localPath, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Post, path, UploadBody.OfFile(localPath), options, cancellationToken).Result();

    /// <summary>Replaces a file's content with bytes; creates the file when there is none.</summary>
    /// <inheritdoc cref="UploadAsync(string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UpdateAsync(
        string path, ReadOnlyMemory<byte> content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Put, path, UploadBody.Of(content), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UpdateAsync(string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual StoredFile Update(
        string path, ReadOnlyMemory<byte> content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Put, path, UploadBody.Of(content), options, cancellationToken).Result();

    /// <summary>Replaces a file's content with a stream's; creates the file when there is none.</summary>
    /// <inheritdoc cref="UploadAsync(string, Stream, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UpdateAsync(
        string path, Stream content, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Put, path, UploadBody.Of(content), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UpdateAsync(string, Stream, StorageUploadOptions, CancellationToken)"/>
    public virtual StoredFile Update(
        string path, Stream content, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Put, path, UploadBody.Of(content), options, cancellationToken).Result();

    /// <summary>Replaces a file's content with text, as UTF-8; creates the file when there is none.</summary>
    /// <inheritdoc cref="UploadTextAsync"/>
    public virtual async Task<StoredFile> UpdateTextAsync(
        string path, string text, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Put, path, UploadBody.OfText(text), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UpdateTextAsync"/>
    public virtual StoredFile UpdateText(
        string path, string text, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Put, path, UploadBody.OfText(text), options, cancellationToken).Result();

    /// <summary>Replaces a file's content with a local file's; creates the file when there is none.</summary>
    /// <inheritdoc cref="UploadFileAsync"/>
    public virtual async Task<StoredFile> UpdateFileAsync(
        string path, string localPath, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, HttpMethod.Put, path, UploadBody.OfFile(localPath), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UpdateFileAsync"/>
    public virtual StoredFile UpdateFile(
        string path, string localPath, StorageUploadOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, HttpMethod.Put, path, UploadBody.OfFile(localPath), options, cancellationToken).Result();

    private async ValueTask<StoredFile> WriteAsync(
        bool async, HttpMethod method, string path, UploadBody body, StorageUploadOptions? options,
        CancellationToken cancellationToken)
    {
        using (body)
        {
            options ??= new();
            ApiRequest request = StorageRequests.Upload(method, BucketId, path, body.TypeFor(path, options.ContentType), options);
            WrittenAnswer answer = await Calls.UploadAsync(
                async, request, body.Source, options.Progress, CofferJson.Default.WrittenAnswer, cancellationToken)
                .ConfigureAwait(false);
            return answer.In(BucketId);
        }
    }
}
