using System.Text.Json;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;
using Coffer.Policies;
using Coffer.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Coffer.Server.Bootstrap;

/// <summary>
/// Brings the catalog to what the bootstrap file says. Applying it again changes nothing. Keys that it once listed and lists
/// no more are revoked, and policies removed; keys revoked by hand stay revoked; accounts and buckets are never removed, since they
/// hold objects.
/// </summary>
internal sealed class BootstrapApplier(ICatalog catalog, StoreLimits limits, ILogger logger)
{
    /// <exception cref="ConfigurationException">An entry breaks a rule, or clashes with what is there; the message names the file and the entry.</exception>
    public async Task ApplyAsync(BootstrapFile file, CancellationToken cancellationToken)
    {
        try
        {
            await ApplyEntriesAsync(file, cancellationToken);
        }
        catch (ConfigurationException wrong)
        {
            throw new ConfigurationException($"the bootstrap file {file.Path} cannot be applied: {wrong.Message}", wrong);
        }
    }

    private async Task ApplyEntriesAsync(BootstrapFile file, CancellationToken cancellationToken)
    {
        var listed = new HashSet<Guid>();
        foreach (BootstrapAccount entry in file.Accounts)
        {
            Account account = await AccountAsync(entry, cancellationToken);
            foreach ((int index, BootstrapKey key) in entry.Keys.Index())
            {
                listed.Add((await KeyAsync(account, key, $"key {index + 1} of account '{entry.Name}'", cancellationToken)).Id);
            }
        }

        foreach (BootstrapBucket bucket in file.Buckets)
        {
            await BucketAsync(bucket, cancellationToken);
        }

        await PoliciesAsync(file.Policies, cancellationToken);

        foreach (AccessKey key in await catalog.ListAccessKeysAsync(account: null, cancellationToken))
        {
            if (key.Source is KeySource.Bootstrap && key.RevokedAtMs is null && !listed.Contains(key.Id))
            {
                await catalog.RevokeAccessKeyAsync(key.Id, account: null, KeySource.Bootstrap, cancellationToken);
                Log.BootstrapKeyRevoked(logger, key.Id);
            }
        }
    }

    private async Task<Account> AccountAsync(BootstrapAccount entry, CancellationToken cancellationToken)
    {
        string? secret = entry.JwtSecret is { } text ? BootstrapSecret.Resolve(text, $"jwtSecret of account '{entry.Name}'") : null;
        Rule(() => Accounts.CheckName(entry.Name), $"account '{entry.Name}'");
        Rule(() => Accounts.CheckSecret(secret), $"account '{entry.Name}'");
        string? keySet = entry.IsJwksElsewhere ? BootstrapSecret.Resolve(entry.Jwks!, $"jwks of account '{entry.Name}'") : entry.Jwks;
        if (keySet is not null)
        {
            Rule(() => JsonWebKeySet.Parse(keySet), $"jwks of account '{entry.Name}'");
        }

        Account? account = await catalog.FindAccountAsync(entry.Name, cancellationToken);
        if (account is null)
        {
            var made = new Account
            {
                Name = entry.Name,
                JwtSecrets = [secret ?? Accounts.NewSecret()],
                KeySet = keySet,
                CreatedAtMs = catalog.NowMs,
                IsManaged = true,
            };
            return await catalog.AddAccountAsync(made, cancellationToken)
                ?? throw new ConfigurationException($"account '{entry.Name}' cannot be made: a bucket has its name already");
        }

        // An account of the file has the key set of the file; the default account's may come from the configuration.
        keySet ??= entry.Name == Account.DefaultName ? account.KeySet : null;
        if ((secret is not null && account.JwtSecrets?[0] != secret) || account.KeySet != keySet)
        {
            account = account with { JwtSecrets = secret is null ? account.JwtSecrets : [secret], KeySet = keySet };
            await catalog.UpdateAccountAsync(account, cancellationToken);
        }

        return account;
    }

    private async Task<AccessKey> KeyAsync(Account account, BootstrapKey entry, string what, CancellationToken cancellationToken)
    {
        (byte[] hash, bool isShort) = BootstrapSecret.TokenHash(entry.Token, $"the token of {what}");
        if (isShort)
        {
            Log.BootstrapTokenShort(logger, what, AccessKeys.ShortestToken);
        }

        AccessKey key = await catalog.AddAccessKeyAsync(
            new AccessKey
            {
                Id = Guid.CreateVersion7(),
                Account = account.Id,
                TokenHash = hash,
                Right = entry.Right,
                Label = entry.Label,
                Subject = entry.Subject,
                CreatedAtMs = catalog.NowMs,
                Source = KeySource.Bootstrap,
            },
            cancellationToken);
        if (key.Account != account.Id || key.Right != entry.Right)
        {
            throw new ConfigurationException($"the token of {what} is in use already, for another account or right; give it a token of its own");
        }

        if (key.RevokedAtMs is not null)
        {
            Log.BootstrapKeyStaysRevoked(logger, key.Id);
        }

        return key;
    }

    private async Task BucketAsync(BootstrapBucket entry, CancellationToken cancellationToken)
    {
        Account account = await catalog.FindAccountAsync(entry.Account, cancellationToken)
            ?? throw new ConfigurationException($"bucket '{entry.Name}' names the account '{entry.Account}', which does not exist");
        string what = $"bucket '{entry.Name}'";
        IReadOnlyList<string>? allowed = null;
        Rule(() => BucketRules.CheckName(entry.Name), what);
        Rule(() => BucketRules.CheckSizeLimit(entry.FileSizeLimit, limits), what);
        Rule(() => allowed = BucketRules.CheckMediaTypes(entry.AllowedMimeTypes), what);
        long now = catalog.NowMs;
        var wanted = new Bucket
        {
            Account = account.Id,
            Name = entry.Name,
            IsPublic = entry.Public,
            SizeLimitBytes = entry.FileSizeLimit,
            AllowedMediaTypes = allowed,
            CreatedAtMs = now,
            UpdatedAtMs = now,
        };
        Bucket? there = await catalog.FindBucketAsync(entry.Name, cancellationToken);
        if (there is null)
        {
            Rule(() => BucketRules.CheckUnreserved(entry.Name), what);
            there = await catalog.AddBucketAsync(wanted, cancellationToken)
                ?? throw new ConfigurationException($"another bucket of the account '{entry.Account}' is shown as '{entry.Name}' already");
        }

        if (there.Account != account.Id)
        {
            throw new ConfigurationException($"bucket '{entry.Name}' belongs to another account already");
        }

        if (there.IsPublic != wanted.IsPublic || there.SizeLimitBytes != wanted.SizeLimitBytes
            || !(there.AllowedMediaTypes ?? []).SequenceEqual(allowed ?? [], StringComparer.Ordinal))
        {
            await catalog.UpdateBucketAsync(wanted with { Id = there.Id }, cancellationToken);
        }
    }

    /// <summary>Every account gets what is listed for it, and loses what the file once made and lists no more.</summary>
    private async Task PoliciesAsync(IReadOnlyList<BootstrapPolicy> entries, CancellationToken cancellationToken)
    {
        ILookup<string, JsonElement> listed = entries.ToLookup(static entry => entry.Account, static entry => entry.Json, StringComparer.Ordinal);
        var store = new PolicyStore(catalog);
        IReadOnlyList<Account> accounts = await catalog.ListAccountsAsync(cancellationToken);
        if (listed.Select(static policies => policies.Key).FirstOrDefault(name => accounts.All(account => account.Name != name)) is { } missing)
        {
            throw new ConfigurationException($"a policy names the account '{missing}', which does not exist");
        }

        foreach (Account account in accounts)
        {
            IReadOnlyList<Policy> policies = [];
            Rule(() => policies = PolicyReader.ReadList([.. listed[account.Name]]), $"account '{account.Name}'");
            try
            {
                await store.ApplyManagedAsync(account.Id, policies, cancellationToken);
                foreach (string bucket in await store.UnknownBucketsAsync(account.Id, policies, cancellationToken))
                {
                    Log.BootstrapBucketUnknown(logger, account.Name, bucket);
                }
            }
            catch (StoreException refusal) when (refusal.Code is StoreErrorCode.InvalidArgument)
            {
                throw new ConfigurationException($"the policies of account '{account.Name}': {refusal.Message}");
            }
        }
    }

    private static void Rule(Action check, string what)
    {
        try
        {
            check();
        }
        catch (StoreException refusal)
        {
            throw new ConfigurationException($"{what}: {refusal.Message}");
        }
    }
}
