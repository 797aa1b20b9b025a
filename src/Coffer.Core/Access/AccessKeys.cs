using System.Buffers.Text;
using System.Security.Cryptography;
using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>Resolves bearer tokens to callers, and makes, lists and revokes keys.</summary>
public sealed class AccessKeys(ICatalog catalog, CoarseUse use, byte[] operatorTokenHash)
{
    /// <summary>Shorter tokens, in characters, can be guessed.</summary>
    public const int ShortestToken = 20;

    /// <summary>The claim by which a JSON Web Token names the key whose form it is; it ends with the key.</summary>
    public const string KeyIdClaim = "key_id";

    private const int MaxTextLength = 256;

    /// <summary>Who holds this token; null when nobody does, or no longer.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        byte[] hash = AccessKey.HashOf(token);
        if (CryptographicOperations.FixedTimeEquals(hash, operatorTokenHash))
        {
            return Caller.Operator;
        }

        AccessKey? key = await catalog.FindAccessKeyAsync(hash, cancellationToken);
        if (key is null or { RevokedAtMs: not null })
        {
            return null;
        }

        use.KeyUsed(key.Id);
        return new Caller { Account = key.Account, Right = key.Right, Key = key.Id, Subject = key.Subject };
    }

    /// <summary>A key that was not revoked; null when there is none in the account. Noted as used.</summary>
    public async ValueTask<AccessKey?> FindLiveAsync(Guid id, AccountId account, CancellationToken cancellationToken)
    {
        AccessKey? key = await catalog.FindAccessKeyAsync(id, cancellationToken);
        if (key is null || key.RevokedAtMs is not null || key.Account != account)
        {
            return null;
        }

        use.KeyUsed(key.Id);
        return key;
    }

    /// <summary>
    /// A key in the form that clients of the Storage API expect: a JSON Web Token of its account that says its right and subject. It
    /// does not expire, but ends when the key is revoked.
    /// </summary>
    public async ValueTask<string> WebTokenAsync(AccessKey key, CancellationToken cancellationToken) =>
        WebTokenOf((await catalog.FindAccountAsync(key.Account, cancellationToken))!, key);

    /// <inheritdoc cref="WebTokenAsync"/>
    public static string WebTokenOf(Account account, AccessKey key) => JsonWebToken.Sign(account.JwtSecrets![0], json =>
    {
        json.WriteString("iss"u8, "coffer"u8);
        json.WriteString("role"u8, key.Right switch
        {
            Right.Service => "service_role",
            Right.Authenticated => "authenticated",
            _ => "anon",
        });
        if (key.Subject is not null)
        {
            json.WriteString("sub"u8, key.Subject);
        }

        json.WriteString(KeyIdClaim, key.Id);
        json.WriteNumber("iat"u8, key.CreatedAtMs / 1000);
    });

    /// <summary>Makes a key.</summary>
    /// <param name="account">Name of the account; null for the caller's own.</param>
    /// <returns>The key and its token, which is shown here and never again.</returns>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound, InvalidArgument.</exception>
    public async Task<(AccessKey Key, string Token)> CreateAsync(
        Caller caller, string? account, Right right, string? label, string? subject, CancellationToken cancellationToken)
    {
        AccountId owner = await AccountOfAsync(caller, account, cancellationToken);
        if (right is Right.Operator || !Enum.IsDefined(right))
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "right is one of service, authenticated, anon");
        }

        if (label?.Length > MaxTextLength || subject?.Length > MaxTextLength)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, $"label and subject have at most {MaxTextLength} characters");
        }

        string token = NewToken();
        AccessKey made = await catalog.AddAccessKeyAsync(
            new AccessKey
            {
                Id = Guid.CreateVersion7(),
                Account = owner,
                TokenHash = AccessKey.HashOf(token),
                Right = right,
                Label = label,
                Subject = subject,
                CreatedAtMs = catalog.NowMs,
                Source = KeySource.Made,
            },
            cancellationToken);
        return (made, token);
    }

    /// <summary>Keys of the caller's account, or of the one that the operator names; of all accounts when it names none.</summary>
    public async Task<IReadOnlyList<AccessKey>> ListAsync(Caller caller, string? account, CancellationToken cancellationToken)
    {
        if (caller.Right is Right.Operator && account is null)
        {
            return await catalog.ListAccessKeysAsync(account: null, cancellationToken);
        }

        return await catalog.ListAccessKeysAsync(await AccountOfAsync(caller, account, cancellationToken), cancellationToken);
    }

    /// <summary>Revokes a key; from the answer on it opens nothing.</summary>
    /// <param name="account">Name of the account that the key must be of; null for the caller's own, and for the operator any.</param>
    /// <exception cref="StoreException">AccessDenied, AccountNotFound; KeyNotFound, also for a key of another account.</exception>
    public async Task<AccessKey> RevokeAsync(Caller caller, string? account, Guid id, CancellationToken cancellationToken)
    {
        bool isAny = caller.Right is Right.Operator && account is null;
        AccountId? owner = isAny ? null : await AccountOfAsync(caller, account, cancellationToken);
        return await catalog.RevokeAccessKeyAsync(id, owner, KeySource.Made, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.KeyNotFound, "there is no such key");
    }

    /// <summary>A new token of 256 random bits.</summary>
    public static string NewToken() => "coffer_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private ValueTask<AccountId> AccountOfAsync(Caller caller, string? name, CancellationToken cancellationToken) =>
        HandledAccount.FindAsync(catalog, caller, name, "keys", cancellationToken);
}
