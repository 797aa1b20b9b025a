using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task An_account_comes_with_its_bucket()
    {
        Assert.Equal("objects", (await Catalog.FindBucketAsync("objects", None))!.Name);
        Account made = (await Catalog.AddAccountAsync(
            new Account { Name = "team-b", CreatedAtMs = 12, JwtSecrets = ["one", "zwei ü"], IsManaged = true }, None))!;
        Bucket bucket = (await Catalog.FindBucketAsync("objects-team-b", None))!;
        Assert.Equal((made.Id, made.ObjectsBucket), (bucket.Account, bucket.Id));
        foreach (Account? found in (Account?[])[await Catalog.FindAccountAsync("team-b", None), await Catalog.FindAccountAsync(made.Id, None)])
        {
            Assert.Equal(made with { JwtSecrets = null }, found! with { JwtSecrets = null });
            Assert.Equal(["one", "zwei ü"], found.JwtSecrets!);
        }
    }

    [Fact]
    public async Task A_name_that_is_taken_makes_no_account_and_no_bucket()
    {
        Assert.Null(await Catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 1 }, None));
        await AddBucketAsync("objects-blocked");
        Assert.Null(await Catalog.AddAccountAsync(new Account { Name = "blocked", CreatedAtMs = 1 }, None));
        Assert.Null(await Catalog.FindAccountAsync("blocked", None));
        Account?[] racing = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => Catalog.AddAccountAsync(new Account { Name = "raced", CreatedAtMs = 1 }, None))));
        Assert.Single(racing, made => made is not null);
    }

    [Fact]
    public async Task Accounts_are_listed_by_name_and_can_be_changed()
    {
        Account made = await AddAccountAsync("abc");
        await AddAccountAsync("xyz");
        await Catalog.UpdateAccountAsync(made with { JwtSecrets = ["s"], IsManaged = true, Name = "ignored" }, None);
        IReadOnlyList<Account> all = await Catalog.ListAccountsAsync(None);
        Assert.Equal(["abc", "default", "xyz"], all.Select(account => account.Name));
        Assert.True(all[0].IsManaged);
        Assert.Equal(["s"], all[0].JwtSecrets!);
        await Catalog.UpdateAccountAsync(made with { JwtSecrets = ["s"], KeySet = "{}" }, None);
        Assert.Equal("{}", (await Catalog.FindAccountAsync(made.Id, None))!.KeySet);
        await Catalog.UpdateAccountAsync(made with { JwtSecrets = null }, None);
        Assert.Null((await Catalog.FindAccountAsync(made.Id, None))!.KeySet);
        Assert.Null((await Catalog.FindAccountAsync(made.Id, None))!.JwtSecrets);
        Assert.Null(await Catalog.FindAccountAsync("nobody", None));
        Assert.Null(await Catalog.FindAccountAsync(new AccountId(4711), None));
    }

    [Fact]
    public async Task A_key_is_found_by_its_tokens_hash()
    {
        AccessKey key = NewKey("token") with { Label = "laptop", Subject = "someone", Source = KeySource.Bootstrap, Right = Right.Authenticated };
        Assert.Equivalent(key, await Catalog.AddAccessKeyAsync(key, None), strict: true);
        Assert.Equivalent(key, await Catalog.FindAccessKeyAsync(key.TokenHash, None), strict: true);
        Assert.Equivalent(key, await Catalog.FindAccessKeyAsync(key.Id, None), strict: true);
        Assert.Null(await Catalog.FindAccessKeyAsync(AccessKey.HashOf("another"), None));
        Assert.Null(await Catalog.FindAccessKeyAsync(Guid.NewGuid(), None));
        await ReopenAsync();
        Assert.Equivalent(key, await Catalog.FindAccessKeyAsync(key.TokenHash, None), strict: true);
    }

    [Fact]
    public async Task A_token_has_one_key_whoever_adds_it_again()
    {
        AccessKey first = await Catalog.AddAccessKeyAsync(NewKey("token"), None);
        AccessKey again = await Catalog.AddAccessKeyAsync(NewKey("token") with { Label = "other" }, None);
        Assert.Equivalent(first, again, strict: true);
        Assert.Single(await Catalog.ListAccessKeysAsync(Account.Id, None));
    }

    [Fact]
    public async Task A_revocation_is_seen_at_once_and_keeps_its_time()
    {
        Account other = await AddAccountAsync("other");
        AccessKey key = await Catalog.AddAccessKeyAsync(NewKey("token"), None);
        Assert.Null(await Catalog.RevokeAccessKeyAsync(key.Id, other.Id, KeySource.Made, None));
        Assert.Null((await Catalog.FindAccessKeyAsync(key.TokenHash, None))!.RevokedAtMs);
        Assert.Null(await Catalog.RevokeAccessKeyAsync(Guid.NewGuid(), null, KeySource.Made, None));

        AccessKey revoked = (await Catalog.RevokeAccessKeyAsync(key.Id, Account.Id, KeySource.Made, None))!;
        Assert.NotNull(revoked.RevokedAtMs);
        Assert.Equal(revoked.RevokedAtMs, (await Catalog.FindAccessKeyAsync(key.TokenHash, None))!.RevokedAtMs);
        MoveClock(TimeSpan.FromMinutes(1));
        Assert.Equal(revoked.RevokedAtMs, (await Catalog.RevokeAccessKeyAsync(key.Id, null, KeySource.Made, None))!.RevokedAtMs);
        Assert.Equal(revoked.RevokedAtMs, (await Catalog.AddAccessKeyAsync(NewKey("token"), None)).RevokedAtMs);
    }

    [Fact]
    public async Task A_key_that_the_configuration_dropped_lives_again_when_a_part_of_it_adds_it()
    {
        Account other = await AddAccountAsync("other");
        AccessKey listed = NewKey("token") with { Source = KeySource.Bootstrap };
        AccessKey key = await Catalog.AddAccessKeyAsync(listed, None);
        foreach (KeySource source in (KeySource[])[KeySource.Bootstrap, KeySource.Configured, KeySource.Bootstrap])
        {
            await Catalog.RevokeAccessKeyAsync(key.Id, null, source is KeySource.Configured ? KeySource.Bootstrap : source, None);
            Assert.NotNull((await Catalog.AddAccessKeyAsync(NewKey("token"), None)).RevokedAtMs);
            Assert.NotNull((await Catalog.AddAccessKeyAsync(listed with { Account = other.Id }, None)).RevokedAtMs);
            Assert.NotNull((await Catalog.AddAccessKeyAsync(listed with { Right = Right.Anon }, None)).RevokedAtMs);

            AccessKey again = await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = source }, None);
            Assert.Equivalent(key with { Source = source }, again, strict: true);
            Assert.Equivalent(again, await Catalog.FindAccessKeyAsync(key.TokenHash, None), strict: true);
        }
    }

    [Fact]
    public async Task A_listed_key_that_becomes_the_service_key_is_the_configurations()
    {
        AccessKey key = await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = KeySource.Bootstrap }, None);
        await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = KeySource.Configured }, None);
        await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = KeySource.Bootstrap }, None);
        Assert.Equal(KeySource.Configured, (await Catalog.FindAccessKeyAsync(key.TokenHash, None))!.Source);

        AccessKey made = await Catalog.AddAccessKeyAsync(NewKey("by hand"), None);
        Assert.Equal(KeySource.Made, (await Catalog.AddAccessKeyAsync(NewKey("by hand") with { Source = KeySource.Configured }, None)).Source);
        Assert.Equal(KeySource.Made, (await Catalog.FindAccessKeyAsync(made.TokenHash, None))!.Source);
    }

    [Theory]
    [InlineData(KeySource.Bootstrap)]
    [InlineData(KeySource.Configured)]
    public async Task A_key_revoked_by_hand_never_lives_again_also_when_it_had_been_dropped_before(KeySource source)
    {
        AccessKey key = await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = source }, None);
        AccessKey dropped = (await Catalog.RevokeAccessKeyAsync(key.Id, null, source, None))!;
        MoveClock(TimeSpan.FromMinutes(1));

        AccessKey revoked = (await Catalog.RevokeAccessKeyAsync(key.Id, null, KeySource.Made, None))!;

        Assert.Equal((dropped.RevokedAtMs, KeySource.Made), (revoked.RevokedAtMs, revoked.RevokedBy));
        Assert.Equal(KeySource.Made, (await Catalog.RevokeAccessKeyAsync(key.Id, null, source, None))!.RevokedBy);
        Assert.NotNull((await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = KeySource.Bootstrap }, None)).RevokedAtMs);
        Assert.NotNull((await Catalog.AddAccessKeyAsync(NewKey("token") with { Source = KeySource.Configured }, None)).RevokedAtMs);
    }

    [Fact]
    public async Task Keys_are_listed_by_account_in_order_of_their_making()
    {
        Account other = await AddAccountAsync("other");
        for (int n = 0; n < 3; n++)
        {
            await Catalog.AddAccessKeyAsync(NewKey($"mine {n}") with { Label = $"mine {n}", CreatedAtMs = 100 + n }, None);
            await Catalog.AddAccessKeyAsync(NewKey($"theirs {n}") with { Label = $"theirs {n}", CreatedAtMs = 200 - n, Account = other.Id }, None);
        }

        Assert.Equal(["mine 0", "mine 1", "mine 2"], (await Catalog.ListAccessKeysAsync(Account.Id, None)).Select(key => key.Label));
        Assert.Equal(["theirs 2", "theirs 1", "theirs 0"], (await Catalog.ListAccessKeysAsync(other.Id, None)).Select(key => key.Label));
        Assert.Equal(6, (await Catalog.ListAccessKeysAsync(null, None)).Count);
    }

    [Fact]
    public async Task A_setting_is_settled_once_for_everybody()
    {
        Assert.Null(await Catalog.FindSettingAsync("key", None));
        byte[][] settled = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(() => Catalog.SettleAsync("key", [(byte)n], None))));
        Assert.Single(settled.Select(value => value[0]).Distinct());
        Assert.Equal(settled[0], await Catalog.FindSettingAsync("key", None));
        await Catalog.PutSettingAsync("key", [], None);
        Assert.Empty(await Catalog.SettleAsync("key", [9], None));
        await ReopenAsync();
        Assert.Empty((await Catalog.FindSettingAsync("key", None))!);
    }

    [Fact]
    public async Task A_catalog_is_ready_until_it_is_closed()
    {
        Assert.True(await Catalog.IsReadyAsync(None));
        Assert.False(Catalog.Failed.IsCompleted);
        await ReopenAsync();
        Assert.True(await Catalog.IsReadyAsync(None));
    }

    protected AccessKey NewKey(string token) => new()
    {
        Id = Guid.NewGuid(),
        Account = Account.Id,
        TokenHash = AccessKey.HashOf(token),
        Right = Right.Service,
        CreatedAtMs = Catalog.NowMs,
    };
}
