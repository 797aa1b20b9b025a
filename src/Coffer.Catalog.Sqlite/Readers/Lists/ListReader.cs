using System.Diagnostics;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// Lists of buckets. Nearly all end within their first turn, of some milliseconds, on the caller's thread. The others go on as searches do: a few at a
/// time, on threads of their own, in turns after which the snapshot is given back, and within a time.
/// </summary>
internal sealed class ListReader(ReaderPool readers, SearchLanes lanes, FolderPositions positions, TimeSpan longest, Func<long> now)
{
    /// <summary>Rows that are read on the caller's thread.</summary>
    public int FirstTurnRows { get; init; } = 16_384;

    /// <summary>Rows read on one snapshot later.</summary>
    public int TurnRows { get; init; } = 16_384;

    /// <returns>Whether the list is complete; false when its time was over before.</returns>
    public async ValueTask<bool> ReadAsync(BucketId bucket, IListWalk walk, CancellationToken cancellationToken)
    {
        if (await TurnAsync(walk, FirstTurnRows, cancellationToken))
        {
            return true;
        }

        AccountId? owner = await readers.ReadAsync(bucket, OwnerOf, cancellationToken);
        using SearchLanes.Lane lane = await lanes.EnterAsync(owner, cancellationToken);
        return await Task.Factory.StartNew(
            () => ReadAll(walk, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits on this thread, which is the list's own.</summary>
    private bool ReadAll(IListWalk walk, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (!TurnAsync(walk, TurnRows, cancellationToken).AsTask().GetAwaiter().GetResult())
        {
            if (Stopwatch.GetElapsedTime(started) > longest)
            {
                return false;
            }
        }

        return true;
    }

    private ValueTask<bool> TurnAsync(IListWalk walk, int rows, CancellationToken cancellationToken) => readers.ReadAsync(
        (walk, rows, Now: now(), positions),
        static (db, turn) =>
        {
            long committed = turn.positions.Committed; // before the snapshot, which may have more
            db.Run("BEGIN"); // one snapshot for all seeks
            try
            {
                return turn.walk.Read(new Turn(db, turn.Now, turn.rows, committed));
            }
            finally
            {
                db.Run("COMMIT");
            }
        },
        cancellationToken);

    private static AccountId? OwnerOf(Connection db, BucketId bucket)
    {
        using Statement find = db.Prepared("SELECT account FROM bucket WHERE id = ?");
        return find.Bind(1, bucket.Value).Step() ? new AccountId(find.Integer(0)) : null;
    }
}
