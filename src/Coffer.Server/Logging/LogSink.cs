using System.Text;

namespace Coffer.Server.Logging;

/// <summary>Takes whole log lines from any thread and writes them in the background, many at a time.</summary>
/// <remarks>
/// A reader of our standard error that stands still must not stop the server, so lines are dropped when the buffer is
/// full; how many is written as a line of its own and counted in <see cref="Dropped"/>.
/// </remarks>
internal sealed class LogSink : IDisposable
{
    private const int Capacity = 4 << 20;
    private const int PlentyBytes = 256 * 1024;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly Stream _output;
    private readonly Lock _gate = new();
    private readonly Lock _writingGate = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly AutoResetEvent _hurry = new(initialState: false);
    private readonly Thread _writer;
    private byte[] _filling = new byte[Capacity];
    private byte[] _writing = new byte[Capacity];
    private int _filled;
    private long _dropped;
    private long _droppedSaid;
    private volatile bool _stopping;

    public LogSink(Stream output)
    {
        _output = output;
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "coffer-log" };
        _writer.Start();
    }

    /// <summary>How many lines were lost because nobody took them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes one line with its newline.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        bool first;
        bool plenty;
        lock (_gate)
        {
            if (line.Length > Capacity - _filled)
            {
                _dropped++;
                return;
            }

            line.CopyTo(_filling.AsSpan(_filled));
            first = _filled == 0;
            plenty = _filled < PlentyBytes && _filled + line.Length >= PlentyBytes;
            _filled += line.Length;
        }

        if (first)
        {
            _wake.Set();
        }

        if (plenty)
        {
            _hurry.Set();
        }
    }

    /// <summary>Returns once everything taken so far is written; for messages that the process may not outlive.</summary>
    public void Flush()
    {
        lock (_writingGate)
        {
            int length;
            lock (_gate)
            {
                (_filling, _writing) = (_writing, _filling);
                length = _filled;
                _filled = 0;
            }

            try
            {
                _output.Write(_writing, 0, length);
                SayDropped();
                _output.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Standard error is gone; there is nobody left to tell.
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _hurry.Set();
        _writer.Join(TimeSpan.FromSeconds(2));
        _wake.Dispose();
        _hurry.Dispose();
    }

    private void SayDropped()
    {
        long dropped = Dropped;
        if (dropped != _droppedSaid)
        {
            _output.Write(Encoding.UTF8.GetBytes(
                $$"""{"time":"{{DateTime.UtcNow:O}}","event":"log_lines_dropped","count":{{dropped - _droppedSaid}}}""" + "\n"));
            _droppedSaid = dropped;
        }
    }

    private void WriteLoop()
    {
        while (!_stopping)
        {
            _wake.WaitOne();
            _hurry.WaitOne(Gathering); // at full speed a gathering's lines would not fit the buffer
            Flush();
        }

        Flush();
    }
}
