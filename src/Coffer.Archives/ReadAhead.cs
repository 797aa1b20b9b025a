using System.Runtime.ExceptionServices;

namespace Coffer.Archives;

/// <summary>Reads a stream on a thread of its own, a few buffers ahead, so that unpacking and writing take place at once.</summary>
internal sealed class ReadAhead : BlockingStream
{
    private const int Buffers = 4;
    private const int BufferBytes = 256 << 10;
    private readonly Stream _source;
    private readonly byte[][] _buffers = [.. Enumerable.Range(0, Buffers).Select(_ => new byte[BufferBytes])];
    private readonly int[] _lengths = new int[Buffers];
    private readonly SemaphoreSlim _free = new(Buffers);
    private readonly SemaphoreSlim _filled = new(0);
    private readonly CancellationToken _cancellationToken;
    private readonly Thread _thread;
    private volatile bool _isDisposed;
    private ExceptionDispatchInfo? _failure; // published by the release of the buffer of length 0
    private int _current = -1;
    private int _taken;
    private bool _ended;

    /// <param name="source">Read by the thread alone from now on, until this is disposed. It is not disposed.</param>
    /// <param name="cancellationToken">Ends the waiting of the reader. A read of the source that hangs has to be ended by its owner.</param>
    public ReadAhead(Stream source, CancellationToken cancellationToken)
    {
        _source = source;
        _cancellationToken = cancellationToken;
        _thread = new Thread(Fill) { IsBackground = true, Name = "archive read-ahead" };
        _thread.Start();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _ended) return 0;
        if (_current < 0 || _taken == _lengths[_current])
        {
            if (_current >= 0) _free.Release();
            _filled.Wait(_cancellationToken);
            _current = (_current + 1) % Buffers;
            _taken = 0;
            if (_lengths[_current] == 0)
            {
                _ended = true;
                _failure?.Throw();
                return 0;
            }
        }

        int count = Math.Min(buffer.Length, _lengths[_current] - _taken);
        _buffers[_current].AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _free.Release();
            _thread.Join(); // the source's owner may dispose it next
            _free.Dispose();
            _filled.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        for (int next = 0; ; next = (next + 1) % Buffers)
        {
            _free.Wait(CancellationToken.None);
            int length = 0;
            if (!_isDisposed)
            {
                try
                {
                    length = FillOne(_buffers[next]);
                }
                catch (Exception failed)
                {
                    _failure = ExceptionDispatchInfo.Capture(failed);
                }
            }

            _lengths[next] = length;
            _filled.Release();
            if (length == 0) return;
        }
    }

    /// <summary>Until the buffer is full or the source ends.</summary>
    private int FillOne(Span<byte> buffer)
    {
        int length = 0;
        while (length < buffer.Length && !_isDisposed)
        {
            int read = _source.Read(buffer[length..]);
            if (read == 0) break;
            length += read;
        }

        return length;
    }
}
