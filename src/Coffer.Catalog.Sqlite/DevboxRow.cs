using System.Text.Json;
using Coffer.Devboxes;

namespace Coffer.Catalog.Sqlite;

/// <summary>Reads devboxes, on the writer's connection and on the readers'.</summary>
internal static class DevboxRow
{
    private const string Columns =
        "id, account, name, metadata, environment, launch, mounts, status, transitions, keep_alive_end_ms, shutdown_reason, "
        + "failure_reason, host_uid, ended_ms";

    /// <summary>The status that a row stands for at the moment ?1.</summary>
    private const string StatusNow = "CASE WHEN status < 3 AND keep_alive_end_ms <= ?1 THEN 3 ELSE status END";

    private const string Matches = $"account = ?2 AND (?3 IS NULL OR {StatusNow} = ?3)";

    public static Devbox? Find(Connection db, DevboxId id)
    {
        using Statement find = db.Prepared($"SELECT {Columns} FROM devbox WHERE id = ?");
        return find.Bind(1, id.Value).Step() ? Read(find) : null;
    }

    public static DevboxPage Page(Connection db, DevboxQuery query, long nowMs)
    {
        db.Run("BEGIN");
        try
        {
            long? total = query.WithTotal ? Total(db, query, nowMs) : null;
            if (query.After is { } after && Find(db, after)?.Account != query.Account)
            {
                return DevboxPage.Empty with { TotalCount = total };
            }

            using Statement list = db.Prepared($"SELECT {Columns} FROM devbox WHERE {Matches} AND id < ?4 ORDER BY id DESC LIMIT ?5");
            BindMatches(list, query, nowMs).Bind(4, query.After?.Value ?? UInt128.MaxValue).Bind(5, query.Limit + 1L);
            var found = new List<Devbox>();
            while (list.Step())
            {
                if (found.Count == query.Limit)
                {
                    return new DevboxPage(found, HasMore: true, total);
                }

                found.Add(Read(list).At(nowMs));
            }

            return new DevboxPage(found, HasMore: false, total);
        }
        finally
        {
            db.Run("COMMIT");
        }
    }

    public static IReadOnlyList<Devbox> Live(Connection db, DevboxId? after, int limit)
    {
        using Statement list = db.Prepared($"SELECT {Columns} FROM devbox INDEXED BY devbox_live WHERE status < 3 AND id > ? ORDER BY id LIMIT ?");
        list.Bind(1, after?.Value ?? 0).Bind(2, limit);
        var found = new List<Devbox>();
        while (list.Step())
        {
            found.Add(Read(list));
        }

        return found;
    }

    public static string TransitionsOf(Devbox devbox) =>
        JsonSerializer.Serialize(devbox.Transitions.Select(static step => new[] { (long)step.Status, step.AtMs, (long?)step.FailureReason ?? 0 }));

    private static long Total(Connection db, DevboxQuery query, long nowMs)
    {
        using Statement count = db.Prepared($"SELECT count(*) FROM devbox WHERE {Matches}");
        BindMatches(count, query, nowMs).Step();
        return count.Integer(0);
    }

    private static Statement BindMatches(Statement statement, DevboxQuery query, long nowMs) =>
        statement.Bind(1, nowMs).Bind(2, query.Account.Value).Bind(3, (long?)query.Status);

    private static Devbox Read(Statement row) => new()
    {
        Id = new DevboxId(row.Number128(0)),
        Account = new AccountId(row.Integer(1)),
        Name = row.TextOrNull(2),
        Metadata = row.TextOrNull(3) is { } json ? ObjectMetadata.FromStored(json) : null,
        EnvironmentJson = row.TextOrNull(4),
        LaunchJson = row.Text(5),
        MountsJson = row.Text(6),
        Status = (DevboxStatus)row.Integer(7),
        Transitions =
        [
            .. JsonSerializer.Deserialize<long[][]>(row.Text(8))!.Select(static step => new DevboxTransition(
                (DevboxStatus)step[0], step[1], step[2] == 0 ? null : (DevboxFailureReason)step[2])),
        ],
        KeepAliveEndMs = row.Integer(9),
        ShutdownReason = (DevboxShutdownReason?)row.IntegerOrNull(10),
        FailureReason = (DevboxFailureReason?)row.IntegerOrNull(11),
        HostUid = (int?)row.IntegerOrNull(12),
        EndedAtMs = row.IntegerOrNull(13),
    };
}
