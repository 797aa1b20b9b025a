using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Connections that only read, with their prepared statements, rented for one call each.</summary>
internal sealed class ReaderPool(Func<Connection> open, int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<Connection> _idle = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly ManualResetEventSlim _allHome = new(initialState: true);
    private int _rented;
    private bool _paused;
    private bool _disposed;

    /// <summary>Runs a read, at once and on this thread unless every connection is taken or reads are paused.</summary>
    /// <param name="read">Copies out what it returns. It must leave no statement running.</param>
    public ValueTask<T> ReadAsync<TArguments, T>(
        TArguments arguments, Func<Connection, TArguments, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryRent(out Connection? db)
            ? new ValueTask<T>(Use(db, arguments, read))
            : ReadLaterAsync(arguments, read, cancellationToken);
    }

    /// <summary>Makes new reads wait, until the result is disposed, and waits for running ones to end.</summary>
    /// <returns>Null when they did not end in time; nothing waits then.</returns>
    public Pause? TryPause(TimeSpan longest)
    {
        lock (_gate)
        {
            _paused = true;
            if (_rented == 0)
            {
                _allHome.Set();
            }
            else
            {
                _allHome.Reset();
            }
        }

        if (_allHome.Wait(longest))
        {
            return new Pause(this);
        }

        Resume();
        return null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        using Pause? pause = TryPause(TimeSpan.FromSeconds(10));
        while (_idle.TryPop(out Connection? db))
        {
            db.Dispose();
        }

        _allHome.Dispose();
    }

    private async ValueTask<T> ReadLaterAsync<TArguments, T>(
        TArguments arguments, Func<Connection, TArguments, T> read, CancellationToken cancellationToken)
    {
        Connection? db;
        while (!TryRent(out db))
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (CanRent)
                {
                    continue;
                }

                _waiting.Enqueue(turn);
            }

            try
            {
                await turn.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                if (!turn.TrySetCanceled(cancellationToken))
                {
                    WakeNext();
                }

                throw;
            }
        }

        return Use(db, arguments, read);
    }

    private bool CanRent => !_paused && _rented < capacity;

    private bool TryRent([NotNullWhen(true)] out Connection? db)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteCatalog));
            if (!CanRent)
            {
                db = null;
                return false;
            }

            _rented++;
            if (_idle.TryPop(out db))
            {
                return true;
            }
        }

        try
        {
            db = open();
            return true;
        }
        catch (SqliteFailure failure)
        {
            Return(null);
            throw Unreadable(failure);
        }
        catch
        {
            Return(null);
            throw;
        }
    }

    private static StoreException Unreadable(SqliteFailure failure) => new(
        failure.IsDamage ? StoreErrorCode.Corrupt : StoreErrorCode.CatalogFailed, "the catalog could not be read", failure);

    private T Use<TArguments, T>(Connection db, TArguments arguments, Func<Connection, TArguments, T> read)
    {
        try
        {
            T found = read(db, arguments);
            Return(db);
            return found;
        }
        catch (SqliteFailure failure)
        {
            db.Dispose();
            Return(null);
            throw Unreadable(failure);
        }
        catch
        {
            Return(db);
            throw;
        }
    }

    private void Return(Connection? db)
    {
        Debug.Assert(db is null || db.IsIdle, "a read left a transaction open");
        if (db is { IsIdle: false })
        {
            db.Dispose(); // it would hold the log back for ever
            db = null;
        }

        bool someoneWaits;
        lock (_gate)
        {
            if (db is not null)
            {
                _idle.Push(db);
            }

            if (--_rented == 0 && _paused)
            {
                _allHome.Set();
            }

            someoneWaits = _waiting.Count > 0;
        }

        if (someoneWaits)
        {
            WakeNext();
        }
    }

    private void WakeNext()
    {
        while (true)
        {
            TaskCompletionSource? next;
            lock (_gate)
            {
                if (!CanRent || !_waiting.TryDequeue(out next))
                {
                    return;
                }
            }

            if (next.TrySetResult()) // false when it was cancelled meanwhile
            {
                return;
            }
        }
    }

    private void Resume()
    {
        TaskCompletionSource[] waiting;
        lock (_gate)
        {
            _paused = false;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (TaskCompletionSource turn in waiting)
        {
            turn.TrySetResult();
        }
    }

    public sealed class Pause(ReaderPool pool) : IDisposable
    {
        public void Dispose() => pool.Resume();
    }
}
