using Coffer.Devboxes;

namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public CreatedDevbox AddDevbox(Devbox made, OnceToken? once)
    {
        // None when the devbox of the earlier call was refused after all, or purged: then a new one is made.
        if (once is not null && FindOnceId(once) is { } before && DevboxRow.Find(Db, new DevboxId(before)) is { } first)
        {
            return new CreatedDevbox(first.At(NowMs), WasMade: false);
        }

        using Statement insert = Db.Prepared(
            """
            INSERT INTO devbox (id, account, name, metadata, environment, launch, mounts, status, transitions, keep_alive_end_ms, host_uid)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, made.Id.Value).Bind(2, made.Account.Value).Bind(3, made.Name).Bind(4, made.Metadata?.Json).Bind(5, made.EnvironmentJson)
            .Bind(6, made.LaunchJson).Bind(7, made.MountsJson).Bind(8, (long)made.Status).Bind(9, DevboxRow.TransitionsOf(made))
            .Bind(10, made.KeepAliveEndMs).Bind(11, (long?)made.HostUid).Run();
        if (once is not null)
        {
            Remember(once, made.Id.Value);
        }

        return new CreatedDevbox(made, WasMade: true);
    }

    public (bool Happened, Devbox? Devbox) MoveDevbox(DevboxId id, DevboxMove move)
    {
        if (DevboxRow.Find(Db, id) is not { HasEnded: false } stored)
        {
            return (false, DevboxRow.Find(Db, id));
        }

        Devbox box = stored.At(NowMs);
        bool happens = !box.HasEnded && (move.Status is DevboxStatus.Running ? box.Status is DevboxStatus.Provisioning : move.Status is not DevboxStatus.Provisioning);
        box = happens ? box.After(move) : box;
        if (happens || box.HasEnded)
        {
            using Statement update = Db.Prepared(
                "UPDATE devbox SET status = ?2, transitions = ?3, shutdown_reason = ?4, failure_reason = ?5, ended_ms = ?6 WHERE id = ?1");
            update.Bind(1, id.Value).Bind(2, (long)box.Status).Bind(3, DevboxRow.TransitionsOf(box)).Bind(4, (long?)box.ShutdownReason)
                .Bind(5, (long?)box.FailureReason).Bind(6, box.EndedAtMs).Run();
        }

        return (happens, box);
    }

    public void RemoveDevbox(DevboxId id)
    {
        using Statement delete = Db.Prepared("DELETE FROM devbox WHERE id = ?");
        delete.Bind(1, id.Value).Run();
    }

    public int PurgeDevboxes(long endedBeforeMs, int limit)
    {
        using Statement purge = Db.Prepared(
            "DELETE FROM devbox WHERE n IN (SELECT n FROM devbox INDEXED BY devbox_ended WHERE ended_ms < ? ORDER BY ended_ms LIMIT ?)");
        return purge.Bind(1, endedBeforeMs).Bind(2, Math.Min(limit, TurnRows)).Run();
    }
}
