using Microsoft.Win32.SafeHandles;

namespace Coffer.Cli.Input;

/// <summary>What is piped or redirected into the command.</summary>
internal static class StandardInput
{
    /// <summary>A redirected file comes as a file, with a length and a way back; anything else can be read once.</summary>
    public static Stream Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            var file = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            if (file.CanSeek)
            {
                return file;
            }

            file.Dispose();
        }

        return new InterruptibleStream(Console.OpenStandardInput());
    }

    /// <summary>A stream whose waiting reads can be given up: a pipe or terminal that says nothing blocks them for ever.</summary>
    private sealed class InterruptibleStream(Stream source) : Stream
    {
        // A read that was given up still writes into this, and not into a buffer that someone else has by then.
        private readonly byte[] _buffer = new byte[64 * 1024];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int wanted = Math.Min(buffer.Length, _buffer.Length);
            int read = await Task.Run(() => source.Read(_buffer, 0, wanted), CancellationToken.None).WaitAsync(cancellationToken);
            _buffer.AsMemory(0, read).CopyTo(buffer);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => source.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
