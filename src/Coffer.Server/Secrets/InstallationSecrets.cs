using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.Server.Configuration;

namespace Coffer.Server.Secrets;

/// <summary>
/// The secrets of an installation. What is not configured is made once and kept in the catalog, so that every node and every
/// start uses the same; what is configured overrides it.
/// </summary>
internal sealed record InstallationSecrets
{
    /// <summary>Master from which the keys of signed URLs are derived.</summary>
    public required byte[] SigningKey { get; init; }

    public required string OperatorKey { get; init; }

    /// <summary>Service key of the default account.</summary>
    public required string ApiKey { get; init; }

    /// <summary>Whether the service key was made here rather than configured.</summary>
    public required bool IsApiKeyGenerated { get; init; }

    /// <summary>Whether this start is the first one on this catalog.</summary>
    public required bool IsFirstStart { get; init; }

    public static async Task<InstallationSecrets> SettleAsync(ICatalog catalog, CofferOptions options, CancellationToken cancellationToken)
    {
        bool isFirstStart = await catalog.FindAccountAsync(Account.DefaultName, cancellationToken) is null;
        string signingKey = options.SigningKey ?? await SettledAsync("secret.signing_key", NewSecret);
        string operatorKey = options.OperatorKey ?? await SettledAsync("secret.operator_key", AccessKeys.NewToken);
        string apiKey = options.ApiKey ?? await SettledAsync("secret.api_key", AccessKeys.NewToken);
        IReadOnlyList<string> jwtSecrets = options.JwtSecrets is { Count: > 0 } configured
            ? configured
            : [await SettledAsync("secret.jwt", NewSecret)];

        Account account = await DefaultAccountAsync(catalog, jwtSecrets, cancellationToken);
        await UseServiceKeyAsync(catalog, account, apiKey, cancellationToken);
        return new InstallationSecrets
        {
            SigningKey = Encoding.UTF8.GetBytes(signingKey),
            OperatorKey = operatorKey,
            ApiKey = apiKey,
            IsApiKeyGenerated = options.ApiKey is null,
            IsFirstStart = isFirstStart,
        };

        async Task<string> SettledAsync(string name, Func<string> make) => Encoding.UTF8.GetString(
            await catalog.FindSettingAsync(name, cancellationToken)
            ?? await catalog.SettleAsync(name, Encoding.UTF8.GetBytes(make()), cancellationToken));
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));

    private static async Task<Account> DefaultAccountAsync(
        ICatalog catalog, IReadOnlyList<string> jwtSecrets, CancellationToken cancellationToken)
    {
        var made = new Account { Name = Account.DefaultName, JwtSecrets = jwtSecrets, CreatedAtMs = catalog.NowMs };
        Account account = await catalog.FindAccountAsync(Account.DefaultName, cancellationToken)
            ?? await catalog.AddAccountAsync(made, cancellationToken)
            ?? (await catalog.FindAccountAsync(Account.DefaultName, cancellationToken))!; // another node was faster
        if (account.JwtSecrets?.SequenceEqual(jwtSecrets) is not true)
        {
            account = account with { JwtSecrets = jwtSecrets };
            await catalog.UpdateAccountAsync(account, cancellationToken);
        }

        return account;
    }

    /// <summary>Makes the service key of the configuration valid, and the one that it replaces invalid.</summary>
    private static async Task UseServiceKeyAsync(ICatalog catalog, Account account, string token, CancellationToken cancellationToken)
    {
        AccessKey current = await catalog.AddAccessKeyAsync(
            new AccessKey
            {
                Id = Guid.CreateVersion7(),
                Account = account.Id,
                TokenHash = AccessKey.HashOf(token),
                Right = Right.Service,
                Label = "service key of the configuration",
                CreatedAtMs = catalog.NowMs,
                Source = KeySource.Configured,
            },
            cancellationToken);
        if (current.Account != account.Id || current.Right is not Right.Service)
        {
            throw new ConfigurationException("COFFER_API_KEY is a key of another account or right already; choose another one");
        }

        if (current.RevokedAtMs is not null)
        {
            throw new ConfigurationException("COFFER_API_KEY is a key that was revoked by hand; choose another one");
        }

        foreach (AccessKey key in await catalog.ListAccessKeysAsync(account.Id, cancellationToken))
        {
            if (key.Source is KeySource.Configured && key.RevokedAtMs is null && key.Id != current.Id)
            {
                await catalog.RevokeAccessKeyAsync(key.Id, account.Id, KeySource.Configured, cancellationToken);
            }
        }
    }
}
