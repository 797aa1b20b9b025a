using System.Buffers.Binary;
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

    /// <summary>Pause between two scrubs, over restarts too.</summary>
    public TimeSpan Scrub { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Pace of a scrub.</summary>
    public long ScrubBytesPerSecond { get; init; } = 16 << 20;
}

/// <summary>Runs the background work of one process until it is cancelled. A piece that fails is logged and comes again.</summary>
public sealed class UpkeepLoop(
    ICatalog catalog, Reaper reaper, Sweep sweep, Scrub scrub, CoarseUse use, UpkeepTimes times, TimeProvider time, ILogger<UpkeepLoop> logger)
{
    private const string LastScrub = "upkeep.last_scrub_ms";
    private static readonly TimeSpan FailedScrubPause = TimeSpan.FromHours(1);

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        TryAsync("Clearing litter", token => sweep.ClearLitterAsync(token), cancellationToken),
        EveryAsync("Reaping", times.Reap, token => reaper.RunAsync(token), cancellationToken),
        EveryAsync("Sweeping", times.Sweep, token => sweep.RunAsync(token), cancellationToken),
        WriteBackAsync(cancellationToken),
        ScrubAsync(cancellationToken));

    /// <summary>Writes back at the end, too, what was noted since the last time. It is short, so what has begun is not broken off.</summary>
    private async Task WriteBackAsync(CancellationToken cancellationToken)
    {
        const string work = "Writing back times of use";
        await EveryAsync(work, times.WriteBack, _ => use.WriteBackAsync(CancellationToken.None), cancellationToken);
        if (!catalog.Failed.IsCompleted)
        {
            await TryAsync(work, use.WriteBackAsync, CancellationToken.None);
        }
    }

    /// <summary>Goes by the time of the last scrub as the catalog keeps it: few processes run for a whole pause.</summary>
    private async Task ScrubAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan pause = FailedScrubPause;
            await TryAsync("Scrubbing", async token => pause = await ScrubIfDueAsync(token), cancellationToken);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>When the next scrub is due.</returns>
    private async Task<TimeSpan> ScrubIfDueAsync(CancellationToken cancellationToken)
    {
        byte[] last = await catalog.FindSettingAsync(LastScrub, cancellationToken)
            ?? await catalog.SettleAsync(LastScrub, NowBytes(), cancellationToken); // a new installation waits for a whole pause
        var passed = TimeSpan.FromMilliseconds(catalog.NowMs - BinaryPrimitives.ReadInt64BigEndian(last));
        if (passed >= TimeSpan.Zero && passed < times.Scrub) // a last time in the future says that the clock was wrong: nothing
        {
            return times.Scrub - passed;
        }

        await scrub.RunAsync(times.ScrubBytesPerSecond, cancellationToken);
        await catalog.PutSettingAsync(LastScrub, NowBytes(), cancellationToken);
        return times.Scrub;
    }

    private byte[] NowBytes()
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, catalog.NowMs);
        return bytes;
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
