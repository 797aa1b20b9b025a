namespace Coffer.Client;

/// <summary>A time limit that can be started, stopped and started anew, beside the caller's own cancellation.</summary>
internal sealed class Deadline(TimeSpan limit, CancellationToken caller) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(caller);

    public TimeSpan Limit => limit;

    /// <summary>Cancelled by the caller or by the passing of the limit.</summary>
    public CancellationToken Token => _source.Token;

    public CancellationToken Caller => caller;

    /// <summary>Whether it was the limit that cancelled.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary>Counts the whole limit from now.</summary>
    public void Start() => _source.CancelAfter(limit);

    /// <summary>Stops counting while the other side is not to blame.</summary>
    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Ends everything that waits on <see cref="Token"/>.</summary>
    public void Cancel() => _source.Cancel();

    public void Dispose() => _source.Dispose();
}
