using System.Text.Json;

namespace Coffer.Catalog.Sqlite;

/// <summary>Reads accounts, keys, buckets and settings, on the writer's connection and on the readers'.</summary>
internal static class AccessRows
{
    private const string AccountColumns = "id, name, jwt_secrets, created_ms, managed, objects_bucket, key_set";
    private const string KeyColumns =
        "id, account, token_hash, \"right\", label, subject, created_ms, used_ms, revoked_ms, revoked_by, source";
    private const string BucketColumns = "id, account, name, public, size_limit, media_types, created_ms, updated_ms, owner, title";

    public static Account? FindAccount(Connection db, string name)
    {
        using Statement find = db.Prepared($"SELECT {AccountColumns} FROM account WHERE name = ?");
        return find.Bind(1, name).Step() ? ReadAccount(find) : null;
    }

    public static Account? FindAccount(Connection db, AccountId id)
    {
        using Statement find = db.Prepared($"SELECT {AccountColumns} FROM account WHERE id = ?");
        return find.Bind(1, id.Value).Step() ? ReadAccount(find) : null;
    }

    public static IReadOnlyList<Account> ListAccounts(Connection db)
    {
        using Statement list = db.Prepared($"SELECT {AccountColumns} FROM account ORDER BY name");
        return ReadAll(list, ReadAccount);
    }

    public static AccessKey? FindAccessKey(Connection db, ReadOnlySpan<byte> tokenHash)
    {
        using Statement find = db.Prepared($"SELECT {KeyColumns} FROM access_key WHERE token_hash = ?");
        return find.Bind(1, tokenHash).Step() ? ReadAccessKey(find) : null;
    }

    public static AccessKey? FindAccessKey(Connection db, Guid id, AccountId? account)
    {
        using Statement find = db.Prepared($"SELECT {KeyColumns} FROM access_key WHERE id = ?1 AND account = ifnull(?2, account)");
        return find.Bind(1, id).Bind(2, account?.Value).Step() ? ReadAccessKey(find) : null;
    }

    public static IReadOnlyList<AccessKey> ListAccessKeys(Connection db, AccountId? account)
    {
        using Statement list = db.Prepared(
            $"SELECT {KeyColumns} FROM access_key WHERE account = ifnull(?1, account) ORDER BY created_ms, n");
        return ReadAll(list.Bind(1, account?.Value), ReadAccessKey);
    }

    public static Bucket? FindBucket(Connection db, string name)
    {
        using Statement find = db.Prepared($"SELECT {BucketColumns} FROM bucket WHERE name = ? AND deleted_ms IS NULL");
        return find.Bind(1, name).Step() ? ReadBucket(find) : null;
    }

    public static Bucket? FindBucket(Connection db, BucketId id)
    {
        using Statement find = db.Prepared($"SELECT {BucketColumns} FROM bucket WHERE id = ? AND deleted_ms IS NULL");
        return find.Bind(1, id.Value).Step() ? ReadBucket(find) : null;
    }

    public static IReadOnlyList<Bucket> ListBuckets(Connection db, AccountId account)
    {
        using Statement list = db.Prepared($"SELECT {BucketColumns} FROM bucket WHERE account = ? AND deleted_ms IS NULL ORDER BY name");
        return ReadAll(list.Bind(1, account.Value), ReadBucket);
    }

    public static byte[]? FindSetting(Connection db, string name)
    {
        using Statement find = db.Prepared("SELECT value FROM setting WHERE name = ?");
        return find.Bind(1, name).Step() ? find.Bytes(0) : null;
    }

    public static string? ToJson(IReadOnlyList<string>? texts) => texts is null ? null : JsonSerializer.Serialize(texts);

    private static List<T> ReadAll<T>(Statement rows, Func<Statement, T> read)
    {
        var all = new List<T>();
        while (rows.Step())
        {
            all.Add(read(rows));
        }

        return all;
    }

    private static string[]? FromJson(string? json) => json is null ? null : JsonSerializer.Deserialize<string[]>(json);

    private static Account ReadAccount(Statement row) => new()
    {
        Id = new AccountId(row.Integer(0)),
        Name = row.Text(1),
        JwtSecrets = FromJson(row.TextOrNull(2)),
        CreatedAtMs = row.Integer(3),
        IsManaged = row.Flag(4),
        ObjectsBucket = new BucketId(row.Integer(5)),
        KeySet = row.TextOrNull(6),
    };

    private static AccessKey ReadAccessKey(Statement row) => new()
    {
        Id = row.Guid(0),
        Account = new AccountId(row.Integer(1)),
        TokenHash = row.Bytes(2),
        Right = (Right)row.Integer(3),
        Label = row.TextOrNull(4),
        Subject = row.TextOrNull(5),
        CreatedAtMs = row.Integer(6),
        LastUsedAtMs = row.IntegerOrNull(7),
        RevokedAtMs = row.IntegerOrNull(8),
        RevokedBy = (KeySource?)row.IntegerOrNull(9),
        Source = (KeySource)row.Integer(10),
    };

    private static Bucket ReadBucket(Statement row) => new()
    {
        Id = new BucketId(row.Integer(0)),
        Account = new AccountId(row.Integer(1)),
        Name = row.Text(2),
        IsPublic = row.Flag(3),
        SizeLimitBytes = row.IntegerOrNull(4),
        AllowedMediaTypes = FromJson(row.TextOrNull(5)),
        CreatedAtMs = row.Integer(6),
        UpdatedAtMs = row.Integer(7),
        Owner = row.TextOrNull(8),
        Title = row.TextOrNull(9),
    };
}
