using Coffer.Catalog.Sqlite.Writer;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    /// <summary>This process alone changes the file, so the number need not outlive it.</summary>
    private long _accountVersion;

    public Task<Account?> AddAccountAsync(Account account, CancellationToken cancellationToken) =>
        ChangeAccountsAsync(session => session.AddAccount(account), cancellationToken);

    public Task UpdateAccountAsync(Account account, CancellationToken cancellationToken) =>
        ChangeAccountsAsync(session => Done(() => session.UpdateAccount(account)), cancellationToken);

    public ValueTask<long> AccountVersionAsync(CancellationToken cancellationToken) => new(Volatile.Read(ref _accountVersion));

    public ValueTask<Account?> FindAccountAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(name, AccessRows.FindAccount, cancellationToken);

    public ValueTask<Account?> FindAccountAsync(AccountId id, CancellationToken cancellationToken) =>
        ReadAsync(id, AccessRows.FindAccount, cancellationToken);

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(CancellationToken cancellationToken) =>
        ReadAsync(0, static (db, _) => AccessRows.ListAccounts(db), cancellationToken);

    public Task<AccessKey> AddAccessKeyAsync(AccessKey key, CancellationToken cancellationToken) =>
        WriteAsync(session => session.AddAccessKey(key), cancellationToken);

    public ValueTask<AccessKey?> FindAccessKeyAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) =>
        ReadAsync(tokenHash, static (db, hash) => AccessRows.FindAccessKey(db, hash.Span), cancellationToken);

    public ValueTask<AccessKey?> FindAccessKeyAsync(Guid id, CancellationToken cancellationToken) =>
        ReadAsync(id, static (db, wanted) => AccessRows.FindAccessKey(db, wanted, account: null), cancellationToken);

    public ValueTask<IReadOnlyList<AccessKey>> ListAccessKeysAsync(AccountId? account, CancellationToken cancellationToken) =>
        ReadAsync(account, AccessRows.ListAccessKeys, cancellationToken);

    public Task<AccessKey?> RevokeAccessKeyAsync(Guid id, AccountId? account, KeySource by, CancellationToken cancellationToken) =>
        WriteAsync(session => session.RevokeAccessKey(id, account, by), cancellationToken);

    public async Task NoteUseAsync(CoarseTimes times, CancellationToken cancellationToken)
    {
        foreach (KeyValuePair<ObjectId, long>[] turn in times.ObjectReads.Chunk(WriteSession.TurnRows))
        {
            await UpkeepAsync(session => Done(() => session.NoteReads(turn)), freesSpace: false, cancellationToken);
        }

        foreach (KeyValuePair<Guid, long>[] turn in times.KeyUses.Chunk(WriteSession.TurnRows))
        {
            await UpkeepAsync(session => Done(() => session.NoteUses(turn)), freesSpace: false, cancellationToken);
        }
    }

    private async Task<T> ChangeAccountsAsync<T>(Func<WriteSession, T> change, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(change, cancellationToken);
        }
        finally
        {
            Interlocked.Increment(ref _accountVersion); // when the outcome is open, too
        }
    }
}
