using System.Diagnostics;
using Coffer.Catalog.Sqlite.Readers;

namespace Coffer.Catalog.Sqlite.Writer;

/// <summary>
/// The one writer: a thread that drains the queue into one synced transaction after the other. While one is synced, the next
/// collects. It alone writes and checkpoints.
/// </summary>
internal sealed class WriterLoop
{
    /// <summary>How long those who were just answered are given at most to come back with their next write.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(2);

    private readonly WriteSession _session;
    private readonly OpenedObjects _opened;
    private readonly WriteQueue _queue;
    private readonly LogKeeper _log;
    private readonly Ballast _ballast;
    private readonly VolumeSpace _space;
    private readonly CatalogMeter _meter;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WriteRequest> _batch = [];
    private int _answered;
    private TimeSpan _gathering;

    public WriterLoop(
        WriteSession session, OpenedObjects opened, WriteQueue queue, LogKeeper log, Ballast ballast, VolumeSpace space, CatalogMeter meter,
        ILogger logger)
    {
        _session = session;
        _opened = opened;
        _queue = queue;
        _log = log;
        _ballast = ballast;
        _space = space;
        _meter = meter;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "coffer catalog writer" };
    }

    /// <summary>Completes when outcomes are open and nothing more is written.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Completes when the queue was closed and the last batch is through.</summary>
    public Task Ended => _ended.Task;

    private Connection Db => _session.Db;

    public void Start() => _thread.Start();

    private void Run()
    {
        try
        {
            while (_queue.Wait(_log.UntilDue()))
            {
                _queue.TakeBatch(_batch);
                if (_batch.Count > 0)
                {
                    RunBatch(_batch, mayGrow: true);
                    _answered = _batch.Count;
                    _batch.Clear();
                }

                if (_queue.TakeUpkeep() is { } turn)
                {
                    _batch.Add(turn);
                    RunBatch(_batch, mayGrow: false);
                    _batch.Clear();
                }

                KeepLog();
            }
        }
        catch (Exception failed) // whatever it is, nothing can be promised any more
        {
            FailEverything(failed);
        }

        _ended.SetResult();
    }

    /// <summary>Runs requests in one transaction and answers them all when it is durable, or one by one when it broke.</summary>
    private void RunBatch(List<WriteRequest> batch, bool mayGrow)
    {
        bool together = TryTogether(batch, mayGrow);
        if (mayGrow)
        {
            _meter.BatchDone(batch.Count); // before anyone is answered: who then reads the metric finds the own write in it
        }

        if (together)
        {
            Complete(batch);
            return;
        }

        foreach (WriteRequest request in batch)
        {
            RunAlone(request);
            request.Complete();
        }
    }

    /// <returns>False when the transaction was rolled back and nothing was written.</returns>
    private bool TryTogether(List<WriteRequest> batch, bool mayGrow)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            Begin();
            for (int next = 0; next < batch.Count || (mayGrow && TakeMore(batch, began)); next++)
            {
                WriteRequest request = batch[next];
                int before = Db.TotalChanges;
                try
                {
                    request.Apply(_session);
                }
                catch (Exception refusal) when (!Db.IsAutocommit && Db.TotalChanges == before && refusal is not SqliteFailure)
                {
                    request.Refuse(refusal);
                }
            }

            Commit();
            return true;
        }
        catch (CommitFailure)
        {
            throw;
        }
        catch (Exception broken)
        {
            RollBack();
            if (batch.Count > 1)
            {
                Log.BatchBroken(_logger, batch.Count, broken);
            }

            return false;
        }
    }

    /// <summary>
    /// What came while the batch was written joins it, and who was answered by the last one gets a sync's time to come back with
    /// the next write: a sync costs more than the rows of several requests.
    /// </summary>
    private bool TakeMore(List<WriteRequest> batch, long began)
    {
        int before = batch.Count;
        _queue.TakeBatch(batch);
        while (batch.Count == before && before < _answered && Stopwatch.GetElapsedTime(began) < _gathering)
        {
            Thread.Yield();
            _queue.TakeBatch(batch);
        }

        return batch.Count > before;
    }

    private void RunAlone(WriteRequest request)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Begin();
                request.Apply(_session);
                Commit();
                return;
            }
            catch (SqliteFailure full) when (full.IsFull)
            {
                RollBack();
                if (!request.FreesSpace || !TryMakeRoom(attempt))
                {
                    request.Refuse(_space.Refusal());
                    return;
                }
            }
            catch (SqliteFailure failure)
            {
                RollBack();
                Log.WriteBroken(_logger, failure);
                request.Refuse(Refusal(failure));
                return;
            }
            catch (Exception refusal) when (refusal is not CommitFailure)
            {
                RollBack();
                request.Refuse(refusal);
                return;
            }
        }
    }

    /// <summary>Finds room for a delete: in the log, which may be copied and truncated, and in the ballast.</summary>
    private bool TryMakeRoom(int attempt) => attempt switch
    {
        0 => _log.TryEmpty() || _ballast.GiveUp(),
        1 => _ballast.GiveUp() || _log.TryEmpty(),
        _ => false,
    };

    private void Begin()
    {
        _session.Begin();
        Db.Run("BEGIN IMMEDIATE");
    }

    private void Commit()
    {
        _session.WriteCounters();
        _opened.BeginChange(_session.Changed);
        long started = Stopwatch.GetTimestamp();
        try
        {
            Db.Run("COMMIT");
        }
        catch (SqliteFailure failure) when (failure.LeavesCommitOpen)
        {
            throw new CommitFailure(failure);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(started);
        _gathering = took < LongestGathering ? took : LongestGathering;
        _meter.Synced(took);
        _opened.EndChange();
        _session.Committed();
        _log.Committed(_session.RemovedInlineBytes);
    }

    private void RollBack()
    {
        if (!Db.IsAutocommit)
        {
            Db.Run("ROLLBACK");
        }

        _opened.EndChange();
    }

    private static void Complete(List<WriteRequest> batch)
    {
        foreach (WriteRequest request in batch)
        {
            request.Complete();
        }
    }

    private void KeepLog()
    {
        try
        {
            _log.Keep();
        }
        catch (SqliteFailure full) when (full.IsFull)
        {
            _ballast.GiveUp(); // the log keeper tries again
        }

        if (_log.IsIdle)
        {
            _ballast.Refill();
        }
    }

    private void FailEverything(Exception failure)
    {
        Log.CatalogFailed(_logger, failure);
        Db.KeepLogOnClose(); // what a failed sync left in the page cache is not to be copied into the database
        _queue.Close(static () => Failure(inner: null));
        do
        {
            foreach (WriteRequest request in _batch)
            {
                request.Fail(Failure(failure));
            }

            _batch.Clear();
            _queue.TakeBatch(_batch);
            if (_queue.TakeUpkeep() is { } turn)
            {
                _batch.Add(turn);
            }
        }
        while (_batch.Count > 0);

        _failed.TrySetResult();
    }

    /// <summary>The answer to a request that was rolled back. Nothing of it was written, whatever failed.</summary>
    private static StoreException Refusal(SqliteFailure failure) => failure switch
    {
        { IsDamage: true } => new StoreException(StoreErrorCode.Corrupt, "the catalog's file is damaged", failure),
        { IsBusy: true } => new StoreException(StoreErrorCode.Busy, "another process holds the catalog; nothing was written", failure),
        _ => new StoreException(StoreErrorCode.Busy, "the catalog's disk failed; nothing was written, try again", failure),
    };

    private static StoreException Failure(Exception? inner) => new(
        StoreErrorCode.CatalogFailed, "the catalog failed; whether this was written is open until it was started anew", inner);

    /// <summary>COMMIT itself failed: whether the batch survives is open.</summary>
    private sealed class CommitFailure(SqliteFailure inner) : Exception(inner.Message, inner);
}
