namespace Coffer.Uploads;

/// <summary>Lets one request at a time at each upload. A newer one stops the older, so that no broken connection keeps an upload to itself.</summary>
internal sealed class UploadTurns
{
    /// <summary>An older request that was stopped has only to make durable what came.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<UploadId, Turn> _latest = [];

    /// <exception cref="StoreException">Busy when the older request does not end, or a newer one came meanwhile.</exception>
    public async Task<Turn> TakeAsync(UploadId id, CancellationToken cancellationToken)
    {
        var turn = new Turn(this, id);
        Turn? older;
        lock (_gate)
        {
            older = _latest.GetValueOrDefault(id);
            _latest[id] = turn;
        }

        if (older is not null)
        {
            older.Stop();
            try
            {
                await older.Ended.WaitAsync(LongestWait, cancellationToken);
            }
            catch (Exception given) when (given is TimeoutException or OperationCanceledException)
            {
                turn.EndAfter(older); // whoever comes next waits for both
                if (given is TimeoutException)
                {
                    throw TakenOver(given);
                }

                throw;
            }
        }

        if (turn.IsStopped)
        {
            turn.Dispose();
            throw TakenOver();
        }

        return turn;
    }

    public static StoreException TakenOver(Exception? inner = null) =>
        new(StoreErrorCode.Busy, "another request for this upload is at work", inner);

    private void Leave(Turn turn)
    {
        lock (_gate)
        {
            if (_latest.GetValueOrDefault(turn.Id) == turn)
            {
                _latest.Remove(turn.Id);
            }
        }
    }

    public sealed class Turn(UploadTurns turns, UploadId id) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _stopped = new();

        public UploadId Id => id;

        public Task Ended => _ended.Task;

        /// <summary>Cancelled when a newer request wants its turn.</summary>
        public CancellationToken Stopped => _stopped.Token;

        public bool IsStopped => _stopped.IsCancellationRequested;

        /// <remarks>The source is left to the collector: it has no timer, and two requests may hold it.</remarks>
        public void Stop() => _stopped.Cancel();

        public void EndAfter(Turn older) =>
            _ = older.Ended.ContinueWith(_ => Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        public void Dispose()
        {
            turns.Leave(this);
            _ended.TrySetResult();
        }
    }
}
