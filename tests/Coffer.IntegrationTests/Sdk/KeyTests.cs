using System.Net;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Accounts and keys through the client.</summary>
public sealed class KeyTests(SharedServer server)
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_operator_makes_accounts_and_keys(bool async)
    {
        using CofferClient owner = SdkClient.For(server.Process.Operator);
        AdminClient admin = owner.Admin;
        string name = $"sdk-{Guid.NewGuid():N}";

        AccountView account = await Twin.Run(async, () => admin.CreateAccountAsync(name), () => admin.CreateAccount(name));
        Assert.Equal(name, account.Name);
        Assert.InRange(account.CreatedAtMs, DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds());
        Assert.Contains(await Twin.Run(async, () => admin.ListAccountsAsync(), () => admin.ListAccounts()), found => found.Name == name);
        var twice = await Assert.ThrowsAsync<CofferException>(
            () => Twin.Run(async, () => admin.CreateAccountAsync(name), () => admin.CreateAccount(name)));
        Assert.Equal((HttpStatusCode.Conflict, false), (twice.Status, twice.IsTransient));

        var wanted = new KeyCreateRequest { Account = name, Right = KeyRight.Anon, Label = "reading", Subject = "guest" };
        CreatedKey key = await Twin.Run(async, () => admin.CreateKeyAsync(wanted), () => admin.CreateKey(wanted));
        Assert.Equal((name, KeyRight.Anon, "reading", "guest"), (key.Account, key.Right, key.Label, key.Subject));
        KeyView listed = Assert.Single(await Twin.Run(async, () => admin.ListKeysAsync(name), () => admin.ListKeys(name)));
        Assert.Equal((key.Id, "reading", (long?)null), (listed.Id, listed.Label, listed.RevokedAtMs));

        using CofferClient anon = SdkClient.For(server.Api.WithKey(key.Token));
        var refused = await Assert.ThrowsAsync<CofferException>(() => anon.StorageObjects.UploadFromTextAsync("a", "a"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_revoked_key_opens_nothing_any_more(bool async)
    {
        using CofferClient owner = SdkClient.For(await server.Accounts.NewAsync());
        CreatedKey key = await owner.Admin.CreateKeyAsync(); // a service key of one's own account
        using CofferClient holder = SdkClient.For(server.Api.WithKey(key.Token), options => options.TimeProvider = new ImpatientTime());
        StorageObject stored = await holder.StorageObjects.UploadFromTextAsync("bytes", "a");

        KeyView revoked = await Twin.Run(async, () => owner.Admin.RevokeKeyAsync(key.Id), () => owner.Admin.RevokeKey(key.Id));

        Assert.NotNull(revoked.RevokedAtMs);
        string id = $"revoked-{Guid.NewGuid():N}";
        var refused = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(
            async, () => stored.GetInfoAsync(SdkClient.Traced(id)), () => stored.GetInfo(SdkClient.Traced(id))));
        Assert.Equal((HttpStatusCode.Unauthorized, "not_authenticated"), (refused.Status, refused.Code));
        RequestLine[] lines = await RequestLine.WhenAsync(server.Process, lines => lines.Any(line => line.RequestId == id));
        Assert.Single(lines, line => line.RequestId == id);
        Assert.Equal("bytes", await owner.StorageObjects.FromId(stored.Id).DownloadAsTextAsync());
    }

    [Fact]
    public async Task A_service_key_is_no_operator()
    {
        using CofferClient owner = SdkClient.For(await server.Accounts.NewAsync());

        foreach (Func<Task> call in new Func<Task>[]
        {
            () => owner.Admin.CreateAccountAsync("another-account"), () => owner.Admin.ListAccountsAsync(), () => owner.Admin.ReapAsync(),
            () => owner.Admin.ListKeysAsync("default"), () => owner.Admin.CreateKeyAsync(new() { Account = "default" }),
        })
        {
            var refused = await Assert.ThrowsAsync<CofferException>(call);
            Assert.Equal((HttpStatusCode.Forbidden, "access_denied"), (refused.Status, refused.Code));
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_operator_has_expired_objects_removed_now(bool async)
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        using CofferClient coffer = SdkClient.For(own.Api);
        using CofferClient owner = SdkClient.For(own.Operator);
        StorageObject stored = await coffer.StorageObjects.UploadFromTextAsync("a", "a");
        await coffer.Objects.UpdateAsync(stored.Id, new() { TimeToLive = TimeSpan.FromMilliseconds(100) });
        await Task.Delay(300);

        ReapView reaped = await Twin.Run(async, () => owner.Admin.ReapAsync(), () => owner.Admin.Reap());

        Assert.False(reaped.Holding);
        Assert.InRange(reaped.Removed, 0, 1); // 0 when the server's own round was faster
        Assert.Equal(0, (await coffer.Objects.ListAsync()).TotalCount);
    }
}
