using System.Collections.Concurrent;

namespace Coffer.Blobs.Disk;

/// <summary>
/// Threads of the store's own for syncs, which block for as long as the device likes. On the shared pool, a thread or two a
/// core, a few slow syncs would hold up every other request. Several at once share one commit of the file system's journal.
/// </summary>
internal sealed class SyncThreads : IDisposable
{
    private const int Most = 16;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Lock _lock = new();
    private int _unfinished;
    private int _threads;

    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Increment(ref _unfinished) > Volatile.Read(ref _threads)) StartThread();
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception failed)
            {
                done.SetException(failed);
            }
            finally
            {
                Interlocked.Decrement(ref _unfinished);
            }
        });
        return done.Task;
    }

    public Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return true;
    });

    public void Dispose() => _work.CompleteAdding();

    private void StartThread()
    {
        lock (_lock)
        {
            if (_threads == Most) return;
            _threads++;
        }

        new Thread(Work) { IsBackground = true, Name = "Coffer blob sync" }.Start();
    }

    private void Work()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
