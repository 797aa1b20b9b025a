using System.Diagnostics;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>
/// Pages with a filter: reads a covering index from the newest entry on, within a time. One search runs at a time, on a thread of
/// its own, so that other requests keep theirs.
/// </summary>
internal sealed class ObjectSearch(ReaderPool readers, TimeSpan longest) : IDisposable
{
    /// <summary>Rows read on one snapshot. Then it is given back, so that the write-ahead log can be reset.</summary>
    private const int StretchRows = 16_384;

    private const string Columns = "n, id, state, class, expires_ms, name, media_type";
    private const string Public =
        $"SELECT {Columns} FROM object INDEXED BY object_public WHERE state = 2 AND public = 1 AND id < ?1 ORDER BY id DESC";
    private const string Live =
        $"SELECT {Columns} FROM object INDEXED BY object_live WHERE state <> 3 AND account = ?2 AND id < ?1 ORDER BY id DESC";

    /// <summary>Tombstones, and what looks like one until the reaper has come.</summary>
    private const string Deleted =
        $"""
        SELECT {Columns} FROM object INDEXED BY object_deleted WHERE state = 3 AND account = ?2 AND id < ?1
        UNION ALL
        SELECT {Columns} FROM object INDEXED BY object_expiry WHERE state <> 3 AND expires_ms <= ?3 AND account = ?2 AND id < ?1
        ORDER BY id DESC
        """;

    private readonly SemaphoreSlim _one = new(1);

    public async Task<ObjectPage> PageAsync(ObjectQuery query, long nowMs, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // A thread of its own: a search computes for long, and the pool has few.
            return await Task.Factory.StartNew(
                () => Page(query, nowMs, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private ObjectPage Page(ObjectQuery query, long nowMs, CancellationToken cancellationToken)
    {
        if (query.Account is null && query.State is not (null or ObjectState.ReadOnly))
        {
            return ObjectPage.Empty with { TotalCount = query.WithTotal ? 0 : null };
        }

        long until = Stopwatch.GetTimestamp() + (long)(longest.TotalSeconds * Stopwatch.Frequency);
        bool cursorHolds = query.After is not { } cursor || Read(db => ObjectList.Exists(db, cursor, query.Account));

        // Without a cursor one pass fills the page and counts.
        var page = new Pass(query, nowMs, until, query.After, countsAll: query.WithTotal && query.After is null, cancellationToken);
        if (cursorHolds)
        {
            Run(page);
        }

        Pass counted = page;
        if (query.WithTotal && query.After is not null && !page.OutOfTime)
        {
            counted = new Pass(query, nowMs, until, after: null, countsAll: true, cancellationToken);
            Run(counted);
        }

        if (page is { OutOfTime: true, Found.Count: 0 })
        {
            throw new StoreException(StoreErrorCode.SearchTooSlow, "the search found nothing in its time; narrow it down");
        }

        bool isOver = page.Found.Count > query.Limit;
        return new ObjectPage(
            isOver ? page.Found[..query.Limit] : page.Found,
            isOver || page.OutOfTime,
            query.WithTotal && !counted.OutOfTime ? counted.Matches : null);
    }

    private void Run(Pass pass)
    {
        while (Read(pass.ReadStretch))
        {
        }
    }

    /// <summary>Waits on this thread, which is the search's own.</summary>
    private T Read<T>(Func<Connection, T> read) =>
        readers.ReadAsync(read, static (db, read) => read(db), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>One way through the index, over as many snapshots as it takes.</summary>
    private sealed class Pass(
        ObjectQuery query, long nowMs, long until, ObjectId? after, bool countsAll, CancellationToken cancellationToken)
    {
        private readonly NameFilter _filter = new(query);
        private UInt128 _below = after?.Value ?? UInt128.MaxValue;

        public List<StoredObject> Found { get; } = [];

        public long Matches { get; private set; }

        /// <summary>Whether the time was over before everything was seen.</summary>
        public bool OutOfTime { get; private set; }

        /// <returns>Whether there is more to see.</returns>
        public bool ReadStretch(Connection db)
        {
            cancellationToken.ThrowIfCancellationRequested();
            db.Run("BEGIN");
            try
            {
                return ReadRows(db);
            }
            finally
            {
                db.Run("COMMIT");
            }
        }

        private bool ReadRows(Connection db)
        {
            using Statement rows = db.Prepared(query.Account is null ? Public : query.State == ObjectState.Deleted ? Deleted : Live);
            rows.Bind(1, _below);
            if (query.Account is { } account)
            {
                rows.Bind(2, account.Value);
            }

            if (query.State == ObjectState.Deleted)
            {
                rows.Bind(3, nowMs);
            }

            for (int seen = 0; seen < StretchRows; seen++)
            {
                if (!rows.Step())
                {
                    return false;
                }

                _below = rows.Number128(1);
                if (IsShown(rows) && _filter.Matches(_below, (ContentClass)rows.Integer(3), rows.Utf8(5), rows.Utf8(6)))
                {
                    Matches++;
                    if (Found.Count <= query.Limit)
                    {
                        Found.Add(Row(db, rows.Integer(0)));
                    }
                    else if (!countsAll)
                    {
                        return false;
                    }
                }

                if (seen % 256 == 0 && Stopwatch.GetTimestamp() > until)
                {
                    OutOfTime = true;
                    return false;
                }
            }

            return true;
        }

        private bool IsShown(Statement row)
        {
            if (query.State == ObjectState.Deleted)
            {
                return true;
            }

            return (row.IsNull(4) || row.Integer(4) > nowMs) && (query.State is null || query.State == (ObjectState)row.Integer(2));
        }

        private StoredObject Row(Connection db, long n)
        {
            using Statement find = db.Prepared($"SELECT {ObjectRow.Columns} FROM object AS o WHERE o.n = ?");
            find.Bind(1, n).Step();
            return ObjectRow.Read(find).At(nowMs);
        }
    }
}
