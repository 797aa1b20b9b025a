using System.Net;
using System.Text;

namespace Coffer.Client;

public partial class BucketFiles
{
    /// <summary>Fetches a file's bytes into memory.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="options">What of the file, and how the download goes.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="StorageException">
    /// 404 <c>NoSuchKey</c> or <c>NoSuchBucket</c>, also for what the caller may not read; 416 for a range beyond the end.
    /// </exception>
    /// <exception cref="CofferConnectionException">Also when fewer bytes came than the server announced.</exception>
    /// <exception cref="IOException">The file is larger than an array can be, about 2 GiB; download it to a file.</exception>
    public virtual async Task<byte[]> DownloadAsync(
        string path, StorageDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await BytesAsync(async: true, path, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadAsync"/>
    public virtual byte[] Download(
        string path, StorageDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        BytesAsync(async: false, path, options, cancellationToken).Result();

    /// <summary>Fetches a file as text in UTF-8, whatever type the server names; what is no UTF-8 becomes U+FFFD.</summary>
    /// <inheritdoc cref="DownloadAsync"/>
    public virtual async Task<string> DownloadTextAsync(
        string path, StorageDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Encoding.UTF8.GetString(await DownloadAsync(path, options, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="DownloadTextAsync"/>
    public virtual string DownloadText(
        string path, StorageDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Encoding.UTF8.GetString(Download(path, options, cancellationToken));

    /// <summary>Copies a file's bytes to a stream, through a small buffer.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="destination">Stays open; after a failure it holds the bytes that came before it.</param>
    /// <param name="options">What of the file, and how the download goes.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <inheritdoc cref="DownloadAsync"/>
    public virtual async Task DownloadToAsync(
        string path, Stream destination, StorageDownloadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await ToStreamAsync(async: true, path, destination, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadToAsync"/>
    public virtual void DownloadTo(
        string path, Stream destination, StorageDownloadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ToStreamAsync(async: false, path, destination, options, cancellationToken).Finish();

    /// <summary>Fetches a file into a local file, which appears under its name only when it is whole.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="localPath">
    /// The local file; one that exists is replaced at the end. Until then the bytes are in a hidden file beside it.
    /// </param>
    /// <param name="options">What of the file, and how the download goes.</param>
    /// <param name="cancellationToken">
    /// Ends the download; like a failure, it leaves no file behind and an older one untouched.
    /// </param>
    /// <exception cref="IOException">The file cannot be written there; for a missing folder, before any call.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to; thrown before any call.</exception>
    /// <inheritdoc cref="DownloadAsync"/>
    public virtual async Task DownloadToFileAsync(
        string path, string localPath, StorageDownloadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await ToFileAsync(async: true, path, localPath, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadToFileAsync"/>
    public virtual void DownloadToFile(
        string path, string localPath, StorageDownloadOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ToFileAsync(async: false, path, localPath, options, cancellationToken).Finish();

    /// <summary>Opens a file's bytes for reading as they arrive.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="options">What of the file, and how the download goes.</param>
    /// <param name="cancellationToken">Ends the download, also while the stream is being read.</param>
    /// <returns>
    /// A stream to dispose, read forward only; where it cannot go on it throws this package's exceptions, also when the body ends
    /// early, and it is not resumed.
    /// </returns>
    /// <inheritdoc cref="DownloadAsync"/>
    public virtual async Task<Stream> OpenReadAsync(
        string path, StorageDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await OpenAsync(async: true, path, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="OpenReadAsync"/>
    public virtual Stream OpenRead(
        string path, StorageDownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(async: false, path, options, cancellationToken).Result();

    private async ValueTask<DownloadStream> OpenAsync(
        bool async, string path, StorageDownloadOptions? options, CancellationToken cancellationToken)
    {
        if (options?.Range is { } range && (range.Unit != "bytes" || range.Ranges.Count != 1))
        {
            throw new ArgumentException("A download takes one range of bytes.", nameof(options));
        }

        ApiRequest request = StorageRequests.Download(BucketId, path, options);
        DownloadStream content = await Calls.OpenDownloadAsync(async, request, options?.Progress, cancellationToken)
            .ConfigureAwait(false);
        if (options?.Range is not null && content.Status != HttpStatusCode.PartialContent)
        {
            await content.DisposeAsync().ConfigureAwait(false); // completes at once: nothing is flushed
            throw new CofferException($"{request.What}: the server answered with other bytes than the range that was asked for.")
            {
                Status = content.Status,
            };
        }

        return content;
    }

    private async ValueTask<byte[]> BytesAsync(
        bool async, string path, StorageDownloadOptions? options, CancellationToken cancellationToken)
    {
        using DownloadStream content = await OpenAsync(async, path, options, cancellationToken).ConfigureAwait(false);
        return await content.ReadAllAsync(async, $"The file '{path}'", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ToFileAsync(
        bool async, string path, string localPath, StorageDownloadOptions? options, CancellationToken cancellationToken)
    {
        using var file = new PartFile(localPath);
        await ToStreamAsync(async, path, file.Stream, options, cancellationToken).ConfigureAwait(false);
        file.Keep();
    }

    private async ValueTask ToStreamAsync(
        bool async, string path, Stream destination, StorageDownloadOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using DownloadStream content = await OpenAsync(async, path, options, cancellationToken).ConfigureAwait(false);
        await StreamCopy.CopyAsync(async, content, destination, most: null, cancellationToken).ConfigureAwait(false);
    }
}
