using System.Buffers;
using System.Text.Json;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Http;
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
    /// <exception cref="ConfigurationException">An entry breaks a rule, or clashes with what is there.</exception>
    public async Task ApplyAsync(BootstrapFile file, CancellationToken cancellationToken)
    {
        var listed = new HashSet<Guid>();
        foreach (BootstrapAccount entry in file.Accounts)
        {
            Account account = await AccountAsync(entry, cancellationToken);
            foreach ((int index, BootstrapKey key) in (entry.Keys ?? []).Index())
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
        string? keySet = entry.Jwks switch
        {
            { ValueKind: JsonValueKind.String } named => BootstrapSecret.Resolve(TextOf(named, $"jwks of account '{entry.Name}'"), $"jwks of account '{entry.Name}'"),
            { ValueKind: JsonValueKind.Object } given => given.GetRawText(),
            _ => null,
        };
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
        if (entry.Right is Right.Operator)
        {
            throw new ConfigurationException($"{what} has the right operator, which no account's key has; set COFFER_OPERATOR_KEY");
        }

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
        Rule(() => allowed = BucketRules.CheckMediaTypes([.. (entry.AllowedMimeTypes ?? []).OfType<string>()]), what);
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
    private async Task PoliciesAsync(IReadOnlyList<JsonElement> entries, CancellationToken cancellationToken)
    {
        var listed = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        foreach ((int index, JsonElement entry) in entries.Index())
        {
            string what = $"policy {index + 1}";
            (string name, JsonElement policy) = SplitPolicy(entry, what);
            Rule(() => PolicyReader.ReadList([policy]), what);
            if (!listed.TryGetValue(name, out List<JsonElement>? ofAccount))
            {
                listed.Add(name, ofAccount = []);
            }

            ofAccount.Add(policy);
        }

        var store = new PolicyStore(catalog);
        IReadOnlyList<Account> accounts = await catalog.ListAccountsAsync(cancellationToken);
        if (listed.Keys.FirstOrDefault(name => accounts.All(account => account.Name != name)) is { } missing)
        {
            throw new ConfigurationException($"a policy in the bootstrap file names the account '{missing}', which does not exist");
        }

        foreach (Account account in accounts)
        {
            IReadOnlyList<Policy> policies = [];
            Rule(() => policies = PolicyReader.ReadList(listed.GetValueOrDefault(account.Name) ?? []), $"account '{account.Name}'");
            try
            {
                await store.ApplyManagedAsync(account.Id, policies, cancellationToken);
            }
            catch (StoreException refusal) when (refusal.Code is StoreErrorCode.InvalidArgument)
            {
                throw new ConfigurationException($"the policies of account '{account.Name}' in the bootstrap file: {refusal.Message}");
            }
        }
    }

    private static (string Account, JsonElement Policy) SplitPolicy(JsonElement entry, string what)
    {
        try
        {
            return AccountAndPolicy(entry, what);
        }
        catch (InvalidOperationException) // what the reader says of half a character
        {
            throw new ConfigurationException($"{what} in the bootstrap file is not well-formed Unicode");
        }
    }

    private static (string Account, JsonElement Policy) AccountAndPolicy(JsonElement entry, string what)
    {
        if (entry.ValueKind is not JsonValueKind.Object)
        {
            throw new ConfigurationException($"{what} in the bootstrap file is not an object");
        }

        string account = Account.DefaultName;
        var rest = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(rest))
        {
            json.WriteStartObject();
            foreach (JsonProperty member in entry.EnumerateObject())
            {
                if (!member.NameEquals("account"u8))
                {
                    member.WriteTo(json);
                }
                else
                {
                    account = member.Value.ValueKind is JsonValueKind.String
                        ? member.Value.GetString()!
                        : throw new ConfigurationException($"{what} in the bootstrap file: account is not a text");
                }
            }

            json.WriteEndObject();
        }

        return (account, JsonElement.Parse(rest.WrittenSpan));
    }

    private static string TextOf(JsonElement json, string what)
    {
        string text = "";
        Rule(() => text = JsonBody.TextOf(json, "the text"), what);
        return text;
    }

    private static void Rule(Action check, string what)
    {
        try
        {
            check();
        }
        catch (StoreException refusal)
        {
            throw new ConfigurationException($"{what} in the bootstrap file: {refusal.Message}");
        }
    }
}
