namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Reads of single objects and of what counts them.</summary>
internal static class ObjectReads
{
    /// <summary>Rows past their expiry that are looked at to correct a counter; more of them, and the total is unknown.</summary>
    private const int MostExpired = 100_000;

    public static ObjectRow? Find(Connection db, ObjectId id)
    {
        using Statement find = db.Prepared($"SELECT {ObjectRow.Columns} FROM object AS o WHERE o.id = ?");
        return find.Bind(1, id.Value).Step() ? ObjectRow.Read(find) : null;
    }

    /// <summary>A row that the running transaction has seen.</summary>
    public static ObjectRow Find(Connection db, long n)
    {
        using Statement find = db.Prepared($"SELECT {ObjectRow.Columns} FROM object AS o WHERE o.n = ?");
        find.Bind(1, n).Step();
        return ObjectRow.Read(find);
    }

    /// <summary>As <see cref="Find(Connection, long)"/>, without its metadata.</summary>
    public static ObjectRow FindWithoutMetadata(Connection db, long n)
    {
        using Statement find = db.Prepared($"SELECT {ObjectRow.ColumnsWithoutMetadata} FROM object AS o WHERE o.n = ?");
        find.Bind(1, n).Step();
        return ObjectRow.Read(find);
    }

    public static ObjectRow? Find(Connection db, BucketId bucket, string key)
    {
        using Statement find = db.Prepared(
            $"SELECT {ObjectRow.Columns} FROM object AS o WHERE o.bucket = ? AND o.key = ? AND o.state <> 3");
        return find.Bind(1, bucket.Value).Bind(2, key).Step() ? ObjectRow.Read(find) : null;
    }

    /// <summary>The row and its inline bytes by one statement, so that no write comes between them.</summary>
    public static OpenedContent? Open(Connection db, ObjectId id, long nowMs)
    {
        using Statement find = db.Prepared(
            $"SELECT {ObjectRow.Columns}, i.body FROM object AS o LEFT JOIN inline_content AS i ON i.object = o.n WHERE o.id = ?");
        return find.Bind(1, id.Value).Step() ? ReadContent(find, nowMs) : null;
    }

    /// <summary>Reads a row that is followed by its inline body.</summary>
    internal static OpenedContent ReadContent(Statement found, long nowMs)
    {
        ObjectRow row = ObjectRow.Read(found);
        if (!row.IsInline || row.IsExpired(nowMs))
        {
            return new OpenedContent(row.At(nowMs), Inline: null, IsDamaged: false);
        }

        bool isWhole = InlineBody.TryRead(
            found.Blob(ObjectRow.ColumnCount), row.Stored.Id, row.Stored.SizeBytes ?? 0, out ReadOnlySpan<byte> bytes);
        return new OpenedContent(row.Stored, isWhole ? InlineContent.Copy(bytes) : null, !isWhole);
    }

    /// <summary>Counters of an account, or of all when null; what is past its expiry counts as what it was until it is reaped.</summary>
    public static Dictionary<ObjectState, StateTotal> Counters(Connection db, AccountId? account)
    {
        var totals = new Dictionary<ObjectState, StateTotal>
        {
            [ObjectState.Uploading] = new(ObjectState.Uploading, 0, 0),
            [ObjectState.ReadOnly] = new(ObjectState.ReadOnly, 0, 0),
            [ObjectState.Deleted] = new(ObjectState.Deleted, 0, 0),
            [ObjectState.Error] = new(ObjectState.Error, 0, 0),
        };

        using Statement counters = db.Prepared(
            "SELECT state, objects, size_bytes FROM counter WHERE account > 0 AND account = ifnull(?1, account)");
        counters.Bind(1, account?.Value);
        while (counters.Step())
        {
            Add(totals, (ObjectState)counters.Integer(0), counters.Integer(1), counters.Integer(2));
        }

        return totals;
    }

    /// <summary>Counters of an account, or of all when null, without what is past its expiry.</summary>
    /// <returns>Null when too much is past its expiry to be counted.</returns>
    public static Dictionary<ObjectState, StateTotal>? Totals(Connection db, AccountId? account, long nowMs)
    {
        Dictionary<ObjectState, StateTotal> totals = Counters(db, account);
        using Statement expired = Expired(db, nowMs);
        for (int seen = 0; expired.Step(); seen++)
        {
            if (seen == MostExpired)
            {
                return null;
            }

            if (account is null || expired.Integer(0) == account.Value.Value)
            {
                Add(totals, (ObjectState)expired.Integer(1), -1, -expired.Integer(3));
                Add(totals, ObjectState.Deleted, 1, 0);
            }
        }

        return totals;
    }

    /// <summary>How many objects are public and READ_ONLY, without what is past its expiry.</summary>
    public static long? PublicTotal(Connection db, long nowMs)
    {
        long total = 0;
        using (Statement counter = db.Prepared("SELECT objects FROM counter WHERE account = 0 AND state = 2"))
        {
            total = counter.Step() ? counter.Integer(0) : 0;
        }

        using Statement expired = Expired(db, nowMs);
        for (int seen = 0; expired.Step(); seen++)
        {
            if (seen == MostExpired)
            {
                return null;
            }

            total -= (ObjectState)expired.Integer(1) == ObjectState.ReadOnly && expired.Flag(2) ? 1 : 0;
        }

        return total;
    }

    public static long CountExpired(Connection db, long nowMs, long limit)
    {
        using Statement count = db.Prepared(
            """
            SELECT count(*) FROM (SELECT 1 FROM object INDEXED BY object_expiry
            WHERE state <> 3 AND expires_ms <= ? LIMIT ?)
            """);
        count.Bind(1, nowMs).Bind(2, limit).Step();
        return count.Integer(0);
    }

    public static long CountUnreaped(Connection db)
    {
        using Statement count = db.Prepared("SELECT ifnull(sum(objects), 0) FROM counter WHERE account > 0 AND state <> 3");
        count.Step();
        return count.Integer(0);
    }

    private static void Add(Dictionary<ObjectState, StateTotal> totals, ObjectState state, long objects, long sizeBytes)
    {
        StateTotal total = totals[state];
        totals[state] = total with { Objects = total.Objects + objects, SizeBytes = total.SizeBytes + sizeBytes };
    }

    /// <summary>Account, state, public flag and size of what is past its expiry and not reaped.</summary>
    private static Statement Expired(Connection db, long nowMs) => db.Prepared(
        """
        SELECT account, state, public, ifnull(size_bytes, 0) FROM object INDEXED BY object_expiry
        WHERE state <> 3 AND expires_ms <= ?
        """).Bind(1, nowMs);
}

/// <param name="Inline">Null when there are no inline bytes to see, or when they are damaged.</param>
internal readonly record struct OpenedContent(StoredObject Object, InlineContent? Inline, bool IsDamaged);
