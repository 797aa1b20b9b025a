using Coffer.Devboxes;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    public Task<CreatedDevbox> AddDevboxAsync(Devbox made, OnceToken? once, CancellationToken cancellationToken) =>
        GrowAsync(
            session => session.AddDevbox(made, once), cancellationToken,
            (made.Metadata?.Json.Length ?? 0) + (made.EnvironmentJson?.Length ?? 0) + made.LaunchJson.Length + made.MountsJson.Length);

    public ValueTask<Devbox?> FindDevboxAsync(DevboxId id, CancellationToken cancellationToken) =>
        ReadAsync((id, NowMs), static (db, look) => DevboxRow.Find(db, look.id)?.At(look.NowMs), cancellationToken);

    public Task<(bool Happened, Devbox? Devbox)> MoveDevboxAsync(DevboxId id, DevboxMove move, CancellationToken cancellationToken) =>
        WriteAsync(session => session.MoveDevbox(id, move), cancellationToken); // an end gives room back

    public Task RemoveDevboxAsync(DevboxId id, CancellationToken cancellationToken) =>
        WriteAsync(session => Done(() => session.RemoveDevbox(id)), cancellationToken);

    public ValueTask<DevboxPage> ListDevboxesAsync(DevboxQuery query, CancellationToken cancellationToken) =>
        ReadAsync((query, NowMs), static (db, look) => DevboxRow.Page(db, look.query, look.NowMs), cancellationToken);

    public ValueTask<IReadOnlyList<Devbox>> ListLiveDevboxesAsync(DevboxId? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync((after, limit), static (db, look) => DevboxRow.Live(db, look.after, look.limit), cancellationToken);

    public Task<int> PurgeDevboxesAsync(long endedBeforeMs, int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.PurgeDevboxes(endedBeforeMs, limit), freesSpace: true, cancellationToken);
}
