namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public Account? AddAccount(Account account)
    {
        string bucketName = Account.ObjectsBucketName(account.Name);
        if (AccessRows.FindAccount(Db, account.Name) is not null || AccessRows.FindBucket(Db, bucketName) is not null)
        {
            return null;
        }

        using Statement insert = Db.Prepared(
            "INSERT INTO account (name, jwt_secrets, created_ms, managed, objects_bucket, key_set) VALUES (?, ?, ?, ?, 0, ?)");
        insert.Bind(1, account.Name).Bind(2, AccessRows.ToJson(account.JwtSecrets)).Bind(3, account.CreatedAtMs)
            .Bind(4, account.IsManaged).Bind(5, account.KeySet).Run();
        var id = new AccountId(Db.LastRowId);

        BucketId bucket = InsertBucket(new Bucket
        {
            Account = id,
            Name = bucketName,
            CreatedAtMs = account.CreatedAtMs,
            UpdatedAtMs = account.CreatedAtMs,
        });
        using Statement point = Db.Prepared("UPDATE account SET objects_bucket = ? WHERE id = ?");
        point.Bind(1, bucket.Value).Bind(2, id.Value).Run();
        return account with { Id = id, ObjectsBucket = bucket };
    }

    public void UpdateAccount(Account account)
    {
        using Statement update = Db.Prepared("UPDATE account SET jwt_secrets = ?, managed = ?, key_set = ? WHERE id = ?");
        update.Bind(1, AccessRows.ToJson(account.JwtSecrets)).Bind(2, account.IsManaged).Bind(3, account.KeySet)
            .Bind(4, account.Id.Value).Run();
    }

    public AccessKey AddAccessKey(AccessKey key)
    {
        if (AccessRows.FindAccessKey(Db, key.TokenHash) is { } there)
        {
            return IsTakenUp(there, key) ? TakeUp(there, key.Source) : there;
        }

        using Statement insert = Db.Prepared(
            """
            INSERT INTO access_key (id, account, token_hash, "right", label, subject, created_ms, used_ms, revoked_ms, source)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, key.Id).Bind(2, key.Account.Value).Bind(3, key.TokenHash).Bind(4, (long)key.Right).Bind(5, key.Label)
            .Bind(6, key.Subject).Bind(7, key.CreatedAtMs).Bind(8, key.LastUsedAtMs).Bind(9, key.RevokedAtMs)
            .Bind(10, (long)key.Source).Run();
        return key;
    }

    public AccessKey? RevokeAccessKey(Guid id, AccountId? account, KeySource by)
    {
        using (Statement revoke = Db.Prepared(
            """
            UPDATE access_key SET revoked_ms = ifnull(revoked_ms, ?3), revoked_by = ?4
            WHERE id = ?1 AND account = ifnull(?2, account) AND (revoked_ms IS NULL OR ?4 = ?5)
            """))
        {
            // What a person revokes stays revoked, also when the configuration had dropped it before.
            revoke.Bind(1, id).Bind(2, account?.Value).Bind(3, NowMs).Bind(4, (long)by).Bind(5, (long)KeySource.Made).Run();
        }

        return AccessRows.FindAccessKey(Db, id, account);
    }

    public byte[] Settle(string name, byte[] proposal)
    {
        if (AccessRows.FindSetting(Db, name) is { } stands)
        {
            return stands;
        }

        PutSetting(name, proposal);
        return proposal;
    }

    public void PutSetting(string name, byte[] value)
    {
        using Statement put = Db.Prepared(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2");
        put.Bind(1, name).Bind(2, value).Run();
    }

    public void NoteReads(ReadOnlySpan<KeyValuePair<ObjectId, long>> reads)
    {
        foreach ((ObjectId id, long atMs) in reads)
        {
            using Statement note = Db.Prepared("UPDATE object SET read_ms = ?2 WHERE id = ?1 AND ifnull(read_ms, 0) < ?2");
            note.Bind(1, id.Value).Bind(2, atMs).Run();
        }
    }

    public void NoteUses(ReadOnlySpan<KeyValuePair<Guid, long>> uses)
    {
        foreach ((Guid id, long atMs) in uses)
        {
            using Statement note = Db.Prepared("UPDATE access_key SET used_ms = ?2 WHERE id = ?1 AND ifnull(used_ms, 0) < ?2");
            note.Bind(1, id).Bind(2, atMs).Run();
        }
    }

    /// <summary>
    /// Whether a part of the configuration that names a key again changes it: one that a part of it had dropped lives again, and
    /// the service key is no longer the bootstrap file's, which may drop it.
    /// </summary>
    private static bool IsTakenUp(AccessKey there, AccessKey again) =>
        again.Source is not KeySource.Made && there.Account == again.Account && there.Right == again.Right
        && (there.RevokedAtMs is null
            ? there.Source is KeySource.Bootstrap && again.Source is KeySource.Configured
            : there.RevokedBy is KeySource.Configured or KeySource.Bootstrap);

    private AccessKey TakeUp(AccessKey key, KeySource source)
    {
        using Statement revive = Db.Prepared("UPDATE access_key SET revoked_ms = NULL, revoked_by = NULL, source = ?2 WHERE id = ?1");
        revive.Bind(1, key.Id).Bind(2, (long)source).Run();
        return key with { RevokedAtMs = null, RevokedBy = null, Source = source };
    }
}
