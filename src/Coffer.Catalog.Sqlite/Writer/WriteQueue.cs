namespace Coffer.Catalog.Sqlite.Writer;

/// <summary>What waits for the writer: requests in order, bounded in number and bytes, and upkeep behind them.</summary>
internal sealed class WriteQueue(TimeSpan busyAfter)
{
    private const int MaxEntries = 1024;
    private const long MaxBytes = 8L << 20;
    private const int MaxBatchRows = 256;
    private const long MaxBatchBytes = 4L << 20;

    private readonly object _gate = new(); // a monitor: the writer waits on it
    private readonly Queue<WriteRequest> _requests = new();
    private readonly LinkedList<WriteRequest> _waiting = new();
    private readonly Queue<WriteRequest> _upkeep = new();
    private long _bytes;
    private Func<Exception>? _closed;

    /// <summary>How many requests wait, with and without a place.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
            {
                return _requests.Count + _waiting.Count;
            }
        }
    }

    /// <summary>Puts a request into the queue, or lets it wait for a place for a while.</summary>
    public Task<T> Add<T>(WriteRequest<T> request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        lock (_gate)
        {
            if (_closed is not null)
            {
                return Task.FromException<T>(_closed());
            }

            if (cancellationToken.CanBeCanceled)
            {
                request.Cancellation = cancellationToken.UnsafeRegister(
                    (state, token) => Abandon((WriteRequest)state!, waitingOnly: false, request => request.Cancel(token)), request);
            }

            if (_waiting.Count == 0 && HasPlaceFor(request))
            {
                Enqueue(request);
            }
            else if (request.Stage == Stage.Waiting)
            {
                _waiting.AddLast(request);
                request.Deadline = new Timer(_ => RefuseWaiting(request), null, busyAfter, Timeout.InfiniteTimeSpan);
            }

            Monitor.Pulse(_gate);
            return request.Answer;
        }
    }

    /// <summary>Puts a turn of upkeep behind the requests.</summary>
    public Task<T> AddUpkeep<T>(WriteRequest<T> turn)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                return Task.FromException<T>(_closed());
            }

            turn.Stage = Stage.Queued;
            _upkeep.Enqueue(turn);
            Monitor.Pulse(_gate);
            return turn.Answer;
        }
    }

    /// <summary>Takes what goes into the next transaction, besides what is in the batch already.</summary>
    public void TakeBatch(List<WriteRequest> batch)
    {
        lock (_gate)
        {
            long bytes = 0;
            foreach (WriteRequest taken in batch)
            {
                bytes += taken.SizeBytes;
            }

            while (batch.Count < MaxBatchRows && _requests.TryPeek(out WriteRequest? next)
                && (batch.Count == 0 || bytes + next.SizeBytes <= MaxBatchBytes))
            {
                _requests.Dequeue();
                _bytes -= next.SizeBytes;
                if (next.Stage != Stage.Abandoned)
                {
                    next.Stage = Stage.Taken;
                    bytes += next.SizeBytes;
                    batch.Add(next);
                }
            }

            while (_waiting.First is { } first && HasPlaceFor(first.Value))
            {
                _waiting.RemoveFirst();
                first.Value.Deadline?.Dispose();
                Enqueue(first.Value);
            }
        }
    }

    public WriteRequest? TakeUpkeep()
    {
        lock (_gate)
        {
            return _upkeep.TryDequeue(out WriteRequest? turn) ? turn : null;
        }
    }

    /// <summary>Waits for something to do.</summary>
    /// <returns>False when there is nothing left and nothing can come.</returns>
    public bool Wait(TimeSpan longest)
    {
        lock (_gate)
        {
            if (_requests.Count > 0 || _upkeep.Count > 0)
            {
                return true;
            }

            if (_closed is not null)
            {
                return false;
            }

            Monitor.Wait(_gate, longest);
            return true;
        }
    }

    /// <summary>Lets nothing more in. What is in the queue is still taken; what has no place is refused.</summary>
    public void Close(Func<Exception> reason)
    {
        WriteRequest[] waiting;
        lock (_gate)
        {
            _closed = reason;
            waiting = [.. _waiting];
            _waiting.Clear();
            foreach (WriteRequest request in waiting)
            {
                request.Stage = Stage.Abandoned;
            }

            Monitor.Pulse(_gate);
        }

        foreach (WriteRequest request in waiting)
        {
            request.Fail(reason());
        }
    }

    private bool HasPlaceFor(WriteRequest request) =>
        _requests.Count == 0 || (_requests.Count < MaxEntries && _bytes + request.SizeBytes <= MaxBytes);

    private void Enqueue(WriteRequest request)
    {
        if (request.Stage == Stage.Waiting) // not when its cancellation came while it was registered
        {
            request.Stage = Stage.Queued;
            _requests.Enqueue(request);
            _bytes += request.SizeBytes;
        }
    }

    private void RefuseWaiting(WriteRequest request) => Abandon(request, waitingOnly: true, static request =>
        request.Fail(new StoreException(StoreErrorCode.Busy, "too many writes wait; nothing was written, try again")));

    private void Abandon(WriteRequest request, bool waitingOnly, Action<WriteRequest> end)
    {
        lock (_gate)
        {
            if (request.Stage != Stage.Waiting && (waitingOnly || request.Stage != Stage.Queued))
            {
                return;
            }

            if (request.Stage == Stage.Waiting)
            {
                _waiting.Remove(request);
            }

            request.Stage = Stage.Abandoned;
        }

        end(request);
    }
}
