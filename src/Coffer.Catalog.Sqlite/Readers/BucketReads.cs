namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Reads of whole buckets.</summary>
internal static class BucketReads
{
    /// <summary>Row numbers only grow, so the highest one tells what was there from what comes; both are in the index alone.</summary>
    public static BucketExtent Measure(Connection db, BucketId id, long limit)
    {
        using Statement measure = db.Prepared(
            """
            SELECT count(*), ifnull(max(n), 0) FROM
              (SELECT n FROM object INDEXED BY object_key WHERE bucket = ? AND state <> 3 LIMIT ?)
            """);
        measure.Bind(1, id.Value).Bind(2, limit).Step();
        return new BucketExtent(measure.Integer(0), measure.Integer(1));
    }
}
