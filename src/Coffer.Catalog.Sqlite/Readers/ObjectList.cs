namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Pages without a filter: a seek in the index that holds just what the page shows.</summary>
internal static class ObjectList
{
    private const string Public = $"SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_public WHERE o.state = 2 AND o.public = 1";
    private const string Live = $"SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_live WHERE o.state <> 3 AND o.account = ?4";
    private const string ReadOnly =
        $"SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_read_only WHERE o.state = 2 AND o.account = ?4";
    private const string Uploading =
        $"SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_uploading WHERE o.state = 1 AND o.account = ?4";
    private const string Error = $"SELECT {ObjectRow.Columns} FROM object AS o INDEXED BY object_error WHERE o.state = 4 AND o.account = ?4";
    private const string Unexpired = "AND o.id < ?1 AND (o.expires_ms IS NULL OR o.expires_ms > ?2) ORDER BY o.id DESC LIMIT ?3";

    /// <summary>Tombstones, and what looks like one until the reaper has come. Numbers only: the second half is sorted first.</summary>
    private const string Deleted =
        """
        SELECT n, id FROM object INDEXED BY object_deleted WHERE state = 3 AND account = ?4 AND id < ?1
        UNION ALL
        SELECT n, id FROM object INDEXED BY object_expiry WHERE state <> 3 AND expires_ms <= ?2 AND account = ?4 AND id < ?1
        ORDER BY id DESC LIMIT ?3
        """;

    public static ObjectPage Page(Connection db, ObjectQuery query, long nowMs)
    {
        db.Run("BEGIN");
        try
        {
            long? total = query.WithTotal ? Total(db, query, nowMs) : null;
            if (query.After is { } after && !Exists(db, after, query.Account))
            {
                return ObjectPage.Empty with { TotalCount = total };
            }

            var page = new PageRows(query.Limit);
            bool hasMore = Read(db, query, nowMs, page);
            return new ObjectPage(page.Objects, hasMore, total);
        }
        finally
        {
            db.Run("COMMIT");
        }
    }

    /// <summary>Whether a cursor names an object, alive or not, that this reader may know of.</summary>
    public static bool Exists(Connection db, ObjectId id, AccountId? account)
    {
        using Statement find = db.Prepared("SELECT 1 FROM object WHERE id = ?1 AND account = ifnull(?2, account)");
        return find.Bind(1, id.Value).Bind(2, account?.Value).Step();
    }

    private static long? Total(Connection db, ObjectQuery query, long nowMs)
    {
        if (query.Account is null)
        {
            return query.State is null or ObjectState.ReadOnly ? ObjectReads.PublicTotal(db, nowMs) : 0;
        }

        Dictionary<ObjectState, StateTotal>? totals = ObjectReads.Totals(db, query.Account, nowMs);
        return totals is null ? null
            : query.State is { } state ? totals[state].Objects
            : totals[ObjectState.Uploading].Objects + totals[ObjectState.ReadOnly].Objects + totals[ObjectState.Error].Objects;
    }

    /// <returns>Whether there is more than the page holds.</returns>
    private static bool Read(Connection db, ObjectQuery query, long nowMs, PageRows page) => (query.Account, query.State) switch
    {
        (null, null or ObjectState.ReadOnly) => Read(db, $"{Public} {Unexpired}", query, nowMs, page),
        (null, _) => false,
        (_, null) => Read(db, $"{Live} {Unexpired}", query, nowMs, page),
        (_, ObjectState.ReadOnly) => Read(db, $"{ReadOnly} {Unexpired}", query, nowMs, page),
        (_, ObjectState.Uploading) => Read(db, $"{Uploading} {Unexpired}", query, nowMs, page),
        (_, ObjectState.Error) => Read(db, $"{Error} {Unexpired}", query, nowMs, page),
        _ => Read(db, Deleted, query, nowMs, page),
    };

    private static bool Read(Connection db, string sql, ObjectQuery query, long nowMs, PageRows page)
    {
        using Statement list = db.Prepared(sql);
        list.Bind(1, query.After?.Value ?? UInt128.MaxValue).Bind(2, nowMs).Bind(3, query.Limit + 1L);
        if (query.Account is { } account)
        {
            list.Bind(4, account.Value);
        }

        while (list.Step())
        {
            if (page.IsFull)
            {
                return true;
            }

            ObjectRow row = query.State is ObjectState.Deleted ? ObjectReads.Find(db, list.Integer(0)) : ObjectRow.Read(list);
            page.Add(row.At(nowMs));
        }

        return false;
    }
}
