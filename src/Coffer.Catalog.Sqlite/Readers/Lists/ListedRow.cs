namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>What lists show of a row of the object table.</summary>
internal static class ListedRow
{
    /// <summary>What <see cref="Read"/> expects to be selected, in this order.</summary>
    public const string Columns =
        "o.id, o.key_id, o.key_created_ms, o.updated_ms, o.read_ms, o.size_bytes, o.etag, o.class, o.media_type, o.cache_control, o.robots_tag";

    /// <summary>A row that was found before, while it is READ_ONLY: its key, then <see cref="Columns"/>.</summary>
    public const string ByNumber = $"SELECT o.key, {Columns} FROM object AS o WHERE o.n = ? AND o.state = 2";

    /// <param name="first">The column at which <see cref="Columns"/> begin.</param>
    public static ListedObject Read(Statement row, int first) => new()
    {
        Id = new ObjectId(row.Number128(first)),
        KeyId = row.Guid(first + 1),
        KeyCreatedAtMs = row.Integer(first + 2),
        UpdatedAtMs = row.Integer(first + 3),
        LastReadAtMs = row.IntegerOrNull(first + 4),
        SizeBytes = row.IntegerOrNull(first + 5),
        ETag = row.TextOrNull(first + 6),
        MediaType = row.SharedTextOrNull(first + 8) ?? MediaTypes.LabelOf((ContentClass)row.Integer(first + 7)),
        CacheControl = row.SharedTextOrNull(first + 9),
        RobotsTag = row.SharedTextOrNull(first + 10),
    };

    /// <returns>Null when the row is no longer READ_ONLY.</returns>
    public static ListedObject? Find(Connection db, long n)
    {
        using Statement row = db.Prepared(ByNumber);
        return row.Bind(1, n).Step() ? Read(row, first: 1) : null;
    }
}
