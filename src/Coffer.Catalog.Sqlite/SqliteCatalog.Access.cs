using System.Buffers.Binary;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Writer;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    /// <summary>By the hash of their token.</summary>
    private readonly KnownRows<(UInt128, UInt128), AccessKey> _keys = new(capacity: 10_000);

    private readonly KnownRows<Guid, AccessKey> _keysById = new(capacity: 10_000);

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
        ChangeKeysAsync(() => WriteAsync(session => session.AddAccessKey(key), cancellationToken));

    public async ValueTask<AccessKey?> FindAccessKeyAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken)
    {
        (UInt128, UInt128) hash = (
            BinaryPrimitives.ReadUInt128BigEndian(tokenHash.Span), BinaryPrimitives.ReadUInt128BigEndian(tokenHash.Span[16..]));
        if (!_keys.TryFind(hash, out AccessKey? key, out long version))
        {
            key = await ReadAsync(tokenHash, static (db, wanted) => AccessRows.FindAccessKey(db, wanted.Span), cancellationToken);
            _keys.Add(hash, key, version);
        }

        return key;
    }

    public async ValueTask<AccessKey?> FindAccessKeyAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!_keysById.TryFind(id, out AccessKey? key, out long version))
        {
            key = await ReadAsync(id, static (db, wanted) => AccessRows.FindAccessKey(db, wanted, account: null), cancellationToken);
            _keysById.Add(id, key, version);
        }

        return key;
    }

    public ValueTask<IReadOnlyList<AccessKey>> ListAccessKeysAsync(AccountId? account, CancellationToken cancellationToken) =>
        ReadAsync(account, AccessRows.ListAccessKeys, cancellationToken);

    public Task<AccessKey?> RevokeAccessKeyAsync(Guid id, AccountId? account, KeySource by, CancellationToken cancellationToken) =>
        ChangeKeysAsync(() => WriteAsync(session => session.RevokeAccessKey(id, account, by), cancellationToken));

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

    private Task<T> ChangeKeysAsync<T>(Func<Task<T>> change) => _keys.ChangeAsync(() => _keysById.ChangeAsync(change));

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
