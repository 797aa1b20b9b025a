using System.Collections.Concurrent;

namespace Coffer.Devboxes.Execution;

/// <summary>The thread that starts commands, and lives as long as the server.</summary>
/// <remarks>
/// "Die with the parent" means the thread that started the process, not the process that the thread belongs to: a command started by
/// a thread of the pool would be killed when the pool lets that thread go.
/// </remarks>
internal sealed class LaunchThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public LaunchThread() => new Thread(Run) { IsBackground = true, Name = "devbox commands" }.Start();

    public Task<T> RunAsync<T>(Func<T> start)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                result.SetResult(start());
            }
            catch (Exception failed)
            {
                result.SetException(failed);
            }
        });
        return result.Task;
    }

    /// <summary>Ends the thread, and with it every command that it started.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (Action start in _work.GetConsumingEnumerable())
        {
            start();
        }
    }
}
