using Coffer.Access;

namespace Coffer.Catalog;

public partial interface ICatalog
{
    /// <summary>Adds an account, and its bucket for the Objects dialect, in one transaction.</summary>
    /// <param name="account">Its ids are ignored.</param>
    /// <returns>The account with its ids; null when the name, or its bucket's name, is taken.</returns>
    Task<Account?> AddAccountAsync(Account account, CancellationToken cancellationToken);

    /// <summary>Replaces an account's JWT secrets, key set and managed flag.</summary>
    Task UpdateAccountAsync(Account account, CancellationToken cancellationToken);

    ValueTask<Account?> FindAccountAsync(string name, CancellationToken cancellationToken);

    ValueTask<Account?> FindAccountAsync(AccountId id, CancellationToken cancellationToken);

    /// <summary>
    /// A number that is another one once an account was added or updated, on any node; at the latest when that is answered. Cheap: it is
    /// read for every token.
    /// </summary>
    ValueTask<long> AccountVersionAsync(CancellationToken cancellationToken);

    /// <summary>All accounts by name.</summary>
    ValueTask<IReadOnlyList<Account>> ListAccountsAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key.</summary>
    /// <returns>
    /// The key that holds this token hash: the new one, or the one that was there. That one is unchanged, with two exceptions.
    /// When the configuration or the bootstrap file had revoked it, and either adds it for the same account and right, it lives
    /// again and is that one's from then on. A key of the bootstrap file that the configuration adds becomes the configuration's.
    /// </returns>
    Task<AccessKey> AddAccessKeyAsync(AccessKey key, CancellationToken cancellationToken);

    /// <summary>The key with this token hash, revoked or not. Never stale: a revocation that was answered is seen.</summary>
    ValueTask<AccessKey?> FindAccessKeyAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken);

    /// <summary>The key with this id, revoked or not; never stale.</summary>
    ValueTask<AccessKey?> FindAccessKeyAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Keys by creation time, revoked ones too; of every account when <paramref name="account"/> is null.</summary>
    ValueTask<IReadOnlyList<AccessKey>> ListAccessKeysAsync(AccountId? account, CancellationToken cancellationToken);

    /// <summary>Revokes a key. One that was revoked before keeps its time, but is revoked by hand once a person revokes it.</summary>
    /// <param name="account">The account it must belong to; null for any.</param>
    /// <returns>The key as it is now; null when there is none.</returns>
    Task<AccessKey?> RevokeAccessKeyAsync(Guid id, AccountId? account, KeySource by, CancellationToken cancellationToken);

    /// <summary>Notes when objects were read and keys were used. Losing such a note to a crash is allowed.</summary>
    Task NoteUseAsync(CoarseTimes times, CancellationToken cancellationToken);
}

/// <summary>Times that are kept coarsely, in Unix milliseconds.</summary>
public sealed record CoarseTimes(
    IReadOnlyCollection<KeyValuePair<Objects.ObjectId, long>> ObjectReads, IReadOnlyCollection<KeyValuePair<Guid, long>> KeyUses);
