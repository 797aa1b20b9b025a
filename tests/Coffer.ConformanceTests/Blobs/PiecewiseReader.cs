using System.Buffers;
using System.IO.Pipelines;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>Content that comes in pieces and segments of changing sizes, as it does from a network.</summary>
internal sealed class PiecewiseReader(ReadOnlyMemory<byte> content, int seed = 3) : PipeReader
{
    private readonly Random _random = new(seed);
    private ReadOnlyMemory<byte> _left = content;
    private ReadOnlySequence<byte> _handedOut;
    private bool _reading;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_reading) throw new InvalidOperationException("Reading is already in progress.");

        int size = Math.Min(_random.Next(1, 400_000), _left.Length);
        var first = new Segment(_left[..Math.Min(size, _random.Next(1, 5_000))], before: null);
        Segment last = first;
        for (int at = first.Memory.Length; at < size; at += last.Memory.Length)
        {
            last = new Segment(_left[at..Math.Min(size, at + _random.Next(1, 20_000))], last);
        }

        _handedOut = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        _reading = true;
        return new(new ReadResult(_handedOut, isCanceled: false, isCompleted: size == _left.Length));
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _left = _left[(int)_handedOut.Slice(0, consumed).Length..];
        _reading = false;
    }

    public override bool TryRead(out ReadResult result) => throw new InvalidOperationException();

    public override void CancelPendingRead() => throw new InvalidOperationException();

    public override void Complete(Exception? exception = null)
    {
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
