namespace Coffer.Client;

/// <summary>Repeats a try that failed for now.</summary>
internal sealed class Retrier(TimeProvider time)
{
    /// <param name="async">False blocks the calling thread, also between tries.</param>
    /// <param name="maxRetries">Tries after the first.</param>
    /// <param name="tryOnce">Gets the number of tries before this one.</param>
    /// <param name="cancellationToken">Ends the waiting too.</param>
    /// <param name="isRepeatable">False leaves alone what may have taken effect.</param>
    public async ValueTask<T> RunAsync<T>(
        bool async, int maxRetries, Func<int, ValueTask<T>> tryOnce, CancellationToken cancellationToken,
        bool isRepeatable = true)
    {
        for (int failed = 0; ;)
        {
            TimeSpan delay;
            try
            {
                return await tryOnce(failed).ConfigureAwait(false);
            }
            catch (CofferException failure) when (
                failure.IsTransient && failed < maxRetries && (isRepeatable || !failure.MayHaveArrived))
            {
                failed++;
                delay = DelayAfter(failure, failed);
            }

            await PauseAsync(async, delay, cancellationToken).ConfigureAwait(false);
        }
    }
    /// <summary>How long to wait after the n-th failure in a row: what the server asked for, else longer each time.</summary>
    public static TimeSpan DelayAfter(CofferException failure, int failed) =>
#pragma warning disable CA5394 // jitter, not a secret
        failure.RetryAfter ?? RetryRules.Backoff(failed, Random.Shared.NextDouble());
#pragma warning restore CA5394

    public async ValueTask PauseAsync(bool async, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (async)
        {
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Blocking.Sleep(delay, time, cancellationToken);
        }
    }
}
