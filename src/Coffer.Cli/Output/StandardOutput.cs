using Microsoft.Win32.SafeHandles;

namespace Coffer.Cli.Output;

/// <summary>Whoever read our output has stopped reading, as <c>head</c> does: no error, but no reason to go on either.</summary>
internal sealed class ClosedPipeException(IOException cause) : Exception(cause.Message, cause);

/// <summary>The bytes of stdout, unbuffered; a closed pipe shows as <see cref="ClosedPipeException"/>.</summary>
internal sealed class StandardOutput : Stream
{
    private readonly Stream _output = Open();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _output.Write(buffer);
        }
        catch (IOException e)
        {
            throw new ClosedPipeException(e);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // On a thread of its own: a reader that has stopped reading, without closing, must not hold up Ctrl-C.
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Write(buffer.Span), CancellationToken.None).WaitAsync(cancellationToken);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

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
