namespace Coffer.Client;

/// <summary>The seam between an operation written once, with a <c>bool async</c>, and its blocking twin.</summary>
internal static class Blocking
{
    /// <summary>
    /// The result of work that ran with <c>async: false</c>. Such work is complete by the time it returns, so nothing is waited
    /// for here; that it was is a bug in this package, and said so instead of blocking on the thread pool.
    /// </summary>
    public static T Result<T>(this ValueTask<T> work)
    {
        Demand(work.IsCompleted);
#pragma warning disable RS0030 // the one place where it is allowed: the work is complete
        return work.GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    /// <inheritdoc cref="Result{T}"/>
    public static void Finish(this ValueTask work)
    {
        Demand(work.IsCompleted);
#pragma warning disable RS0030 // as above
        work.GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    /// <summary>
    /// Sleeps by the given clock. The system's clock wakes the thread itself, without a timer on the thread pool.
    /// </summary>
    public static void Sleep(TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
    {
        if (time == TimeProvider.System)
        {
            cancellationToken.WaitHandle.WaitOne(delay);
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        using var due = new ManualResetEventSlim();
        using ITimer timer = time.CreateTimer(_ => due.Set(), null, delay, Timeout.InfiniteTimeSpan);
        due.Wait(cancellationToken);
    }

    private static void Demand(bool isCompleted)
    {
        if (!isCompleted)
        {
            throw new InvalidOperationException(
                "A blocking call met asynchronous work: a bug in Coffer.Client, please report it.");
        }
    }
}
