using System.Net;
using System.Runtime.ExceptionServices;

namespace Coffer.Client;

/// <summary>
/// An upload's body: streams its source, reports progress, and tells the source's failures from the connection's.
/// </summary>
internal sealed class UploadContent(UploadSource source, Deadline deadline, IProgress<TransferProgress>? progress) : HttpContent
{
    /// <summary>What went wrong in the content itself; null when nothing did.</summary>
    public ExceptionDispatchInfo? SourceFailure { get; private set; }

    public bool CanReplay => source.CanReplay;

    protected override bool TryComputeLength(out long length)
    {
        length = source.Length ?? 0;
        return source.Length is not null;
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteAsync(async: false, stream, cancellationToken).Finish();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        WriteAsync(async: true, stream, cancellationToken).AsTask();

    private async ValueTask WriteAsync(bool async, Stream connection, CancellationToken cancellationToken)
    {
        using var upload = new UploadStream(connection, deadline, progress, source.Length);
        try
        {
            deadline.Stop();
            progress?.Report(new(0, source.Length));
            await source.WriteToAsync(async, upload, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!upload.HasFailed)
        {
            SourceFailure = ExceptionDispatchInfo.Capture(error);
            throw;
        }

        deadline.Start(); // from the last byte on the answer is due
    }
}
