using Microsoft.Win32.SafeHandles;

namespace Coffer.Cli.Output;

/// <summary>Whoever read our output has stopped reading, as <c>head</c> does: no error, but no reason to go on either.</summary>
internal sealed class ClosedPipeException(Exception cause) : Exception(cause.Message, cause);

/// <summary>Stdout takes no more: its disk is full, say, or it was closed. What was written so far is not the whole.</summary>
internal sealed class OutputFailedException(string reason, Exception cause)
    : Exception($"the output cannot be written: {Text.Clause(reason)}", cause);

/// <summary>
/// The bytes of stdout, unbuffered; a closed pipe shows as <see cref="ClosedPipeException"/>, any other failure as
/// <see cref="OutputFailedException"/>.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private readonly Stream _output = Open();
    private Exception? _failure;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfFailed(); // nothing behind a gap
        try
        {
            _output.Write(buffer);
        }
        catch (IOException e)
        {
            throw _failure = IsClosedPipe(e) ? new ClosedPipeException(e) : new OutputFailedException(e.Message, e);
        }
        catch (UnauthorizedAccessException e) // how a missing descriptor shows
        {
            throw _failure = new OutputFailedException("stdout is closed", e);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // On a thread of its own: a reader that has stopped reading, without closing, must not hold up Ctrl-C.
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Write(buffer.Span), CancellationToken.None).WaitAsync(cancellationToken);

    /// <summary>Says once more what a write failed of, for whoever did not hear it.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // EPIPE; ERROR_BROKEN_PIPE, ERROR_NO_DATA and ERROR_PIPE_NOT_CONNECTED.
    private static bool IsClosedPipe(IOException failure) =>
        OperatingSystem.IsWindows() ? (failure.HResult & 0xFFFF) is 109 or 232 or 233 : (failure.HResult & 0xFFFF) is 32;

    // The console's own stream swallows EPIPE, and a whole object would be fetched for nobody. Over a file it is the right one:
    // a FileStream would keep a position of its own there, and the next command of a script write over this one's output.
    private static Stream Open()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!pipe.CanSeek)
            {
                return pipe;
            }

            pipe.Dispose();
        }

        return Console.OpenStandardOutput();
    }
}
