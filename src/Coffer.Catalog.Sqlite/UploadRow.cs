using Coffer.Uploads;

namespace Coffer.Catalog.Sqlite;

/// <summary>Reads uploads, on the writer's connection and on the readers'.</summary>
internal static class UploadRow
{
    private const string Columns =
        "id, account, uploader, bucket, key, media_type, cache_control, content_encoding, robots_tag, metadata, upsert, owner, "
        + "length_bytes, offset_bytes, blob, object, expires_ms";

    public static ResumableUpload? Find(Connection db, UploadId id)
    {
        using Statement find = db.Prepared($"SELECT {Columns} FROM upload WHERE id = ?");
        return find.Bind(1, id.Value).Step() ? Read(find) : null;
    }

    public static List<(UploadId Id, BlobId? Blob)> Expired(Connection db, long nowMs, int limit)
    {
        var expired = new List<(UploadId Id, BlobId? Blob)>();
        using Statement list = db.Prepared("SELECT id, blob FROM upload WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?");
        list.Bind(1, nowMs).Bind(2, limit);
        while (list.Step())
        {
            expired.Add((new UploadId(list.Number128(0)), list.IsNull(1) ? null : new BlobId(list.Number128(1))));
        }

        return expired;
    }

    private static ResumableUpload Read(Statement row) => new()
    {
        Id = new UploadId(row.Number128(0)),
        Account = new AccountId(row.Integer(1)),
        UploaderHash = row.Bytes(2),
        Request = new PutRequest(new ObjectAddress(row.Text(3), row.Text(4)))
        {
            MediaType = row.TextOrNull(5),
            CacheControl = row.TextOrNull(6),
            ContentEncoding = row.TextOrNull(7),
            RobotsTag = row.TextOrNull(8),
            Metadata = row.TextOrNull(9) is { } json ? ObjectMetadata.FromStored(json) : null,
            Upsert = row.Flag(10),
        },
        Owner = row.TextOrNull(11),
        LengthBytes = row.IntegerOrNull(12),
        OffsetBytes = row.Integer(13),
        Blob = row.IsNull(14) ? null : new BlobId(row.Number128(14)),
        FinishedAs = row.IsNull(15) ? null : new ObjectId(row.Number128(15)),
        ExpiresAtMs = row.Integer(16),
    };
}
