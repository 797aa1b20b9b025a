namespace Coffer.Client;

/// <summary>Writes to a connection that must keep moving, and counts.</summary>
internal sealed class UploadStream(Stream connection, Deadline deadline, IProgress<TransferProgress>? progress, long? total)
    : WriteOnlyStream
{
    private long _done;

    /// <summary>Whether the connection, and not what was being sent, is broken.</summary>
    public bool HasFailed { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Begin())
        {
            connection.Write(buffer);
            End(buffer.Length);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Begin())
        {
            await connection.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            End(buffer.Length);
        }
    }

    // Counts as failed while it writes, so that an exception needs no catch to be told apart. Once it has failed, what a
    // packer still flushes on its way out goes nowhere.
    private bool Begin()
    {
        if (HasFailed)
        {
            return false;
        }

        HasFailed = true;
        deadline.Token.ThrowIfCancellationRequested();
        deadline.Start();
        return true;
    }

    private void End(int count)
    {
        deadline.Stop();
        HasFailed = false;
        _done += count;
        progress?.Report(new(_done, total));
    }
}
