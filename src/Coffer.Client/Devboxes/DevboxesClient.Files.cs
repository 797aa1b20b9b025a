using System.Text;

namespace Coffer.Client;

public partial class DevboxesClient
{
    /// <summary>Reads a text file of a devbox.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="path">The file; a relative path is below <c>/home/user</c>.</param>
    /// <param name="options">What this call does differently; its timeout limits how long nothing may move.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">
    /// 404 <c>file_not_found</c>; 400 for a folder, what is no file, or no UTF-8 text; 400 <c>devbox_not_running</c>;
    /// 404 <c>devbox_not_found</c>.
    /// </exception>
    public virtual async Task<string> ReadFileContentsAsync(
        string id, string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await ReadAsync(async: true, id, path, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="ReadFileContentsAsync"/>
    public virtual string ReadFileContents(
        string id, string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        ReadAsync(async: false, id, path, options, cancellationToken).Result();

    /// <summary>Writes a text to a file of a devbox, in place of what it held; makes the folders that are missing.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="path">The file; a relative path is below <c>/home/user</c>.</param>
    /// <param name="contents">The whole text, up to about 16 MiB; <see cref="UploadFileAsync"/> takes any size.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the file may be written all the same.</param>
    /// <exception cref="CofferException">
    /// 400 for a folder, or what is no file; 413 when it is too large; 507 when there is no room; 400 <c>devbox_not_running</c>;
    /// 404 <c>devbox_not_found</c>.
    /// </exception>
    public virtual async Task WriteFileContentsAsync(
        string id, string path, string contents, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await WriteAsync(async: true, id, path, contents, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WriteFileContentsAsync"/>
    public virtual void WriteFileContents(
        string id, string path, string contents, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(async: false, id, path, contents, options, cancellationToken).Finish();

    /// <summary>Opens a file of a devbox for reading as it arrives.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="path">The file; a relative path is below <c>/home/user</c>.</param>
    /// <param name="options">How the download goes; a link is not needed, so its lifetime does not matter.</param>
    /// <param name="cancellationToken">Ends the download, also while the stream is being read.</param>
    /// <returns>A stream to dispose, read forward only; a body that ends early is an error, not an end.</returns>
    /// <exception cref="CofferException">
    /// 404 <c>file_not_found</c>; 400 for a folder, or what is no file; 400 <c>devbox_not_running</c>; 404 <c>devbox_not_found</c>.
    /// </exception>
    public virtual async Task<Stream> DownloadFileAsync(
        string id, string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        await OpenAsync(async: true, id, path, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="DownloadFileAsync"/>
    public virtual Stream DownloadFile(
        string id, string path, DownloadOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(async: false, id, path, options, cancellationToken).Result();

    /// <summary>
    /// Sends a stream, from where it stands to its end, to a file of a devbox, in place of what it held; nothing changes before all of it
    /// came.
    /// </summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="path">The file; a relative path is below <c>/home/user</c>.</param>
    /// <param name="content">
    /// Stays open. One that cannot seek is sent in chunks and only once: a passing failure is then not retried, and the exception
    /// says so.
    /// </param>
    /// <param name="progress">Hears how far the transfer is; the form around the file, some 400 bytes, is counted too.</param>
    /// <param name="options">What this call does differently; its timeout limits how long nothing may move.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="CofferException">
    /// 400 for a folder, or what is no file; 413 when it is too large; 507 when there is no room; 400 <c>devbox_not_running</c>;
    /// 404 <c>devbox_not_found</c>.
    /// </exception>
    public virtual async Task UploadFileAsync(
        string id, string path, Stream content, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await UploadAsync(async: true, id, path, new StreamSource(content), progress, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="UploadFileAsync"/>
    public virtual void UploadFile(
        string id, string path, Stream content, IProgress<TransferProgress>? progress = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        UploadAsync(async: false, id, path, new StreamSource(content), progress, options, cancellationToken).Finish();

    private ValueTask<DownloadStream> OpenAsync(
        bool async, string id, string path, DownloadOptions? options, CancellationToken cancellationToken) =>
        Transport.Transfers.OpenDownloadAsync(
            async, DevboxRequests.DownloadFile(id, path, options?.Request), options?.Progress, cancellationToken);

    private async ValueTask<string> ReadAsync(
        bool async, string id, string path, RequestOptions? options, CancellationToken cancellationToken)
    {
        using DownloadStream content = await Transport.Transfers.OpenDownloadAsync(
            async, DevboxRequests.ReadFileContents(id, path, options), progress: null, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(await content.ReadAllAsync(async, $"The file '{path}'", cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask WriteAsync(
        bool async, string id, string path, string contents, RequestOptions? options, CancellationToken cancellationToken)
    {
        ApiRequest request = DevboxRequests.WriteFileContents(id, path, contents, options);
        WrittenFile written = await Transport.SendAsync(async, request, CofferJson.Default.WrittenFile, cancellationToken)
            .ConfigureAwait(false);
        if (written.ExitStatus is not (null or 0))
        {
            throw new CofferException($"{request.What}: '{path}' was not written (exit status {written.ExitStatus}): {written.Stderr}");
        }
    }

    private async ValueTask UploadAsync(
        bool async, string id, string path, StreamSource content, IProgress<TransferProgress>? progress, RequestOptions? options,
        CancellationToken cancellationToken)
    {
        using var form = new FileFormSource(path, content);
        await Transport.Transfers.UploadAsync(
            async, DevboxRequests.UploadFile(id, form, options), form, progress, CofferJson.Default.WrittenFile, cancellationToken)
            .ConfigureAwait(false);
    }
}

/// <summary>How the wire answers a call that writes a file: as for a command, or with nothing.</summary>
internal sealed record WrittenFile
{
    public int? ExitStatus { get; init; }

    public string? Stderr { get; init; }
}
