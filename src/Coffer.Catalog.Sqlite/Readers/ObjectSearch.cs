using System.Diagnostics;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>
/// Pages with a filter: reads a covering index from the newest entry on, within a time. A few searches run at a time, each on a
/// thread of its own, so that other requests keep theirs.
/// </summary>
internal sealed class ObjectSearch(ReaderPool readers, SearchLanes lanes, TimeSpan longest, Func<long> now)
{
    /// <summary>Rows read on one snapshot. Then it is given back, so that the write-ahead log can be reset.</summary>
    private const int StretchRows = 16_384;

    private const int Expiry = 6;
    private const string Columns = $"n, id, state, {NameFilter.Columns}, expires_ms";
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

    private const string Own = $"SELECT {Columns} FROM object WHERE id = ?1 AND account = ?2";
    private const string Published = $"SELECT {Columns} FROM object WHERE id = ?1 AND state = 2 AND public = 1";

    public async Task<ObjectPage> PageAsync(ObjectQuery query, CancellationToken cancellationToken)
    {
        using SearchLanes.Lane lane = await lanes.EnterAsync(query.Account, cancellationToken);

        // A thread of its own: a search computes for long, and the pool has few.
        return await Task.Factory.StartNew(
            () => Page(query, now(), cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

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
            // An id that is written out is found whatever the time; the rows that were not reached then follow on no page.
            StoredObject? sought = Read(page.Seek);
            Run(page);
            page.AddUnlessSeen(sought);
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

        return new ObjectPage(
            page.Found, page.HasMore || page.OutOfTime, query.WithTotal && !counted.OutOfTime ? counted.Matches : null);
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
        private readonly PageRows _page = new(query.Limit);
        private UInt128 _below = after?.Value ?? UInt128.MaxValue;

        public IReadOnlyList<StoredObject> Found => _page.Objects;

        /// <summary>Whether there are matches that the page has no room for.</summary>
        public bool HasMore { get; private set; }

        public long Matches { get; private set; }

        /// <summary>Whether the time was over before everything was seen.</summary>
        public bool OutOfTime { get; private set; }

        /// <summary>Looks for the object whose whole id is searched for, if it belongs on this page or a later one.</summary>
        public StoredObject? Seek(Connection db)
        {
            if (_filter.WholeId is not { } id || id.Value >= _below)
            {
                return null;
            }

            using Statement find = db.Prepared(query.Account is null ? Published : Own);
            find.Bind(1, id.Value);
            if (query.Account is { } account)
            {
                find.Bind(2, account.Value);
            }

            return find.Step() ? Match(db, find) : null;
        }

        /// <summary>Adds an object that the way through the index did not come to.</summary>
        public void AddUnlessSeen(StoredObject? sought)
        {
            if (sought is not null && OutOfTime && sought.Id.Value < _below && !_page.IsFull)
            {
                _page.Add(sought);
            }
        }

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

            for (int seen = 1; rows.Step(); seen++)
            {
                if (IsMatch(rows) && (query.Shows is null || Match(db, rows) is not null))
                {
                    Matches++;
                    if (!_page.IsFull)
                    {
                        _page.Add(ObjectReads.Find(db, rows.Integer(0)).At(nowMs));
                    }
                    else
                    {
                        HasMore = true;
                        if (!countsAll)
                        {
                            return false;
                        }
                    }
                }

                OutOfTime = seen % 256 == 0 && Stopwatch.GetTimestamp() > until;
                if (OutOfTime || seen == StretchRows)
                {
                    _below = rows.Number128(1);
                    return !OutOfTime;
                }
            }

            return false;
        }

        /// <summary>The object of a row, if it matches and the caller may see it.</summary>
        private StoredObject? Match(Connection db, Statement row)
        {
            StoredObject? found = IsMatch(row) ? ObjectReads.Find(db, row.Integer(0)).At(nowMs) : null;
            return found is null || query.Shows?.Invoke(found) is false ? null : found;
        }

        private bool IsMatch(Statement row)
        {
            var stored = (ObjectState)row.Integer(2);
            ObjectState state = !row.IsNull(Expiry) && row.Integer(Expiry) <= nowMs ? ObjectState.Deleted : stored;
            bool isShown = query.State is { } wanted ? state == wanted : state is not ObjectState.Deleted;
            return isShown && _filter.Matches(row);
        }
    }
}
