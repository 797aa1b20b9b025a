namespace Coffer.Client;

public partial class BucketFiles
{
    /// <summary>Makes a link by which anyone may upload one file, without a key.</summary>
    /// <param name="path">The key that the file is to have.</param>
    /// <param name="upsert">Whether the upload may replace a file of that key.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The link and its token; they work for two hours on Coffer.</returns>
    /// <exception cref="StorageException">
    /// 409 <c>KeyAlreadyExists</c> without upsert; 404 for a missing bucket; 403 without the right to write.
    /// </exception>
    /// <exception cref="CofferException">The answer holds no token.</exception>
    public virtual async Task<SignedUploadUrl> CreateSignedUploadUrlAsync(
        string path, bool upsert = false, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await SignUploadAsync(async: true, path, upsert, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="CreateSignedUploadUrlAsync"/>
    public virtual SignedUploadUrl CreateSignedUploadUrl(
        string path, bool upsert = false, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        SignUploadAsync(async: false, path, upsert, options, cancellationToken).Result();

    /// <summary>Uploads bytes by a signed link's token, without the client's <c>Authorization</c>.</summary>
    /// <param name="path">The key that the link was made for.</param>
    /// <param name="token">The link's <see cref="SignedUploadUrl.Token"/>.</param>
    /// <param name="content">All bytes; may be empty. Must not change meanwhile.</param>
    /// <param name="options">
    /// What else the file gets, and how the upload goes; whether it may replace a file was decided when the link was made.
    /// </param>
    /// <param name="cancellationToken">Ends the upload; the file may exist all the same when it ends with the last byte.</param>
    /// <exception cref="StorageException">
    /// 400 <c>InvalidSignature</c> or <c>InvalidJWT</c> for a token that is another key's or has expired; 409 when the token was
    /// used; 413 when it is too large; 415 for a media type that the bucket does not take.
    /// </exception>
    public virtual async Task<StoredFile> UploadToSignedUrlAsync(
        string path, string token, ReadOnlyMemory<byte> content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WriteSignedAsync(async: true, path, token, UploadBody.Of(content), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadToSignedUrlAsync(string, string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual StoredFile UploadToSignedUrl(
        string path, string token, ReadOnlyMemory<byte> content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteSignedAsync(async: false, path, token, UploadBody.Of(content), options, cancellationToken).Result();

    /// <summary>
    /// Uploads a stream, from where it stands to its end, by a signed link's token, without the client's <c>Authorization</c>.
    /// </summary>
    /// <param name="path">The key that the link was made for.</param>
    /// <param name="token">The link's <see cref="SignedUploadUrl.Token"/>.</param>
    /// <param name="content">Stays open. One that cannot seek is sent in chunks and only once.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <inheritdoc cref="UploadToSignedUrlAsync(string, string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UploadToSignedUrlAsync(
        string path, string token, Stream content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WriteSignedAsync(async: true, path, token, UploadBody.Of(content), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadToSignedUrlAsync(string, string, Stream, StorageUploadOptions, CancellationToken)"/>
    public virtual StoredFile UploadToSignedUrl(
        string path, string token, Stream content, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteSignedAsync(async: false, path, token, UploadBody.Of(content), options, cancellationToken).Result();

    /// <summary>Uploads text, as UTF-8, by a signed link's token, without the client's <c>Authorization</c>.</summary>
    /// <param name="path">The key that the link was made for.</param>
    /// <param name="token">The link's <see cref="SignedUploadUrl.Token"/>.</param>
    /// <param name="text">The whole text; may be empty.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <inheritdoc cref="UploadToSignedUrlAsync(string, string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UploadTextToSignedUrlAsync(
        string path, string token, string text, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WriteSignedAsync(async: true, path, token, UploadBody.OfText(text), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadTextToSignedUrlAsync"/>
    public virtual StoredFile UploadTextToSignedUrl(
        string path, string token, string text, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteSignedAsync(async: false, path, token, UploadBody.OfText(text), options, cancellationToken).Result();

    /// <summary>Uploads a local file by a signed link's token, without the client's <c>Authorization</c>.</summary>
    /// <param name="path">The key that the link was made for.</param>
    /// <param name="token">The link's <see cref="SignedUploadUrl.Token"/>.</param>
    /// <param name="localPath">The local file. Must not shrink or be overwritten meanwhile.</param>
    /// <param name="options">What else the file gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <exception cref="IOException">
    /// The local file cannot be opened, before any call; or it shrank during the upload.
    /// </exception>
    /// <exception cref="FileChangedException">The local file was overwritten during the upload; nothing is stored.</exception>
    /// <inheritdoc cref="UploadToSignedUrlAsync(string, string, ReadOnlyMemory{byte}, StorageUploadOptions, CancellationToken)"/>
    public virtual async Task<StoredFile> UploadFileToSignedUrlAsync(
        string path, string token, string localPath, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await WriteSignedAsync(async: true, path, token, UploadBody.OfFile(localPath), options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadFileToSignedUrlAsync"/>
    public virtual StoredFile UploadFileToSignedUrl(
        string path, string token, string localPath, StorageUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteSignedAsync(async: false, path, token, UploadBody.OfFile(localPath), options, cancellationToken).Result();

    private async ValueTask<SignedUploadUrl> SignUploadAsync(
        bool async, string path, bool upsert, RequestOptions? options, CancellationToken cancellationToken)
    {
        ApiRequest request = StorageRequests.SignUpload(BucketId, path, upsert, options);
        SignedUploadAnswer answer = await Calls.SendAsync(
            async, request, CofferJson.Default.SignedUploadAnswer, cancellationToken).ConfigureAwait(false);
        string token = answer.Token ?? StorageLinks.TokenOf(answer.Url)
            ?? throw new CofferException($"{request.What}: the server's answer holds no token.");
        return new(StorageLinks.Absolute(Calls.BaseUrl, answer.Url), token, StorageKey.Trimmed(path));
    }

    private async ValueTask<StoredFile> WriteSignedAsync(
        bool async, string path, string token, UploadBody body, StorageUploadOptions? options,
        CancellationToken cancellationToken)
    {
        using (body)
        {
            options ??= new();
            ApiRequest request = StorageRequests.UploadToSignedUrl(
                BucketId, path, token, body.TypeFor(path, options.ContentType), options);
            WrittenAnswer answer = await Calls.UploadAsync(
                async, request, body.Source, options.Progress, CofferJson.Default.WrittenAnswer, cancellationToken)
                .ConfigureAwait(false);
            return answer.In(BucketId);
        }
    }
}
