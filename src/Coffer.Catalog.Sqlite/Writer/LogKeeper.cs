using Coffer.Catalog.Sqlite.Readers;

namespace Coffer.Catalog.Sqlite.Writer;

/// <summary>Keeps the write-ahead log short: decides, between batches, when it is copied into the database and when it is reset.</summary>
internal sealed class LogKeeper(Connection db, ReaderPool readers, SqliteCatalogOptions options, ILogger logger)
{
    public const int PageBytes = 4096;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SayAgainAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private long _lastCommit = Environment.TickCount64;
    private long _retryAt;
    private long _quietUntil;
    private long? _scrubAt;
    private int _copiedPages;

    /// <summary>Size of what the log holds, in bytes. The file may be longer: it is overwritten from its beginning.</summary>
    public long LogBytes => (long)db.WalPages * PageBytes;

    /// <summary>Whether nothing waits to be copied.</summary>
    public bool IsIdle => db.WalPages == _copiedPages && _scrubAt is null;

    /// <summary>Notes a commit.</summary>
    /// <param name="removedBytes">Whether the log may hold bytes now that must be gone soon.</param>
    public void Committed(bool removedBytes)
    {
        _lastCommit = Environment.TickCount64;
        if (db.WalPages < _copiedPages)
        {
            _copiedPages = 0; // it began anew
        }

        if (removedBytes)
        {
            ScrubSoon();
        }
    }

    /// <summary>Has the log emptied within the time allowed.</summary>
    public void ScrubSoon() => _scrubAt ??= Environment.TickCount64 + (long)options.ScrubLogAfter.TotalMilliseconds;

    /// <summary>How long the writer may sleep when no request comes.</summary>
    public TimeSpan UntilDue()
    {
        long now = Environment.TickCount64;
        long due = long.MaxValue;
        if (db.WalPages > _copiedPages)
        {
            due = _lastCommit + (long)options.IdleCheckpointAfter.TotalMilliseconds;
        }

        due = Math.Max(Math.Min(due, _scrubAt ?? long.MaxValue), _retryAt);
        return due == long.MaxValue ? TimeSpan.FromSeconds(30) : TimeSpan.FromMilliseconds(Math.Clamp(due - now, 0, 30_000));
    }

    /// <summary>Does what is due.</summary>
    public void Keep()
    {
        long now = Environment.TickCount64;
        if (now < _retryAt)
        {
            return;
        }

        _retryAt = now + (long)RetryAfter.TotalMilliseconds; // stands when this throws or is in vain
        if (_scrubAt <= now)
        {
            if (Reset(NativeSqlite.CheckpointTruncate))
            {
                _scrubAt = null;
                _retryAt = 0;
            }
        }
        else if (LogBytes >= options.MaxLogBytes)
        {
            if (Reset(NativeSqlite.CheckpointRestart))
            {
                _retryAt = 0;
            }
        }
        else if (db.WalPages - _copiedPages >= options.CheckpointPages
            || (db.WalPages > _copiedPages && now - _lastCommit >= (long)options.IdleCheckpointAfter.TotalMilliseconds))
        {
            bool whole = db.Checkpoint(NativeSqlite.CheckpointPassive);
            _copiedPages = db.WalPages; // what a reader held back comes with the next stretch
            _retryAt = whole ? 0 : _retryAt;
        }
        else
        {
            _retryAt = 0;
        }
    }

    /// <summary>Empties the log at once, to make room.</summary>
    /// <returns>False when readers, or a volume without room for the copy, were in the way.</returns>
    public bool TryEmpty()
    {
        try
        {
            return Reset(NativeSqlite.CheckpointTruncate);
        }
        catch (SqliteFailure full) when (full.IsFull)
        {
            return false;
        }
    }

    /// <summary>Empties the log. New reads wait meanwhile, for running ones would hold it.</summary>
    private bool Reset(int mode)
    {
        using ReaderPool.Pause? pause = readers.TryPause(LongestPause);
        if (pause is null || !db.Checkpoint(mode))
        {
            if (Environment.TickCount64 >= _quietUntil)
            {
                _quietUntil = Environment.TickCount64 + (long)SayAgainAfter.TotalMilliseconds;
                Log.LogNotReset(logger, LogBytes);
            }

            return false;
        }

        _copiedPages = 0;
        return true;
    }
}
