using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.Objects;

namespace Coffer.Bench.Parts;

/// <summary>
/// What the rows of an object cost at least: one thread, one connection of the product's own binding, the same tables and
/// settings, no queue, no checks, no reads; a checkpoint as often as the catalog makes one.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const int CheckpointPages = 1000;
    private readonly Connection _db;

    public BareLoop(string path)
    {
        _db = Connection.Open(path, create: false);
        _db.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384");
        _db.CountWalPages();
    }

    /// <summary>Commits one object for each content, and the counters.</summary>
    public void Commit(byte[][] contents)
    {
        _db.Run("BEGIN IMMEDIATE");
        foreach (byte[] content in contents)
        {
            long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            ObjectId id = ObjectId.Make(now);
            using (Statement row = _db.Prepared(
                "INSERT INTO object (id, account, bucket, key, key_id, key_created_ms, name, state, size_bytes, etag, class, public, updated_ms) "
                + "VALUES (?, 1, 1, ?, ?, ?, ?, 2, ?, ?, 0, 0, ?)"))
            {
                string key = id.ToString();
                row.Bind(1, id.Value).Bind(2, key).Bind(3, Guid.NewGuid()).Bind(4, now).Bind(5, key)
                    .Bind(6, (long)content.Length).Bind(7, "d41d8cd98f00b204e9800998ecf8427e-1").Bind(8, now).Run();
            }

            using InlineContent body = InlineContent.ToStore(id, content);
            using Statement bytes = _db.Prepared("INSERT INTO inline_content (object, body) VALUES (?, ?)");
            bytes.Bind(1, _db.LastRowId).Run(2, body.Memory.Span);
        }

        using (Statement counter = _db.Prepared(
            "INSERT INTO counter (account, state, objects, size_bytes) VALUES (1, 2, ?1, ?2) "
            + "ON CONFLICT DO UPDATE SET objects = objects + ?1, size_bytes = size_bytes + ?2"))
        {
            counter.Bind(1, (long)contents.Length).Bind(2, (long)contents.Sum(content => content.Length)).Run();
        }

        _db.Run("COMMIT");
        if (_db.WalPages >= CheckpointPages)
        {
            _db.Checkpoint(NativeSqlite.CheckpointPassive);
        }
    }

    public void Dispose() => _db.Dispose();
}
