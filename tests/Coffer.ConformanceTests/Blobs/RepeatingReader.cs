using System.Buffers;
using System.IO.Pipelines;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>A pattern over and over: large content in little memory.</summary>
internal sealed class RepeatingReader(byte[] pattern, long size) : PipeReader
{
    private long _position;
    private ReadOnlySequence<byte> _handedOut;

    public static byte[] Slice(byte[] pattern, long offset, int count)
    {
        byte[] slice = new byte[count];
        for (int i = 0; i < count; i++)
        {
            slice[i] = pattern[(offset + i) % pattern.Length];
        }

        return slice;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        int at = (int)(_position % pattern.Length);
        int count = (int)Math.Min(pattern.Length - at, size - _position);
        _handedOut = new ReadOnlySequence<byte>(pattern, at, count);
        return new(new ReadResult(_handedOut, isCanceled: false, isCompleted: _position + count == size));
    }

    public override void AdvanceTo(SequencePosition consumed) => _position += _handedOut.Slice(0, consumed).Length;

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

    public override bool TryRead(out ReadResult result) => throw new InvalidOperationException();

    public override void CancelPendingRead() => throw new InvalidOperationException();

    public override void Complete(Exception? exception = null)
    {
    }
}
