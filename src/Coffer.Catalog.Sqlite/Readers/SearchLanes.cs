namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>
/// Lets a few searches run at once; the others wait, but not for long. A lane that becomes free goes to who has the fewest, among
/// equals to who had none for the longest time: however much one account searches, another's waits for one search at most.
/// </summary>
internal sealed class SearchLanes(int lanes, TimeSpan busyAfter)
{
    private const long Everybody = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Share> _shares = []; // of accounts that run or wait for a search
    private int _free = lanes;
    private long _turns;

    /// <param name="account">Whose objects are searched; null for the public ones.</param>
    /// <exception cref="StoreException">Busy.</exception>
    public async ValueTask<Lane> EnterAsync(AccountId? account, CancellationToken cancellationToken)
    {
        long whose = account?.Value ?? Everybody;
        LinkedListNode<TaskCompletionSource> place;
        lock (_gate)
        {
            if (!_shares.TryGetValue(whose, out Share? share))
            {
                _shares.Add(whose, share = new Share());
            }

            if (_free > 0) // nobody waits then: a lane is handed over by who leaves it
            {
                _free--;
                share.Begin(++_turns);
                return new Lane(this, whose);
            }

            place = share.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await place.Value.Task.WaitAsync(busyAfter, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (GiveUp(whose, place)) // else the turn came in the same moment
            {
                throw new StoreException(StoreErrorCode.Busy, "too many searches wait; try again");
            }
        }
        catch (OperationCanceledException)
        {
            if (!GiveUp(whose, place))
            {
                Leave(whose);
            }

            throw;
        }

        return new Lane(this, whose);
    }

    /// <returns>False when the wait was over already.</returns>
    private bool GiveUp(long whose, LinkedListNode<TaskCompletionSource> place)
    {
        lock (_gate)
        {
            if (place.List is not { } waiting)
            {
                return false;
            }

            waiting.Remove(place);
            ForgetIdle(whose);
            return true;
        }
    }

    private void Leave(long whose)
    {
        lock (_gate)
        {
            _shares[whose].Running--;
            if (_shares.Values.Where(share => share.Waiting.Count > 0).MinBy(share => (share.Running, share.LastTurn)) is { } next)
            {
                TaskCompletionSource turn = next.Waiting.First!.Value;
                next.Waiting.RemoveFirst();
                next.Begin(++_turns);
                turn.SetResult();
            }
            else
            {
                _free++;
            }

            ForgetIdle(whose);
        }
    }

    private void ForgetIdle(long whose)
    {
        if (_shares[whose] is { Running: 0, Waiting.Count: 0 })
        {
            _shares.Remove(whose);
        }
    }

    public readonly struct Lane(SearchLanes lanes, long whose) : IDisposable
    {
        public void Dispose() => lanes.Leave(whose);
    }

    /// <summary>The searches of one account.</summary>
    private sealed class Share
    {
        public int Running { get; set; }

        public long LastTurn { get; private set; }

        public LinkedList<TaskCompletionSource> Waiting { get; } = new();

        public void Begin(long turn)
        {
            Running++;
            LastTurn = turn;
        }
    }
}
