namespace Coffer.Devboxes;

/// <summary>Gives each devbox a user of the machine, and none twice while its files are there.</summary>
internal sealed class HostUids(int first, int last)
{
    private readonly Dictionary<int, DevboxId> _taken = [];
    private readonly Lock _gate = new();
    private int _next; // counted from the first

    /// <exception cref="StoreException">Busy: all are taken.</exception>
    public int Take(DevboxId devbox)
    {
        lock (_gate)
        {
            for (long tries = (long)last - first; tries >= 0; tries--)
            {
                int uid = first + _next;
                _next = uid >= last ? 0 : _next + 1;
                if (_taken.TryAdd(uid, devbox))
                {
                    return uid;
                }
            }
        }

        throw new StoreException(StoreErrorCode.Busy, "no more devboxes can run at once; shut one down");
    }

    /// <summary>Takes the one that a devbox has.</summary>
    public void Keep(int uid, DevboxId devbox)
    {
        lock (_gate)
        {
            _taken[uid] = devbox;
        }
    }

    /// <summary>Gives back what this devbox has; again, or when it is another's by now, does nothing.</summary>
    public void Return(int uid, DevboxId devbox)
    {
        lock (_gate)
        {
            if (_taken.TryGetValue(uid, out DevboxId owner) && owner == devbox)
            {
                _taken.Remove(uid);
            }
        }
    }
}
