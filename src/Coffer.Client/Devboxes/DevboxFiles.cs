namespace Coffer.Client;

/// <summary>The files of one devbox. Relative paths are below <c>/home/user</c>.</summary>
/// <remarks>
/// Calls throw <see cref="CofferException"/>: 404 <c>file_not_found</c> for a file that is not there, 400 for a folder or what is no
/// file, 400 <c>devbox_not_running</c> once the devbox has ended, 413 and 507 for what does not fit. Bytes are streamed: memory does
/// not grow with the size.
/// </remarks>
public class DevboxFiles
{
    private readonly DevboxesClient? _client;
    private readonly string _devboxId = "";

    internal DevboxFiles(DevboxesClient? client, string devboxId) => (_client, _devboxId) = (client, devboxId);

    /// <summary>For tests that stand in for this: every member that is called must then be overridden.</summary>
    protected DevboxFiles()
    {
    }

    private DevboxesClient Client => CofferClient.Require(_client);

    /// <summary>Reads a text file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">Also 400 for what is no UTF-8 text; <see cref="DownloadAsync"/> gives its bytes.</exception>
    public virtual Task<string> ReadAsync(
        string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.ReadFileContentsAsync(_devboxId, path, options, cancellationToken);

    /// <inheritdoc cref="ReadAsync"/>
    public virtual string Read(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.ReadFileContents(_devboxId, path, options, cancellationToken);

    /// <summary>Writes a text, as UTF-8, to a file, in place of what it held; makes the folders that are missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="contents">The whole text, up to about 16 MiB; may be empty. Uploads take any size.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the file may be written all the same.</param>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual Task WriteAsync(
        string path, string contents, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.WriteFileContentsAsync(_devboxId, path, contents, options, cancellationToken);

    /// <inheritdoc cref="WriteAsync"/>
    public virtual void Write(
        string path, string contents, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.WriteFileContents(_devboxId, path, contents, options, cancellationToken);

    /// <summary>Sends bytes to a file, in place of what it held; makes the folders that are missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All bytes; may be empty.</param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="options">What this call does differently; its timeout limits how long nothing may move.</param>
    /// <param name="cancellationToken">Ends the transfer; the file keeps what it held.</param>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual async Task UploadAsync(
        string path, byte[] content, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var bytes = new MemoryStream(content, writable: false);
        await UploadAsync(path, bytes, progress, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="UploadAsync(string, byte[], IProgress{TransferProgress}, RequestOptions, CancellationToken)"/>
    public virtual void Upload(
        string path, byte[] content, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var bytes = new MemoryStream(content, writable: false);
        Upload(path, bytes, progress, options, cancellationToken);
    }

    /// <summary>Sends a stream, from where it stands to its end, to a file, in place of what it held.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">
    /// Stays open. One that cannot seek is sent in chunks and only once: a passing failure is then not retried, and the exception
    /// says so.
    /// </param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="options">What this call does differently; its timeout limits how long nothing may move.</param>
    /// <param name="cancellationToken">Ends the transfer; the file keeps what it held.</param>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual Task UploadAsync(
        string path, Stream content, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Client.UploadFileAsync(_devboxId, path, content, progress, options, cancellationToken);

    /// <inheritdoc cref="UploadAsync(string, Stream, IProgress{TransferProgress}, RequestOptions, CancellationToken)"/>
    public virtual void Upload(
        string path, Stream content, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Client.UploadFile(_devboxId, path, content, progress, options, cancellationToken);

    /// <summary>Sends a local file to a file of the devbox, in place of what it held.</summary>
    /// <param name="path">The file in the devbox.</param>
    /// <param name="localPath">The local file.</param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="options">What this call does differently; its timeout limits how long nothing may move.</param>
    /// <param name="cancellationToken">Ends the transfer; the file keeps what it held.</param>
    /// <exception cref="IOException">The local file cannot be opened, before any call; or it shrank meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">The local file may not be read; thrown before any call.</exception>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual async Task UploadFileAsync(
        string path, string localPath, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using Stream file = await LocalFile.OpenReadAsync(async: true, localPath, cancellationToken).ConfigureAwait(false);
        await UploadAsync(path, file, progress, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="UploadFileAsync"/>
    public virtual void UploadFile(
        string path, string localPath, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using Stream file = LocalFile.OpenReadAsync(async: false, localPath, cancellationToken).Result();
        Upload(path, file, progress, options, cancellationToken);
    }

    /// <summary>Fetches all bytes of a file into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How the download goes; a link is not needed, so its lifetime does not matter.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="CofferException">The server refused it.</exception>
    /// <exception cref="IOException">The file is larger than an array can be, about 2 GiB; download it to a file.</exception>
    public virtual async Task<byte[]> DownloadAsync(
        string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await BytesAsync(async: true, path, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadAsync"/>
    public virtual byte[] Download(
        string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        BytesAsync(async: false, path, options, cancellationToken).Result();

    /// <summary>Copies all bytes of a file to a stream, through a small buffer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">Stays open; after a failure it holds the bytes that came before it.</param>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual async Task DownloadToAsync(
        string path, Stream destination, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await CopyAsync(async: true, path, destination, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadToAsync"/>
    public virtual void DownloadTo(
        string path, Stream destination, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        CopyAsync(async: false, path, destination, options, cancellationToken).Finish();

    /// <summary>Fetches a file into a local file, which appears under its name only when it is whole.</summary>
    /// <param name="path">The file in the devbox.</param>
    /// <param name="localPath">The local file; one that exists is replaced at the end.</param>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">Ends the download; like a failure, it leaves no file behind and an older one untouched.</param>
    /// <exception cref="IOException">The file cannot be written there; for a missing folder, before any call.</exception>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual async Task DownloadToFileAsync(
        string path, string localPath, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await ToFileAsync(async: true, path, localPath, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadToFileAsync"/>
    public virtual void DownloadToFile(
        string path, string localPath, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        ToFileAsync(async: false, path, localPath, options, cancellationToken).Finish();

    /// <summary>Opens a file for reading as it arrives.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">Ends the download, also while the stream is being read.</param>
    /// <returns>A stream to dispose, read forward only; a body that ends early is an error, not an end.</returns>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual Task<Stream> OpenReadAsync(
        string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.DownloadFileAsync(_devboxId, path, options, cancellationToken);

    /// <inheritdoc cref="OpenReadAsync"/>
    public virtual Stream OpenRead(
        string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.DownloadFile(_devboxId, path, options, cancellationToken);

    private async ValueTask<byte[]> BytesAsync(
        bool async, string path, DownloadOptions? options, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await CopyAsync(async, path, bytes, options, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }

    private async ValueTask CopyAsync(
        bool async, string path, Stream destination, DownloadOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using Stream content = async
            ? await OpenReadAsync(path, options, cancellationToken).ConfigureAwait(false)
            : OpenRead(path, options, cancellationToken);
        await StreamCopy.CopyAsync(async, content, destination, most: null, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ToFileAsync(
        bool async, string path, string localPath, DownloadOptions? options, CancellationToken cancellationToken)
    {
        using var file = new PartFile(localPath);
        await CopyAsync(async, path, file.Stream, options, cancellationToken).ConfigureAwait(false);
        file.Keep();
    }
}
