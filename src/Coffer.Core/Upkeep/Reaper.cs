using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.Extensions.Logging;

namespace Coffer.Upkeep;

/// <summary>
/// Removes what has ended: expired objects and uploads, uploads that were never completed, old tombstones and request ids. Reads
/// honour expiry without it. A clock that jumps must not empty the store, so a suspicious pass is put off.
/// </summary>
public sealed class Reaper(ICatalog catalog, StoreLimits limits, TimeProvider time, ILogger<Reaper> logger)
{
    private const int Turn = 256;
    private const int SuspiciousShare = 10; // a pass that would end more than one object in ten…
    private const int SuspiciousCount = 1000; // …and more than this many
    private static readonly TimeSpan LargestJump = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Hold = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private (long Timestamp, long WallMs)? _lastPass;
    private long? _heldSince;
    private bool _confirmed;

    /// <summary>Whether nothing is removed for the moment because the clock is not trusted.</summary>
    public bool IsHolding
    {
        get
        {
            lock (_gate)
            {
                return _heldSince is { } since && time.GetElapsedTime(since) < Hold;
            }
        }
    }

    /// <summary>Ends a hold: somebody looked at the clock and found it right.</summary>
    public void Confirm()
    {
        lock (_gate)
        {
            _confirmed = true;
            _heldSince = null;
        }
    }

    /// <summary>One pass at once, because the operator asks for it.</summary>
    /// <param name="confirmed">Whether a hold is to end first.</param>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="StoreException">AccessDenied.</exception>
    public Task<int> RunAsync(Caller caller, bool confirmed, CancellationToken cancellationToken)
    {
        if (caller.Right is not Right.Operator)
        {
            throw new StoreException(StoreErrorCode.AccessDenied, "reaping is the operator's: use the operator key");
        }

        if (confirmed)
        {
            Confirm();
        }

        return RunAsync(cancellationToken);
    }

    /// <summary>One pass over everything that has ended.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        if (await MayRemoveAsync(cancellationToken))
        {
            removed += await TurnsAsync(token => catalog.ReapExpiredAsync(Turn, token), cancellationToken);
            long now = catalog.NowMs;
            long abandoned = now - Ms(limits.UploadUrlLife + limits.AbandonedAfter);
            removed += await TurnsAsync(token => catalog.ReapAbandonedAsync(abandoned, Turn, token), cancellationToken);
            removed += await TurnsAsync(token => catalog.PurgeTombstonesAsync(now - Ms(limits.TombstoneLife), Turn, token), cancellationToken);
            removed += await TurnsAsync(token => catalog.PurgeOnceTokensAsync(now - Ms(limits.OnceTokenLife), Turn, token), cancellationToken);
            removed += await TurnsAsync(token => catalog.PurgeDecisionsAsync(now - Ms(limits.DecisionLife), Turn, token), cancellationToken);
            removed += await TurnsAsync(token => catalog.ReapUploadsAsync(Turn, token), cancellationToken);
            removed += await TurnsAsync(token => catalog.PurgeDevboxesAsync(now - Ms(limits.TombstoneLife), Turn, token), cancellationToken);
            if (removed > 0)
            {
                Log.Reaped(logger, removed);
            }
        }

        return removed;
    }

    private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;

    private static async Task<int> TurnsAsync(Func<CancellationToken, Task<int>> turn, CancellationToken cancellationToken)
    {
        int total = 0;
        int changed;
        do
        {
            changed = await turn(cancellationToken);
            total += changed;
        }
        while (changed > 0);
        return total;
    }

    private async ValueTask<bool> MayRemoveAsync(CancellationToken cancellationToken)
    {
        bool jumped = WallOutranMonotonic();
        long expired = await catalog.CountExpiredAsync(long.MaxValue, cancellationToken);
        long unreaped = await catalog.CountUnreapedAsync(cancellationToken);
        lock (_gate)
        {
            if (_confirmed)
            {
                _confirmed = false;
                return true;
            }

            if (IsHolding)
            {
                return false;
            }

            bool heldBefore = _heldSince is not null; // an hour has passed: what is still expired is expired
            _heldSince = null;
            bool tooMany = expired > SuspiciousCount && expired > unreaped / SuspiciousShare;
            if (jumped || (tooMany && !heldBefore))
            {
                _heldSince = time.GetTimestamp();
                Log.ReapingHeld(logger, expired, unreaped, Hold);
                return false;
            }

            return true;
        }
    }

    private bool WallOutranMonotonic()
    {
        (long Timestamp, long WallMs) now = (time.GetTimestamp(), catalog.NowMs);
        (long Timestamp, long WallMs)? last;
        lock (_gate) // the operator's pass runs beside the loop's
        {
            (last, _lastPass) = (_lastPass, now);
        }

        return last is { } before
            && TimeSpan.FromMilliseconds(now.WallMs - before.WallMs) - time.GetElapsedTime(before.Timestamp, now.Timestamp) > LargestJump;
    }
}
