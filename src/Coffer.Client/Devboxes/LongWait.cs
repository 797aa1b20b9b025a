using System.Net;
using System.Text.Json.Serialization.Metadata;

namespace Coffer.Client;

/// <summary>Calls that wait at the server until something is so: asked again after each 408, up to a time in all.</summary>
internal static class LongWait
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

    /// <summary>How long the server may keep one call waiting, so that its answer comes within the timeout of a try.</summary>
    public static TimeSpan Hold(CofferTransport transport, RequestOptions? options)
    {
        TimeSpan timeout = options?.Timeout ?? transport.Settings.Timeout;
        return timeout == Timeout.InfiniteTimeSpan || timeout * 2 / 3 > LongestHold ? LongestHold : timeout * 2 / 3;
    }

    /// <param name="async">False blocks the calling thread.</param>
    /// <param name="transport">Carries the calls; what fails for now it tries again, besides.</param>
    /// <param name="ask">Makes a call that waits so long at most.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="longest">All the waiting; null for no limit.</param>
    /// <param name="options">What each call does differently.</param>
    /// <param name="cancellationToken">Ends the waiting, and nothing else.</param>
    /// <exception cref="CofferTimeoutException">It was not so in that time.</exception>
    public static async ValueTask<T> RunAsync<T>(
        bool async, CofferTransport transport, Func<TimeSpan, ApiRequest> ask, JsonTypeInfo<T> type, TimeSpan? longest,
        RequestOptions? options, CancellationToken cancellationToken)
    {
        TimeProvider time = transport.Time;
        TimeSpan most = Hold(transport, options);
        for (long begun = time.GetTimestamp(); ;)
        {
            long asked = time.GetTimestamp();
            TimeSpan? left = longest - time.GetElapsedTime(begun, asked);
            TimeSpan hold = left < most ? TimeSpan.FromTicks(Math.Max(0, left.Value.Ticks)) : most;
            ApiRequest request = ask(hold) with { Refusal = NotYet };
            try
            {
                return await transport.SendAsync(async, request, type, cancellationToken).ConfigureAwait(false);
            }
            catch (CofferException still) when (still.Status == HttpStatusCode.RequestTimeout)
            {
                if (longest is { } limit && time.GetElapsedTime(begun) >= limit)
                {
                    throw new CofferTimeoutException($"Waited for {limit.TotalSeconds:0.###} s. {still.Message}", still);
                }
            }

            // A server, or something before it, that does not hold the call is not to be asked without a pause.
            TimeSpan held = time.GetElapsedTime(asked);
            if (held < hold && held < Breath)
            {
                await transport.Retrier.PauseAsync(async, Breath - held, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A limit as it may be set.</summary>
    public static TimeSpan? Checked(TimeSpan? longest) =>
        longest == Timeout.InfiniteTimeSpan ? null : Lifetime.NotNegative(longest);

    private static CofferException NotYet(RefusedAnswer answer) => Failures.OfObjects(answer, isTried: answer.Status != HttpStatusCode.RequestTimeout);
}
