using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Devboxes.Mounts;

/// <summary>What is to be mounted, all of it open: from here on nobody's delete takes it away.</summary>
internal sealed class OpenedMounts : IDisposable
{
    private readonly List<(MountRequest Request, OpenObject? Object)> _all = [];

    public IReadOnlyList<(MountRequest Request, OpenObject? Object)> All => _all;

    /// <param name="account">Whose devbox it is: its own objects, and public ones, can be mounted.</param>
    /// <exception cref="StoreException">ObjectNotFound; InvalidArgument for one that is not READ_ONLY; Corrupt. Each names mount and object.</exception>
    public static async Task<OpenedMounts> OpenAsync(
        ObjectStore objects, AccountId account, IReadOnlyList<MountRequest> requests, CancellationToken cancellationToken)
    {
        var opened = new OpenedMounts();
        try
        {
            foreach (MountRequest request in requests)
            {
                opened._all.Add((request, request is ObjectMountRequest mount ? await OpenAsync(objects, account, mount, cancellationToken) : null));
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach ((_, OpenObject? content) in _all)
        {
            content?.Dispose();
        }
    }

    private static async Task<OpenObject> OpenAsync(
        ObjectStore objects, AccountId account, ObjectMountRequest mount, CancellationToken cancellationToken)
    {
        if (!ObjectId.TryParse(mount.ObjectId, out ObjectId id))
        {
            throw NotFound(mount);
        }

        var caller = Caller.Service(account);
        try
        {
            return await objects.OpenAsync(caller, id, cancellationToken);
        }
        catch (StoreException refused)
        {
            throw refused.Code switch
            {
                StoreErrorCode.ObjectNotFound => NotFound(mount),
                StoreErrorCode.ObjectGone or StoreErrorCode.WrongState => new StoreException(
                    StoreErrorCode.InvalidArgument, $"{mount.Label}: the object {id} cannot be mounted: {refused.Message}"),
                _ => new StoreException(refused.Code, $"{mount.Label}: the object {id} cannot be mounted: {refused.Message}", refused),
            };
        }
    }

    private static StoreException NotFound(ObjectMountRequest mount) =>
        new(StoreErrorCode.ObjectNotFound, $"{mount.Label}: there is no object {Shown(mount.ObjectId)}");

    private static string Shown(string id) => id.Length <= 64 ? id : id[..64] + "…";
}
