using Coffer.Access;
using Coffer.Catalog;
using Microsoft.Extensions.Logging;

namespace Coffer.Upkeep;

/// <summary>How often the background work runs.</summary>
public sealed record UpkeepTimes
{
    public TimeSpan Reap { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan WriteBack { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause between two scrubs.</summary>
    public TimeSpan Scrub { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Pace of a scrub.</summary>
    public long ScrubBytesPerSecond { get; init; } = 16 << 20;
}

/// <summary>Runs the background work of one process until it is cancelled. A piece that fails is logged and comes again.</summary>
public sealed class UpkeepLoop(
    ICatalog catalog, Reaper reaper, Sweep sweep, Scrub scrub, CoarseUse use, UpkeepTimes times, TimeProvider time, ILogger<UpkeepLoop> logger)
{
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        ClearLitterAsync(cancellationToken),
        EveryAsync("Reaping", times.Reap, token => reaper.RunAsync(token), cancellationToken),
        EveryAsync("Sweeping", times.Sweep, token => sweep.RunAsync(token), cancellationToken),
        EveryAsync("Writing back times of use", times.WriteBack, use.WriteBackAsync, cancellationToken),
        EveryAsync("Scrubbing", times.Scrub, token => scrub.RunAsync(times.ScrubBytesPerSecond, token), cancellationToken));

    private async Task ClearLitterAsync(CancellationToken cancellationToken)
    {
        if (catalog.EndedUncleanly)
        {
            await TryAsync("Clearing litter", token => sweep.ClearLitterAsync(token), cancellationToken);
        }
    }

    private async Task EveryAsync(string work, TimeSpan pause, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync(work, run, cancellationToken);
        }
    }

    private async Task TryAsync(string work, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        try
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                await run(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            Log.WorkFailed(logger, failure, work);
        }
    }
}
