using System.Text;

namespace Coffer.Client;

public partial class StorageObject
{
    /// <summary>Sends text, as UTF-8, to the upload URL. The object is still to be completed.</summary>
    /// <param name="content">The whole text; may be empty.</param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="cancellationToken">Ends the transfer; the object keeps what it had before.</param>
    /// <exception cref="InvalidOperationException">There is no upload URL; thrown before any call.</exception>
    /// <exception cref="CofferException">
    /// 403 for an upload URL that has expired; 409 for a completed object; 413 when it is too large.
    /// </exception>
    public virtual async Task UploadContentAsync(
        string content, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, Utf8(content), progress, null, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadContentAsync(string, IProgress{TransferProgress}, CancellationToken)"/>
    public virtual void UploadContent(
        string content, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, Utf8(content), progress, null, cancellationToken).Finish();

    /// <summary>Sends bytes to the upload URL. The object is still to be completed.</summary>
    /// <param name="content">All bytes; may be empty. Must not change meanwhile.</param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="cancellationToken">Ends the transfer; the object keeps what it had before.</param>
    /// <inheritdoc cref="UploadContentAsync(string, IProgress{TransferProgress}, CancellationToken)"/>
    public virtual async Task UploadContentAsync(
        ReadOnlyMemory<byte> content, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, new BytesSource(content), progress, null, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadContentAsync(ReadOnlyMemory{byte}, IProgress{TransferProgress}, CancellationToken)"/>
    public virtual void UploadContent(
        ReadOnlyMemory<byte> content, IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, new BytesSource(content), progress, null, cancellationToken).Finish();

    /// <summary>
    /// Sends a stream, from where it stands to its end, to the upload URL. The object is still to be completed.
    /// </summary>
    /// <param name="content">
    /// Stays open. One that cannot seek is sent in chunks and only once: a passing failure is then not retried, and the
    /// exception says so.
    /// </param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="cancellationToken">Ends the transfer; the object keeps what it had before.</param>
    /// <inheritdoc cref="UploadContentAsync(string, IProgress{TransferProgress}, CancellationToken)"/>
    public virtual async Task UploadContentAsync(
        Stream content, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, new StreamSource(content), progress, null, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadContentAsync(Stream, IProgress{TransferProgress}, CancellationToken)"/>
    public virtual void UploadContent(
        Stream content, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, new StreamSource(content), progress, null, cancellationToken).Finish();

    internal async ValueTask UploadAsync(
        bool async, UploadSource source, IProgress<TransferProgress>? progress, TimeSpan? idleLimit,
        CancellationToken cancellationToken)
    {
        string url = UploadUrl ?? throw new InvalidOperationException(
            $"The object '{Id}' has no upload URL: it is completed or deleted, or was not created here. "
            + "Create a new object to upload content.");
        await Client.Transfers.UploadAsync(async, url, source, progress, idleLimit, cancellationToken).ConfigureAwait(false);
    }

    internal static BytesSource Utf8(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new(Encoding.UTF8.GetBytes(content));
    }
}
