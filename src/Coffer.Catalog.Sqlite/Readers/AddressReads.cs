namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Reads by bucket and key.</summary>
internal static class AddressReads
{
    /// <summary>Keys that one read looks up.</summary>
    public const int MostKeys = 256;

    public static FoundAddress Find(Connection db, ObjectAddress address, long nowMs)
    {
        Bucket? bucket = AccessRows.FindBucket(db, address.Bucket);
        return new FoundAddress(
            bucket,
            bucket is not null && ObjectReads.Find(db, bucket.Id, address.Key) is { } row && !row.IsExpired(nowMs) ? row.Stored : null);
    }

    /// <summary>
    /// Two statements without a transaction around them: a bucket's number is never another's, so what comes between is as if the
    /// bucket had been read a moment before.
    /// </summary>
    public static (Bucket? Bucket, OpenedContent? Object) Open(Connection db, ObjectAddress address, long nowMs)
    {
        if (AccessRows.FindBucket(db, address.Bucket) is not { } bucket)
        {
            return (null, null);
        }

        using Statement find = db.Prepared(
            $"""
            SELECT {ObjectRow.Columns}, i.body FROM object AS o LEFT JOIN inline_content AS i ON i.object = o.n
            WHERE o.bucket = ? AND o.key = ? AND o.state <> 3
            """);
        return find.Bind(1, bucket.Id.Value).Bind(2, address.Key).Step()
            && ObjectReads.ReadContent(find, nowMs) is { Object.State: not ObjectState.Deleted } opened
            ? (bucket, opened)
            : (bucket, null);
    }

    /// <returns>How many keys it looked up.</returns>
    public static int FindMore(Connection db, BucketId bucket, FoundKeys found, long nowMs)
    {
        int looked = 0;
        for (; looked < MostKeys && !found.IsFull; looked++)
        {
            StoredObject? there = ObjectReads.Find(db, bucket, found.Next)?.At(nowMs);
            found.Add(there is { State: ObjectState.ReadOnly } ? there : null);
        }

        return looked;
    }
}
