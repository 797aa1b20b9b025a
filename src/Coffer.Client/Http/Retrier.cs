namespace Coffer.Client;

/// <summary>Repeats a try that failed for now.</summary>
internal sealed class Retrier(TimeProvider time)
{
    /// <param name="async">False blocks the calling thread, also between tries.</param>
    /// <param name="maxRetries">Tries after the first.</param>
    /// <param name="tryOnce">Gets the number of tries before this one.</param>
    /// <param name="cancellationToken">Ends the waiting too.</param>
    public async ValueTask<T> RunAsync<T>(
        bool async, int maxRetries, Func<int, ValueTask<T>> tryOnce, CancellationToken cancellationToken)
    {
        for (int failed = 0; ;)
        {
            TimeSpan delay;
            try
            {
                return await tryOnce(failed).ConfigureAwait(false);
            }
            catch (CofferException failure) when (failure.IsTransient && failed < maxRetries)
            {
                failed++;
#pragma warning disable CA5394 // jitter, not a secret
                delay = failure.RetryAfter ?? RetryRules.Backoff(failed, Random.Shared.NextDouble());
#pragma warning restore CA5394
            }

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
}
