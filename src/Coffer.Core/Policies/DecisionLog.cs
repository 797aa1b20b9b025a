using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Coffer.Access;
using Coffer.Catalog;
using Microsoft.Extensions.Logging;

namespace Coffer.Policies;

/// <summary>
/// Remembers refusals for a week, so that they can be explained. Nothing waits for the disk: refusals are written behind the
/// requests, a second's worth at a time. A flood of them costs a bounded amount: beyond <see cref="MaxWaiting"/> that wait to be
/// written, or <see cref="MaxWaitingText"/>, a refusal gets no id, and of each account only the newest <see cref="KeptPerAccount"/>
/// are kept. A crash may lose the last second.
/// </summary>
public sealed class DecisionLog(ICatalog catalog, TimeProvider time, ILogger<DecisionLog> logger) : IAsyncDisposable
{
    /// <summary>How many refusals may wait to be written.</summary>
    public const int MaxWaiting = 1024;

    /// <summary>How many characters the texts of those that wait may have together.</summary>
    public const int MaxWaitingText = 4 << 20;

    /// <summary>How many refusals of an account are kept.</summary>
    public const int KeptPerAccount = 10_000;

    private const int Turn = 256;
    private const int TurnText = 256 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly Meter Meter = new("Coffer.Policies");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "coffer.policy.refusals", "{refusal}", "Calls that policies refused");
    private static readonly Counter<long> Unrecorded = Meter.CreateCounter<long>(
        "coffer.policy.refusals_unrecorded", "{refusal}", "Refusals that cannot be explained, because too many waited to be written");

    private readonly ConcurrentDictionary<UInt128, DecisionEntry> _waiting = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private int _count;
    private int _text;
    private bool _isWriting;
    private Task _writing = Task.CompletedTask;

    /// <summary>The refusal with this id, of an account that the caller may look into.</summary>
    /// <exception cref="StoreException">DecisionNotFound, the same for missing, forgotten and foreign ones.</exception>
    public async ValueTask<DecisionEntry> FindAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        if (caller.Right is not (Right.Operator or Right.Service))
        {
            throw new StoreException(
                StoreErrorCode.AccessDenied, "this key may not see decisions: use a service key of the account, or the operator key");
        }

        DecisionEntry? found = !DecisionId.TryParse(id, out UInt128 number) ? null
            : _waiting.TryGetValue(number, out DecisionEntry? waiting) ? waiting
            : await catalog.FindDecisionAsync(number, cancellationToken);
        return found is not null && (caller.Right is Right.Operator || caller.Account == found.Account)
            ? found
            : throw new StoreException(StoreErrorCode.DecisionNotFound, "there is no such decision, or it is older than a week");
    }

    /// <summary>Writes what waits.</summary>
    public async Task WriteBackAsync(CancellationToken cancellationToken)
    {
        var turn = new List<DecisionEntry>();
        foreach (DecisionEntry waiting in _waiting.Values)
        {
            turn.Add(waiting);
            if (turn.Count == Turn || turn.Sum(static entry => entry.Json.Length) >= TurnText)
            {
                await WriteAsync(turn, cancellationToken);
                turn.Clear();
            }
        }

        await WriteAsync(turn, cancellationToken);
    }

    /// <summary>Writes what waits, and nothing any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await WriteBackAsync(CancellationToken.None);
        }
        catch (Exception failed)
        {
            Log.DecisionsNotKept(logger, failed, _waiting.Count);
        }

        _ending.Dispose();
    }

    /// <summary>Takes a refusal down.</summary>
    /// <param name="explain">Makes its text from its id.</param>
    /// <returns>Its id; null when too many wait.</returns>
    internal string? Note(AccountId account, Func<string, string> explain)
    {
        Refusals.Add(1);
        if (Interlocked.Increment(ref _count) > MaxWaiting)
        {
            Interlocked.Decrement(ref _count);
            Unrecorded.Add(1);
            return null;
        }

        UInt128 id = DecisionId.New();
        string text = DecisionId.TextOf(id);
        string json = explain(text);
        if (Interlocked.Add(ref _text, json.Length) > MaxWaitingText)
        {
            Interlocked.Add(ref _text, -json.Length);
            Interlocked.Decrement(ref _count);
            Unrecorded.Add(1);
            return null;
        }

        _waiting[id] = new DecisionEntry(id, account, catalog.NowMs, json);
        lock (_gate)
        {
            if (!_isWriting && !_ending.IsCancellationRequested)
            {
                _isWriting = true;
                _writing = Task.Run(WriteLoopAsync);
            }
        }

        return text;
    }

    private async Task WriteAsync(List<DecisionEntry> turn, CancellationToken cancellationToken)
    {
        if (turn.Count == 0)
        {
            return;
        }

        await catalog.AddDecisionsAsync(turn, KeptPerAccount, cancellationToken);
        foreach (DecisionEntry written in turn)
        {
            if (_waiting.TryRemove(written.Id, out _))
            {
                Interlocked.Decrement(ref _count);
                Interlocked.Add(ref _text, -written.Json.Length);
            }
        }
    }

    /// <summary>Writes until nothing waits. What the disk refuses now waits on.</summary>
    private async Task WriteLoopAsync()
    {
        bool isDone = false;
        while (!isDone)
        {
            await Task.Delay(Pause, time, _ending.Token);
            try
            {
                await WriteBackAsync(_ending.Token);
            }
            catch (Exception failed) when (!_ending.IsCancellationRequested) // also a cancellation, when it is not this log's
            {
                Log.DecisionsNotWritten(logger, failed, _waiting.Count);
            }

            lock (_gate)
            {
                isDone = _waiting.IsEmpty;
                _isWriting = !isDone;
            }
        }
    }
}
