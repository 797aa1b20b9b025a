using System.Buffers;
using System.IO.Pipelines;

namespace Coffer.Uploads;

/// <summary>
/// A body as stretches, each of which ends like a whole content. So do the bytes before a break: what came is kept, the failure is
/// remembered.
/// </summary>
internal sealed class PieceReader(PipeReader body, CancellationToken cancellationToken) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private bool _holds;
    private bool _ended;
    private long _left;

    /// <summary>Why the body broke off; null when it came to its end or still goes on.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Begins the next stretch.</summary>
    /// <param name="mostBytes">Where it ends at the latest.</param>
    /// <returns>False when nothing more comes.</returns>
    public async ValueTask<bool> BeginAsync(long mostBytes)
    {
        _left = mostBytes;
        while (true)
        {
            ReadResult next = await ReadAsync(CancellationToken.None);
            bool isAny = !next.Buffer.IsEmpty;
            AdvanceTo(next.Buffer.Start);
            if (isAny || next.IsCompleted)
            {
                _ended = !isAny; // what was only looked at is read again
                return isAny;
            }
        }
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken unused = default)
    {
        if (_ended || _left == 0)
        {
            return End();
        }

        ReadResult read;
        try
        {
            read = await body.ReadAsync(cancellationToken);
        }
        catch (Exception broken) // whatever happened to the sender, the bytes before it came
        {
            Failure = broken;
            _ended = true;
            return End();
        }

        _holds = true;
        if (read.IsCanceled)
        {
            Failure = new OperationCanceledException("reading the body was broken off");
        }

        _ended = read.IsCanceled || (read.IsCompleted && read.Buffer.Length <= _left);
        _buffer = read.Buffer.Length > _left ? read.Buffer.Slice(0, _left) : read.Buffer;
        return new ReadResult(_buffer, isCanceled: false, isCompleted: _ended || _buffer.Length == _left);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_holds)
        {
            return; // an end of our own
        }

        _holds = false;
        _left -= _buffer.Slice(0, consumed).Length;
        body.AdvanceTo(consumed, examined);
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return false;
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
    }

    private static ReadResult End() => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
}
