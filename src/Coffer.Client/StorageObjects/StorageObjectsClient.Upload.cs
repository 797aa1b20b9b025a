namespace Coffer.Client;

public partial class StorageObjectsClient
{
    /// <summary>Uploads one file.</summary>
    /// <param name="path">The file. Must not shrink or be overwritten meanwhile; what is added to it after the start is left out.</param>
    /// <param name="name">The object's display name; the file's name when null.</param>
    /// <param name="contentType">
    /// A class, or a MIME type where the server takes one; when null, the class that the path's ending stands for, see
    /// <see cref="ObjectContentType.FromPath"/>.
    /// </param>
    /// <param name="options">What else the object gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The object, complete.</returns>
    /// <exception cref="IOException">The file cannot be opened, before any call; or it shrank during the upload.</exception>
    /// <exception cref="FileChangedException">The file was overwritten during the upload; the object is not completed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read; thrown before any call.</exception>
    /// <exception cref="CofferException">The server refused a step; 413 when the file is too large for it.</exception>
    public virtual async Task<StorageObject> UploadFromFileAsync(
        string path, string? name = null, ObjectContentType? contentType = null, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await FileAsync(async: true, path, name, contentType, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadFromFileAsync"/>
    public virtual StorageObject UploadFromFile(
        string path, string? name = null, ObjectContentType? contentType = null, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        FileAsync(async: false, path, name, contentType, options, cancellationToken).Result();

    /// <summary>Uploads text, as UTF-8.</summary>
    /// <param name="text">The whole text; may be empty.</param>
    /// <param name="name">The object's display name.</param>
    /// <param name="contentType">
    /// A class, or a MIME type where the server takes one; <see cref="ObjectContentType.Text"/> when null.
    /// </param>
    /// <param name="options">What else the object gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The object, complete.</returns>
    /// <exception cref="CofferException">The server refused a step.</exception>
    public virtual async Task<StorageObject> UploadFromTextAsync(
        string text, string name, ObjectContentType? contentType = null, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, StorageObject.Utf8(text), name, contentType ?? ObjectContentType.Text, options,
            cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadFromTextAsync"/>
    public virtual StorageObject UploadFromText(
        string text, string name, ObjectContentType? contentType = null, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, StorageObject.Utf8(text), name, contentType ?? ObjectContentType.Text, options,
            cancellationToken)
            .Result();

    /// <summary>Uploads bytes that are in memory.</summary>
    /// <param name="data">All bytes; may be empty. Must not change meanwhile.</param>
    /// <param name="name">The object's display name.</param>
    /// <param name="contentType">A class, or a MIME type where the server takes one.</param>
    /// <param name="options">What else the object gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The object, complete.</returns>
    /// <exception cref="CofferException">The server refused a step.</exception>
    public virtual async Task<StorageObject> UploadFromBytesAsync(
        ReadOnlyMemory<byte> data, string name, ObjectContentType contentType, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, new BytesSource(data), name, contentType, options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadFromBytesAsync"/>
    public virtual StorageObject UploadFromBytes(
        ReadOnlyMemory<byte> data, string name, ObjectContentType contentType, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, new BytesSource(data), name, contentType, options, cancellationToken).Result();

    /// <summary>Uploads a stream, from where it stands to its end.</summary>
    /// <param name="content">
    /// Stays open. One that cannot seek is sent in chunks and only once: a passing failure is then not retried, and the
    /// exception says so.
    /// </param>
    /// <param name="name">The object's display name.</param>
    /// <param name="contentType">A class, or a MIME type where the server takes one.</param>
    /// <param name="options">What else the object gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The object, complete.</returns>
    /// <exception cref="CofferException">The server refused a step.</exception>
    public virtual async Task<StorageObject> UploadFromStreamAsync(
        Stream content, string name, ObjectContentType contentType, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, new StreamSource(content), name, contentType, options, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc cref="UploadFromStreamAsync"/>
    public virtual StorageObject UploadFromStream(
        Stream content, string name, ObjectContentType contentType, UploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, new StreamSource(content), name, contentType, options, cancellationToken).Result();

    /// <summary>Packs a directory into a gzip-compressed tar archive and uploads it while packing.</summary>
    /// <param name="path">The directory. Its files must not shrink or be overwritten meanwhile.</param>
    /// <param name="name">The object's display name; the directory's name and <c>.tar.gz</c> when null.</param>
    /// <param name="options">What to leave out, what else the object gets, and how the upload goes.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The object, complete, of class <see cref="ObjectContentType.Tgz"/>.</returns>
    /// <remarks>
    /// The archive holds everything below the directory: empty directories, hidden files, modes and times, and symbolic links as
    /// links. Owners are left out; a pipe or a socket becomes an empty file. The same tree gives the same bytes.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">There is no such directory; thrown before any call.</exception>
    /// <exception cref="IOException">Something in the directory cannot be read.</exception>
    /// <exception cref="FileChangedException">
    /// A file was overwritten while it was packed; the object is not completed.
    /// </exception>
    /// <exception cref="CofferException">The server refused a step.</exception>
    public virtual async Task<StorageObject> UploadFromDirectoryAsync(
        string path, string? name = null, DirectoryUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await DirectoryAsync(async: true, path, name, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadFromDirectoryAsync"/>
    public virtual StorageObject UploadFromDirectory(
        string path, string? name = null, DirectoryUploadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        DirectoryAsync(async: false, path, name, options, cancellationToken).Result();

    private async ValueTask<StorageObject> FileAsync(
        bool async, string path, string? name, ObjectContentType? contentType, UploadOptions? options,
        CancellationToken cancellationToken)
    {
        using var file = StreamSource.OfFile(path);
        return await UploadAsync(
            async, file, name ?? Path.GetFileName(path), contentType ?? ObjectContentType.FromPath(path), options,
            cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask<StorageObject> DirectoryAsync(
        bool async, string path, string? name, DirectoryUploadOptions? options, CancellationToken cancellationToken)
    {
        using var archive = new DirectorySource(path, options ?? new());
        return await UploadAsync(async, archive, name ?? archive.DefaultName, ObjectContentType.Tgz, options, cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask<StorageObject> UploadAsync(
        bool async, UploadSource source, string name, ObjectContentType contentType, UploadOptions? options,
        CancellationToken cancellationToken)
    {
        var request = new ObjectCreateRequest
        {
            Name = name, ContentType = contentType, Metadata = options?.Metadata, TimeToLive = options?.TimeToLive,
            IsPublic = options?.IsPublic,
        };
        StorageObject created = async
            ? await CreateAsync(request, options?.Request, cancellationToken).ConfigureAwait(false)
            : Create(request, options?.Request, cancellationToken);
        try
        {
            await created.UploadAsync(async, source, options?.Progress, options?.Request?.Timeout, cancellationToken)
                .ConfigureAwait(false);
            _ = async
                ? await created.CompleteAsync(cancellationToken: cancellationToken).ConfigureAwait(false)
                : created.Complete(cancellationToken: cancellationToken);
            return created;
        }
        catch (Exception failure) when (options?.DeleteOnFailure == true)
        {
            if (!await TryDeleteAsync(async, created).ConfigureAwait(false))
            {
                failure.Data[UploadOptions.LeftBehind] = created.Id;
            }

            throw;
        }
    }

    // Best effort, also for a cancelled upload: the failure that led here is what the caller hears about.
    private static async ValueTask<bool> TryDeleteAsync(bool async, StorageObject created)
    {
        var once = new RequestOptions { MaxRetries = 1 };
        try
        {
            _ = async ? await created.DeleteAsync(once, CancellationToken.None).ConfigureAwait(false) : created.Delete(once);
            return true;
        }
        catch (CofferException)
        {
            return false; // the server gives it up by itself in time
        }
    }
}
