using Coffer.Access;
using Coffer.Devboxes;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>Adds a devbox.</summary>
    /// <param name="once">Names the request; null when its caller gave it no id.</param>
    /// <returns>The devbox, or the one that an earlier call of the same request added.</returns>
    /// <exception cref="StoreException">RequestIdReused.</exception>
    Task<CreatedDevbox> AddDevboxAsync(Devbox made, OnceToken? once, CancellationToken cancellationToken);

    /// <summary>The devbox as it is now; null when there is none.</summary>
    ValueTask<Devbox?> FindDevboxAsync(DevboxId id, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a devbox one step further: from PROVISIONING to RUNNING, and from either to an end, which is final. One whose keep-alive
    /// time is over ends by that, whatever the step was.
    /// </summary>
    /// <returns>Whether the step happened, and the devbox as it is now; null when there is none.</returns>
    Task<(bool Happened, Devbox? Devbox)> MoveDevboxAsync(DevboxId id, DevboxMove move, CancellationToken cancellationToken);

    /// <summary>Forgets a devbox. One that is absent is no error.</summary>
    Task RemoveDevboxAsync(DevboxId id, CancellationToken cancellationToken);

    /// <summary>One page of an account's devboxes, newest first.</summary>
    ValueTask<DevboxPage> ListDevboxesAsync(DevboxQuery query, CancellationToken cancellationToken);

    /// <summary>Devboxes of all accounts whose end was not recorded, in id order; some may be past their keep-alive time.</summary>
    ValueTask<IReadOnlyList<Devbox>> ListLiveDevboxesAsync(DevboxId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets devboxes that ended before a moment.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    Task<int> PurgeDevboxesAsync(long endedBeforeMs, int limit, CancellationToken cancellationToken);
}

/// <summary>The answer to a creation.</summary>
/// <param name="WasMade">False when the call repeated an earlier one.</param>
public sealed record CreatedDevbox(Devbox Devbox, bool WasMade);

/// <summary>Which devboxes a page shows.</summary>
public sealed record DevboxQuery
{
    public required AccountId Account { get; init; }

    /// <summary>Exactly this status; null for all.</summary>
    public DevboxStatus? Status { get; init; }

    /// <summary>The page begins after this devbox; unknown gives an empty page.</summary>
    public DevboxId? After { get; init; }

    public required int Limit { get; init; }

    public bool WithTotal { get; init; }
}

/// <param name="TotalCount">All matches whatever the cursor; null when not asked for.</param>
public sealed record DevboxPage(IReadOnlyList<Devbox> Devboxes, bool HasMore, long? TotalCount)
{
    public static readonly DevboxPage Empty = new([], HasMore: false, TotalCount: null);
}
