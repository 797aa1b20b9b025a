namespace Coffer.Bench.Machine;

/// <summary>Samples a process's private memory every 20 ms.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _done;
    private long _peak;

    public MemoryWatch(int pid)
    {
        _thread = new Thread(() =>
        {
            while (!_done)
            {
                _peak = Math.Max(_peak, ProcFs.PrivateBytesOf(pid));
                Thread.Sleep(20);
            }
        });
        _thread.Start();
    }

    public long Peak => Interlocked.Read(ref _peak);

    public void Dispose()
    {
        _done = true;
        _thread.Join();
    }
}
