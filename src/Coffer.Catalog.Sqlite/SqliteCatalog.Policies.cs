using Coffer.Catalog.Sqlite.Writer;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    /// <summary>This process alone changes the file, so the number need not outlive it.</summary>
    private long _policyVersion;

    public ValueTask<long> PolicyVersionAsync(CancellationToken cancellationToken) => new(Volatile.Read(ref _policyVersion));

    public ValueTask<IReadOnlyList<PolicyEntry>> ListPoliciesAsync(AccountId account, CancellationToken cancellationToken) =>
        ReadAsync(account, PolicyRows.List, cancellationToken);

    public async Task<int?> ChangePoliciesAsync(AccountId account, PolicyChange change, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(session => session.ChangePolicies(account, change), cancellationToken);
        }
        finally
        {
            Interlocked.Increment(ref _policyVersion); // when the outcome is open, too
        }
    }

    public ValueTask<Bucket?> FindBucketAsync(BucketId id, CancellationToken cancellationToken) =>
        ReadAsync(id, AccessRows.FindBucket, cancellationToken);

    public async Task AddDecisionsAsync(IReadOnlyList<DecisionEntry> decisions, int keep, CancellationToken cancellationToken)
    {
        foreach (DecisionEntry[] turn in decisions.Chunk(WriteSession.TurnRows))
        {
            _space.Check(RowBytes + turn.Sum(static decision => decision.Json.Length), newFile: false);
            await UpkeepAsync(session => Done(() => session.AddDecisions(turn, keep)), freesSpace: false, cancellationToken);
        }
    }

    public ValueTask<DecisionEntry?> FindDecisionAsync(UInt128 id, CancellationToken cancellationToken) =>
        ReadAsync(id, PolicyRows.FindDecision, cancellationToken);

    public Task<int> PurgeDecisionsAsync(long madeBeforeMs, int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.PurgeDecisions(madeBeforeMs, limit), freesSpace: true, cancellationToken);
}
