using System.Buffers;
using System.IO.Pipelines;

namespace Coffer.Objects;

/// <summary>
/// An open object's bytes from an offset on, for code that reads streams and may block, such as that of archives. Every block was found
/// right before any of it is handed out.
/// </summary>
/// <param name="content">Stays the caller's, and stays open as long as this is read.</param>
public sealed class ObjectStream(OpenObject content, long offset) : Stream
{
    private const int Step = 256 << 10;
    private readonly Collected _collected = new();
    private long _next = offset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => content.SizeBytes;

    public override long Position { get => _next - _collected.Rest; set => throw new NotSupportedException(); }

    /// <exception cref="StoreException">Corrupt.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (_collected.Rest == 0)
        {
            long count = Math.Min(Step, content.SizeBytes - _next);
            if (count <= 0) return 0;
            _collected.Clear();
            ValueTask<bool> copying = content.CopyToAsync(_collected, _next, count, CancellationToken.None);
            if (copying.IsCompleted)
            {
                copying.GetAwaiter().GetResult();
            }
            else
            {
                copying.AsTask().GetAwaiter().GetResult(); // of a store that is not on this machine
            }

            _next += count;
        }

        return _collected.Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Takes in one step, so that flushing it never waits.</summary>
    private sealed class Collected : PipeWriter
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(Step);
        private int _taken;

        public int Rest => _bytes.WrittenCount - _taken;

        public int Take(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, Rest);
            _bytes.WrittenSpan.Slice(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }

        public void Clear()
        {
            _bytes.ResetWrittenCount();
            _taken = 0;
        }

        public override void Advance(int bytes) => _bytes.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
