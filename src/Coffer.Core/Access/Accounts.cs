using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Coffer.Catalog;

namespace Coffer.Access;

/// <summary>Makes and lists accounts; the operator's work.</summary>
public sealed class Accounts(ICatalog catalog)
{
    /// <summary>Fewest bytes of a JWT secret: as many as HS256 has.</summary>
    public const int MinSecretBytes = 32;

    private const int MaxNameLength = 40;

    /// <exception cref="StoreException">AccessDenied, InvalidArgument, AccountExists.</exception>
    public async Task<Account> CreateAsync(Caller caller, string name, string? jwtSecret, CancellationToken cancellationToken)
    {
        RequireOperator(caller);
        CheckName(name);
        CheckSecret(jwtSecret);
        var account = new Account
        {
            Name = name,
            JwtSecrets = [jwtSecret ?? NewSecret()],
            CreatedAtMs = catalog.NowMs,
        };
        return await catalog.AddAccountAsync(account, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.AccountExists, $"there is an account '{name}', or a bucket with its name, already");
    }

    public async Task<IReadOnlyList<Account>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        RequireOperator(caller);
        return await catalog.ListAccountsAsync(cancellationToken);
    }

    /// <summary>Names of the accounts that the caller may know: all for the operator, else its own.</summary>
    public async Task<IReadOnlyDictionary<AccountId, string>> NamesAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Right is Right.Operator)
        {
            return (await catalog.ListAccountsAsync(cancellationToken)).ToDictionary(account => account.Id, account => account.Name);
        }

        Account? own = caller.Account is { } id ? await catalog.FindAccountAsync(id, cancellationToken) : null;
        return own is null ? new Dictionary<AccountId, string>() : new Dictionary<AccountId, string> { [own.Id] = own.Name };
    }

    /// <exception cref="StoreException">InvalidArgument: a name is lower-case letters, digits and inner hyphens.</exception>
    public static void CheckName(string name)
    {
        if (!IsName(name))
        {
            throw new StoreException(
                StoreErrorCode.InvalidArgument,
                $"an account name has 1 to {MaxNameLength} lower-case letters, digits and hyphens, none of them at an end");
        }
    }

    /// <summary>Whether an account could be called so.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
        && name[0] != '-' && name[^1] != '-';

    /// <exception cref="StoreException">InvalidArgument: the secret is too short.</exception>
    public static void CheckSecret(string? jwtSecret)
    {
        if (jwtSecret is not null && Encoding.UTF8.GetByteCount(jwtSecret) < MinSecretBytes)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, $"a JWT secret has at least {MinSecretBytes} bytes");
        }
    }

    /// <summary>A new secret of 384 random bits.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));

    /// <summary>Gives each account that has no secret one of its own, the same on every node.</summary>
    public static async Task CompleteSecretsAsync(ICatalog catalog, CancellationToken cancellationToken)
    {
        foreach (Account account in await catalog.ListAccountsAsync(cancellationToken))
        {
            if (account.JwtSecrets is not { Count: > 0 })
            {
                byte[] settled = await catalog.SettleAsync($"secret.jwt.{account.Name}", Encoding.UTF8.GetBytes(NewSecret()), cancellationToken);
                await catalog.UpdateAccountAsync(account with { JwtSecrets = [Encoding.UTF8.GetString(settled)] }, cancellationToken);
            }
        }
    }

    private static void RequireOperator(Caller caller)
    {
        if (caller.Right is not Right.Operator)
        {
            throw new StoreException(StoreErrorCode.AccessDenied, "accounts are the operator's: use the operator key");
        }
    }
}
