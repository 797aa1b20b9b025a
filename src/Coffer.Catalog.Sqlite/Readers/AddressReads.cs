namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Reads by bucket and key.</summary>
internal static class AddressReads
{
    /// <summary>Keys that one read looks up.</summary>
    public const int MostKeys = 256;

    /// <summary>The live object under a key with its inline bytes; null when there is none.</summary>
    public static OpenedContent? Open(Connection db, BucketId bucket, string key, long nowMs)
    {
        using Statement find = db.Prepared(
            $"""
            SELECT {ObjectRow.Columns}, i.body FROM object AS o LEFT JOIN inline_content AS i ON i.object = o.n
            WHERE o.bucket = ? AND o.key = ? AND o.state <> 3
            """);
        return find.Bind(1, bucket.Value).Bind(2, key).Step()
            && ObjectReads.ReadContent(find, nowMs) is { Object.State: not ObjectState.Deleted } opened
            ? opened
            : null;
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
