namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public Bucket? AddBucket(Bucket bucket) =>
        AccessRows.FindBucket(Db, bucket.Name) is null && !IsShown(bucket.Account, bucket.ShownName)
            ? bucket with { Id = InsertBucket(bucket) }
            : null;

    public void UpdateBucket(Bucket bucket)
    {
        using Statement update = Db.Prepared(
            "UPDATE bucket SET public = ?, size_limit = ?, media_types = ?, updated_ms = ? WHERE id = ? AND deleted_ms IS NULL");
        update.Bind(1, bucket.IsPublic).Bind(2, bucket.SizeLimitBytes).Bind(3, AccessRows.ToJson(bucket.AllowedMediaTypes))
            .Bind(4, bucket.UpdatedAtMs).Bind(5, bucket.Id.Value).Run();
    }

    public Bucket? ChangeBucket(BucketId id, BucketChange change)
    {
        if (AccessRows.FindBucket(Db, id) is not { } there)
        {
            return null;
        }

        Bucket changed = there with
        {
            IsPublic = change.IsPublic ?? there.IsPublic,
            SizeLimitBytes = change.ClearSizeLimit ? null : change.SizeLimitBytes ?? there.SizeLimitBytes,
            AllowedMediaTypes = change.ClearMediaTypes ? null : change.AllowedMediaTypes ?? there.AllowedMediaTypes,
            UpdatedAtMs = NowMs,
        };
        UpdateBucket(changed);
        return changed;
    }

    public BucketRemoval DeleteBucket(BucketId id)
    {
        if (AccessRows.FindBucket(Db, id) is null)
        {
            return BucketRemoval.Missing;
        }

        using (Statement account = Db.Prepared("SELECT 1 FROM account WHERE objects_bucket = ?"))
        {
            if (account.Bind(1, id.Value).Step())
            {
                return BucketRemoval.Kept;
            }
        }

        using (Statement live = Db.Prepared(
            """
            SELECT 1 FROM object INDEXED BY object_key
            WHERE bucket = ? AND state <> 3 AND (expires_ms IS NULL OR expires_ms > ?) LIMIT 1
            """))
        {
            if (live.Bind(1, id.Value).Bind(2, NowMs).Step())
            {
                return BucketRemoval.NotEmpty;
            }
        }

        using Statement delete = Db.Prepared("UPDATE bucket SET name = '/' || id, title = NULL, deleted_ms = ? WHERE id = ?");
        delete.Bind(1, NowMs).Bind(2, id.Value).Run();
        return BucketRemoval.Removed;
    }

    public string? EmptyBucket(BucketId id, BucketExtent upTo, string? after)
    {
        List<long> rows;
        using (Statement there = Db.Prepared(
            """
            SELECT n FROM object INDEXED BY object_key
            WHERE state <> 3 AND bucket = ?1 AND key > ?2 AND n <= ?3 ORDER BY key LIMIT ?4
            """))
        {
            rows = Collect(there.Bind(1, id.Value).Bind(2, after ?? "").Bind(3, upTo.Last).Bind(4, (long)TurnRows));
        }

        string? last = null;
        InOneTurn(rows, row =>
        {
            last = row.Stored.Key;
            if (row.Stored.State is ObjectState.ReadOnly) // an upload of the Objects dialect is not in the bucket yet
            {
                Bury(row);
            }
        });
        return last;
    }

    private bool IsShown(AccountId account, string name)
    {
        using Statement find = Db.Prepared("SELECT 1 FROM bucket INDEXED BY bucket_title WHERE account = ? AND ifnull(title, name) = ?");
        return find.Bind(1, account.Value).Bind(2, name).Step();
    }

    private BucketId InsertBucket(Bucket bucket)
    {
        using Statement insert = Db.Prepared(
            """
            INSERT INTO bucket (account, name, public, size_limit, media_types, created_ms, updated_ms, owner, title)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, bucket.Account.Value).Bind(2, bucket.Name).Bind(3, bucket.IsPublic).Bind(4, bucket.SizeLimitBytes)
            .Bind(5, AccessRows.ToJson(bucket.AllowedMediaTypes)).Bind(6, bucket.CreatedAtMs).Bind(7, bucket.UpdatedAtMs)
            .Bind(8, bucket.Owner).Bind(9, bucket.Title).Run();
        return new BucketId(Db.LastRowId);
    }
}
