namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Reads of blobs, the release queue and stretches of inline bytes.</summary>
internal static class BlobReads
{
    private const long MostCounted = 1_000_000;

    public static IReadOnlyList<BlobId> Unclaimed(Connection db, List<BlobId> ids)
    {
        var unclaimed = new List<BlobId>();
        foreach (BlobId id in ids)
        {
            using Statement find = db.Prepared(
                """
                SELECT 1 FROM blob WHERE id = ?1 UNION ALL SELECT 1 FROM released_blob WHERE id = ?1
                UNION ALL SELECT 1 FROM upload WHERE blob = ?1
                """);
            if (!find.Bind(1, id.Value).Step())
            {
                unclaimed.Add(id);
            }
        }

        return unclaimed;
    }

    public static IReadOnlyList<BlobId> Released(Connection db, long nowMs, long graceMs, BlobId? after, int limit)
    {
        (long AtMs, BlobId Id) from = (long.MinValue, default);
        if (after is { } last)
        {
            using Statement find = db.Prepared("SELECT released_ms FROM released_blob WHERE id = ?");
            if (!find.Bind(1, last.Value).Step())
            {
                return [];
            }

            from = (find.Integer(0), last);
        }

        var released = new List<BlobId>();
        ReadReleased(db, from, nowMs - graceMs, limit, released);
        ReadReleased(db, from.AtMs > nowMs ? from : (nowMs, new BlobId(UInt128.MaxValue)), long.MaxValue, limit - released.Count, released);
        return released;
    }

    private static void ReadReleased(Connection db, (long AtMs, BlobId Id) after, long untilMs, int limit, List<BlobId> released)
    {
        using Statement list = db.Prepared(
            """
            SELECT id FROM released_blob WHERE (released_ms, id) > (?1, ?2) AND released_ms <= ?3 ORDER BY released_ms, id LIMIT ?4
            """);
        list.Bind(1, after.AtMs).Bind(2, after.Id.Value).Bind(3, untilMs).Bind(4, limit);
        while (list.Step())
        {
            released.Add(new BlobId(list.Number128(0)));
        }
    }

    public static IReadOnlyList<BlobPiece> List(Connection db, BlobId? after, int limit)
    {
        using Statement list = after is null
            ? db.Prepared("SELECT id, size_bytes FROM blob ORDER BY id LIMIT ?1")
            : db.Prepared("SELECT id, size_bytes FROM blob WHERE id > ?2 ORDER BY id LIMIT ?1");
        list.Bind(1, limit);
        if (after is { } last)
        {
            list.Bind(2, last.Value);
        }

        var blobs = new List<BlobPiece>();
        while (list.Step())
        {
            blobs.Add(new BlobPiece(new BlobId(list.Number128(0)), list.Integer(1)));
        }

        return blobs;
    }

    /// <param name="bad">Is told of each object whose bytes do not match; of null when it is not known whose they are.</param>
    public static InlineCheck CheckInline(Connection db, long after, int limit, Action<ObjectId?> bad)
    {
        using Statement list = db.Prepared(
            """
            SELECT i.object, o.id, o.size_bytes FROM inline_content AS i LEFT JOIN object AS o ON o.n = i.object
            WHERE i.object > ? ORDER BY i.object LIMIT ?
            """);
        list.Bind(1, after).Bind(2, limit);
        int seen = 0;
        int badOnes = 0;
        long last = after;
        long size = 0;
        for (; list.Step(); seen++)
        {
            last = list.Integer(0);
            ObjectId? id = list.IsNull(1) ? null : new ObjectId(list.Number128(1));
            size += list.Integer(2);
            if (id is null || !IsWhole(db, last, id.Value, list.Integer(2)))
            {
                badOnes++;
                bad(id);
            }
        }

        return new InlineCheck(seen < limit ? null : last, seen, badOnes, size);
    }

    /// <remarks>A statement for each, so that a page which cannot be read at all counts as one bad content.</remarks>
    private static bool IsWhole(Connection db, long n, ObjectId id, long sizeBytes)
    {
        using Statement find = db.Prepared("SELECT body FROM inline_content WHERE object = ?");
        try
        {
            return find.Bind(1, n).Step() && InlineBody.TryRead(find.Blob(0), id, sizeBytes, out _);
        }
        catch (SqliteFailure failure) when (failure.IsDamage)
        {
            return false;
        }
    }

    public static QueueLengths QueueLengths(Connection db, long nowMs)
    {
        using Statement count = db.Prepared("SELECT count(*) FROM released_blob");
        count.Step();
        return new QueueLengths(count.Integer(0), ObjectReads.CountExpired(db, nowMs, MostCounted));
    }
}
