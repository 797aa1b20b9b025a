using System.Text;

namespace Coffer.Client;

public partial class StorageObject
{
    /// <summary>Fetches all bytes into memory.</summary>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="CofferException">
    /// As for <see cref="GetDownloadUrlAsync(TimeSpan?, RequestOptions?, CancellationToken)"/>.
    /// </exception>
    /// <exception cref="CofferConnectionException">Also when fewer bytes came than the server announced.</exception>
    /// <exception cref="IOException">The object is larger than an array can be, about 2 GiB; download it to a file.</exception>
    public virtual async Task<byte[]> DownloadAsBytesAsync(
        DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await BytesAsync(async: true, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadAsBytesAsync"/>
    public virtual byte[] DownloadAsBytes(DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        BytesAsync(async: false, options, cancellationToken).Result();

    /// <summary>Fetches all bytes as text in UTF-8, whatever type the server names; what is no UTF-8 becomes U+FFFD.</summary>
    /// <inheritdoc cref="DownloadAsBytesAsync"/>
    public virtual async Task<string> DownloadAsTextAsync(
        DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Encoding.UTF8.GetString(await DownloadAsBytesAsync(options, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="DownloadAsTextAsync"/>
    public virtual string DownloadAsText(DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Encoding.UTF8.GetString(DownloadAsBytes(options, cancellationToken));

    /// <summary>Fetches all bytes into a file, which appears under its name only when it is whole.</summary>
    /// <param name="path">
    /// The file; one that exists is replaced at the end. Until then the bytes are in a hidden file beside it.
    /// </param>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">
    /// Ends the download; like a failure, it leaves no file behind and an older one untouched.
    /// </param>
    /// <exception cref="IOException">The file cannot be written there; for a missing folder, before any call.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to; thrown before any call.</exception>
    /// <inheritdoc cref="DownloadAsBytesAsync"/>
    public virtual async Task DownloadToFileAsync(
        string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await ToFileAsync(async: true, path, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadToFileAsync"/>
    public virtual void DownloadToFile(
        string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        ToFileAsync(async: false, path, options, cancellationToken).Finish();

    /// <summary>Copies all bytes to a stream, through a small buffer.</summary>
    /// <param name="destination">Stays open; after a failure it holds the bytes that came before it.</param>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <inheritdoc cref="DownloadAsBytesAsync"/>
    public virtual async Task DownloadToAsync(
        Stream destination, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await ToStreamAsync(async: true, destination, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadToAsync"/>
    public virtual void DownloadTo(
        Stream destination, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        ToStreamAsync(async: false, destination, options, cancellationToken).Finish();

    /// <summary>Opens the bytes for reading as they arrive.</summary>
    /// <param name="options">How the download goes.</param>
    /// <param name="cancellationToken">Ends the download, also while the stream is being read.</param>
    /// <returns>
    /// A stream to dispose, read forward only; where it cannot go on it throws this package's exceptions, also when the body ends
    /// early, and it is not resumed.
    /// </returns>
    /// <inheritdoc cref="DownloadAsBytesAsync"/>
    public virtual async Task<Stream> OpenReadAsync(
        DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await OpenAsync(async: true, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="OpenReadAsync"/>
    public virtual Stream OpenRead(DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(async: false, options, cancellationToken).Result();

    private async ValueTask<DownloadStream> OpenAsync(bool async, DownloadOptions? options, CancellationToken cancellationToken)
    {
        ObjectDownloadUrl link = async
            ? await GetDownloadUrlAsync(options?.LinkLifetime, options?.Request, cancellationToken).ConfigureAwait(false)
            : GetDownloadUrl(options?.LinkLifetime, options?.Request, cancellationToken);
        return await Client.Transfers.OpenDownloadAsync(
            async, link.DownloadUrl, options?.Progress, options?.Request?.Timeout, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> BytesAsync(bool async, DownloadOptions? options, CancellationToken cancellationToken)
    {
        using DownloadStream content = await OpenAsync(async, options, cancellationToken).ConfigureAwait(false);
        return await content.ReadAllAsync(async, $"The object '{Id}'", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ToFileAsync(bool async, string path, DownloadOptions? options, CancellationToken cancellationToken)
    {
        using var file = new PartFile(path);
        await ToStreamAsync(async, file.Stream, options, cancellationToken).ConfigureAwait(false);
        file.Keep();
    }

    private async ValueTask ToStreamAsync(
        bool async, Stream destination, DownloadOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using DownloadStream content = await OpenAsync(async, options, cancellationToken).ConfigureAwait(false);
        await StreamCopy.CopyAsync(async, content, destination, most: null, cancellationToken).ConfigureAwait(false);
    }
}
