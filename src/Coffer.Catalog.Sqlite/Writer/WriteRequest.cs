namespace Coffer.Catalog.Sqlite.Writer;

/// <summary>One write on its way through the queue, a batch and a commit.</summary>
internal abstract class WriteRequest
{
    /// <summary>Bytes it holds in memory while it waits.</summary>
    public int SizeBytes { get; init; }

    /// <summary>Whether it gives room back, so that the ballast may be spent on it.</summary>
    public bool FreesSpace { get; init; }

    /// <summary>Where it is; changed under the queue's lock.</summary>
    public Stage Stage { get; set; }

    /// <summary>Ends the wait for a place; set while there is none.</summary>
    public Timer? Deadline { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Runs the statements and keeps the answer. May be called again after the transaction was rolled back.</summary>
    public abstract void Apply(WriteSession session);

    /// <summary>Keeps a refusal, which is an answer like any other: it is given when the batch is durable.</summary>
    public abstract void Refuse(Exception refusal);

    /// <summary>Gives the answer that was kept.</summary>
    public abstract void Complete();

    /// <summary>Ends a request that reached no batch.</summary>
    public void Fail(Exception reason)
    {
        Refuse(reason);
        Complete();
    }

    public abstract void Cancel(CancellationToken cancellationToken);

    protected void Release()
    {
        Cancellation.Unregister(); // not Dispose: it would wait for a callback that wants the queue's lock
        Deadline?.Dispose();
    }
}

internal enum Stage
{
    /// <summary>Waits for a place in the queue.</summary>
    Waiting,
    Queued,

    /// <summary>In a batch, or answered: it cannot be cancelled any more.</summary>
    Taken,

    /// <summary>Cancelled or refused while in the queue.</summary>
    Abandoned,
}

/// <param name="work">Returns the answer; throws only before it has changed anything.</param>
internal sealed class WriteRequest<T>(Func<WriteSession, T> work) : WriteRequest
{
    // The writer must not run what waits for it.
    private readonly TaskCompletionSource<T> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _answer;
    private Exception? _refusal;

    public Task<T> Answer => _answered.Task;

    public override void Apply(WriteSession session)
    {
        _refusal = null;
        _answer = work(session);
    }

    public override void Refuse(Exception refusal) => _refusal = refusal;

    public override void Complete()
    {
        Release();
        if (_refusal is null)
        {
            _answered.TrySetResult(_answer!);
        }
        else
        {
            _answered.TrySetException(_refusal);
        }
    }

    public override void Cancel(CancellationToken cancellationToken)
    {
        Release();
        _answered.TrySetCanceled(cancellationToken);
    }
}
