using System.Globalization;
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

    /// <summary>
    /// Key of the default account for what its policies allow to anybody, as a JSON Web Token; null when a person revoked it.
    /// </summary>
    public required string? AnonKey { get; init; }

    /// <summary>Whether the service key was made here rather than configured.</summary>
    public required bool IsApiKeyGenerated { get; init; }

    /// <summary>Whether this is the installation's first start, so that nobody can know yet what it made.</summary>
    public required bool IsFirstStart { get; init; }

    /// <summary>Whether this start made the service key.</summary>
    public required bool IsApiKeyNew { get; init; }

    /// <summary>The key in whose place this start made the service key, because a person had revoked it; null mostly.</summary>
    public Guid? RevokedApiKey { get; private init; }

    public static async Task<InstallationSecrets> SettleAsync(ICatalog catalog, CofferOptions options, CancellationToken cancellationToken)
    {
        bool isFirstStart = await catalog.FindAccountAsync(Account.DefaultName, cancellationToken) is null;
        string signingKey = options.SigningKey ?? await SettledAsync("secret.signing_key", Accounts.NewSecret);
        string operatorKey = options.OperatorKey ?? await SettledAsync("secret.operator_key", AccessKeys.NewToken);
        IReadOnlyList<string> jwtSecrets = options.JwtSecrets is { Count: > 0 } configured
            ? configured
            : [await SettledAsync("secret.jwt", Accounts.NewSecret)];

        Account account = await DefaultAccountAsync(catalog, jwtSecrets, options.JwtKeySet, cancellationToken);
        (string apiKey, bool isApiKeyNew, Guid? revokedApiKey) = options.ApiKey is { } given
            ? (await ConfiguredServiceKeyAsync(catalog, account, given, cancellationToken), false, null)
            : await MadeServiceKeyAsync();
        return new InstallationSecrets
        {
            SigningKey = Encoding.UTF8.GetBytes(signingKey),
            OperatorKey = operatorKey,
            ApiKey = apiKey,
            AnonKey = await AnonKeyAsync(),
            IsApiKeyGenerated = options.ApiKey is null,
            IsFirstStart = isFirstStart,
            IsApiKeyNew = isApiKeyNew,
            RevokedApiKey = isApiKeyNew ? revokedApiKey : null,
        };

        // What is settled stays, so that all nodes agree: in the place of a key that a person revoked comes one of the next name.
        async Task<(string Token, bool IsNew, Guid? Revoked)> MadeServiceKeyAsync()
        {
            Guid? revoked = null;
            for (int n = 1; ; n++)
            {
                string name = n == 1 ? "secret.api_key" : string.Create(CultureInfo.InvariantCulture, $"secret.api_key.{n}");
                bool isNew = await catalog.FindSettingAsync(name, cancellationToken) is null;
                string token = await SettledAsync(name, AccessKeys.NewToken);
                AccessKey key = await UseServiceKeyAsync(catalog, account, token, "service key made by the server", cancellationToken);
                if (key.RevokedAtMs is null)
                {
                    return (token, isNew, revoked);
                }

                revoked = key.Id;
            }
        }

        async Task<string?> AnonKeyAsync()
        {
            string token = await SettledAsync("secret.anon_key", AccessKeys.NewToken);
            AccessKey key = await catalog.AddAccessKeyAsync(
                new AccessKey
                {
                    Id = Guid.CreateVersion7(),
                    Account = account.Id,
                    TokenHash = AccessKey.HashOf(token),
                    Right = Right.Anon,
                    Label = "anon key made by the server",
                    CreatedAtMs = catalog.NowMs,
                    Source = KeySource.Made,
                },
                cancellationToken);
            return key.RevokedAtMs is null ? AccessKeys.WebTokenOf(account, key) : null;
        }

        async Task<string> SettledAsync(string name, Func<string> make) => Encoding.UTF8.GetString(
            await catalog.FindSettingAsync(name, cancellationToken)
            ?? await catalog.SettleAsync(name, Encoding.UTF8.GetBytes(make()), cancellationToken));
    }

    private static async Task<Account> DefaultAccountAsync(
        ICatalog catalog, IReadOnlyList<string> jwtSecrets, string? keySet, CancellationToken cancellationToken)
    {
        var made = new Account { Name = Account.DefaultName, JwtSecrets = jwtSecrets, KeySet = keySet, CreatedAtMs = catalog.NowMs };
        Account account = await catalog.FindAccountAsync(Account.DefaultName, cancellationToken)
            ?? await catalog.AddAccountAsync(made, cancellationToken)
            ?? (await catalog.FindAccountAsync(Account.DefaultName, cancellationToken))!; // another node was faster
        if (account.JwtSecrets?.SequenceEqual(jwtSecrets) is not true || account.KeySet != keySet)
        {
            account = account with { JwtSecrets = jwtSecrets, KeySet = keySet };
            await catalog.UpdateAccountAsync(account, cancellationToken);
        }

        return account;
    }

    private static async Task<string> ConfiguredServiceKeyAsync(
        ICatalog catalog, Account account, string token, CancellationToken cancellationToken)
    {
        AccessKey key = await UseServiceKeyAsync(catalog, account, token, "service key of the configuration", cancellationToken);
        return key.RevokedAtMs is null
            ? token
            : throw new ConfigurationException(
                "the configured service key (COFFER_API_KEY, --api-key or ApiKey in coffer.json) was revoked by hand and stays revoked; "
                + "set another one, for example $(openssl rand -hex 24), or none to have one made");
    }

    /// <summary>Makes this service key valid and the one that it replaces invalid, unless a person has revoked it.</summary>
    /// <returns>The key as it is now.</returns>
    private static async Task<AccessKey> UseServiceKeyAsync(
        ICatalog catalog, Account account, string token, string label, CancellationToken cancellationToken)
    {
        AccessKey current = await catalog.AddAccessKeyAsync(
            new AccessKey
            {
                Id = Guid.CreateVersion7(),
                Account = account.Id,
                TokenHash = AccessKey.HashOf(token),
                Right = Right.Service,
                Label = label,
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
            return current;
        }

        foreach (AccessKey key in await catalog.ListAccessKeysAsync(account.Id, cancellationToken))
        {
            if (key.Source is KeySource.Configured && key.RevokedAtMs is null && key.Id != current.Id)
            {
                await catalog.RevokeAccessKeyAsync(key.Id, account.Id, KeySource.Configured, cancellationToken);
            }
        }

        return current;
    }
}
