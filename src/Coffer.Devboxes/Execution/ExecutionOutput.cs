using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Execution;

/// <summary>What a command wrote to one of its streams: a file that grows while the command runs. One writes, any number read.</summary>
public sealed class ExecutionOutput
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private TaskCompletionSource _change = New();
    private long _length;
    private bool _isComplete;

    private ExecutionOutput(string path) => _path = path;

    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _length;
            }
        }
    }

    /// <summary>An empty output, to be written.</summary>
    internal static ExecutionOutput Create(string path) => new(path)
    {
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read),
    };

    /// <summary>An output that is there from earlier, and grows no more; empty when there is no file.</summary>
    internal static ExecutionOutput Of(string path) => new(path)
    {
        _length = File.Exists(path) ? new FileInfo(path).Length : 0,
        _isComplete = true,
    };

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file!, bytes, _length); // one writer, so nobody else changes the length
        Change(bytes.Length, completes: false);
    }

    internal void Complete()
    {
        Change(0, completes: true);
        _file?.Dispose();
    }

    /// <summary>Waits until there is more than <paramref name="offset"/> bytes, or there will not be.</summary>
    /// <returns>False when the output ends at or before the offset.</returns>
    public async ValueTask<bool> WaitBeyondAsync(long offset, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_length > offset || _isComplete)
                {
                    return _length > offset;
                }

                change = _change.Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Bytes from an offset on, as many as are there and fit.</summary>
    /// <param name="isEnd">Whether no byte follows these, now or later.</param>
    /// <exception cref="FileNotFoundException">The output was removed, with its devbox or because newer ones took its room.</exception>
    public int Read(long offset, Span<byte> into, out bool isEnd)
    {
        long length;
        bool isComplete;
        lock (_gate)
        {
            (length, isComplete) = (_length, _isComplete);
        }

        using SafeFileHandle file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int wanted = (int)Math.Clamp(length - offset, 0, into.Length);
        int read = 0;
        while (read < wanted && RandomAccess.Read(file, into[read..wanted], offset + read) is var more and > 0)
        {
            read += more;
        }

        isEnd = isComplete && offset + read >= length;
        return read;
    }

    private void Change(int more, bool completes)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _length += more;
            _isComplete |= completes;
            (changed, _change) = (_change, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
