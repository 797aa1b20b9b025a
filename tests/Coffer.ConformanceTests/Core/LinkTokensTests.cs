using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog.Sqlite;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Core;

/// <summary>Tokens of signed URLs: what they open, and that they open nothing else.</summary>
public sealed class LinkTokensTests : IAsyncLifetime
{
    private const string Secret = "a secret of the default account, long enough";
    private static readonly ObjectAddress Address = new("pics", "a folder/ü?#.png");
    private SmallStore _store = null!;
    private LinkTokens _links = null!;
    private AccountId _own;

    private static CancellationToken None => CancellationToken.None;

    private SqliteCatalog Catalog => _store.Catalog;

    private long Soon => ((Catalog.NowMs / 1000) + 60) * 1000;

    public async ValueTask InitializeAsync()
    {
        _store = await SmallStore.OpenAsync();
        Account account = (await Catalog.FindAccountAsync(Account.DefaultName, None))! with { JwtSecrets = [Secret] };
        await Catalog.UpdateAccountAsync(account, None);
        Account other = (await Catalog.AddAccountAsync(
            new Account { Name = "other", JwtSecrets = ["a secret of the other account, long enough."], CreatedAtMs = Catalog.NowMs }, None))!;
        _own = account.Id;
        await AddBucketAsync("pics", account.Id);
        await AddBucketAsync("theirs", other.Id);
        _links = new LinkTokens(Catalog);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_download_token_opens_its_object()
    {
        string token = await SignDownloadAsync(Soon);

        DownloadLink link = await _links.VerifyDownloadAsync(token, Address, None);

        Assert.Equal((Address, Soon), (link.Address, link.ExpiresAtMs));
    }

    [Theory]
    [InlineData(null, false), InlineData("someone", true)]
    public async Task An_upload_token_says_owner_and_whether_to_replace(string? owner, bool upsert)
    {
        string token = await _links.SignUploadAsync(Of(owner), Address, upsert, Soon, None);

        foreach (ObjectAddress? asked in new ObjectAddress?[] { Address, null })
        {
            UploadLink link = await _links.VerifyUploadAsync(token, asked, None);
            Assert.Equal((Address, owner, upsert), (link.Address, link.Owner, link.Upsert));
        }
    }

    [Fact]
    public async Task A_path_that_a_client_encoded_twice_is_understood()
    {
        string token = await SignDownloadAsync(Soon);

        DownloadLink link = await _links.VerifyDownloadAsync(token, Address with { Key = Uri.EscapeDataString(Address.Key) }, None);

        Assert.Equal(Address, link.Address);
    }

    [Theory]
    [InlineData("pics", "another key"), InlineData("pics", "a folder"), InlineData("theirs", "a folder/ü?#.png"), InlineData("nowhere", "a folder/ü?#.png")]
    public async Task It_opens_no_other_object(string bucket, string key)
    {
        string down = await SignDownloadAsync(Soon), up = await _links.SignUploadAsync(Of(null), Address, false, Soon, None);
        var elsewhere = new ObjectAddress(bucket, key);

        await Refused(() => _links.VerifyDownloadAsync(down, elsewhere, None), StoreErrorCode.SignatureInvalid, StoreErrorCode.TokenInvalid);
        await Refused(() => _links.VerifyUploadAsync(up, elsewhere, None), StoreErrorCode.SignatureInvalid, StoreErrorCode.TokenInvalid);
    }

    [Fact]
    public async Task Each_use_has_its_own()
    {
        string down = await SignDownloadAsync(Soon), up = await _links.SignUploadAsync(Of(null), Address, false, Soon, None);

        Assert.Equal("Token is not scoped for upload", await Refused(() => _links.VerifyUploadAsync(down, Address, None), StoreErrorCode.SignatureInvalid));
        Assert.Equal("Token is not scoped for download", await Refused(() => _links.VerifyDownloadAsync(up, Address, None), StoreErrorCode.SignatureInvalid));
    }

    [Fact]
    public async Task Tokens_of_older_servers_without_a_scope_are_taken_by_what_they_say_of_replacing()
    {
        string url = Address.ToString();
        string down = Tokens.Hs256(Secret, new { url }), up = Tokens.Hs256(Secret, new { url, upsert = true, owner = "" });

        Assert.Equal(long.MaxValue, (await _links.VerifyDownloadAsync(down, Address, None)).ExpiresAtMs);
        Assert.True((await _links.VerifyUploadAsync(up, Address, None)).Upsert);
        await Refused(() => _links.VerifyDownloadAsync(up, Address, None), StoreErrorCode.SignatureInvalid);
        await Refused(() => _links.VerifyUploadAsync(down, Address, None), StoreErrorCode.SignatureInvalid);
    }

    [Fact]
    public async Task Sessions_and_forgeries_open_nothing()
    {
        string session = Tokens.Hs256(Secret, new { role = "service_role", sub = "a" });
        string forged = Tokens.Hs256("a secret that nobody here has, long enough", new { url = Address.ToString(), scope = "download" });
        string theirs = Tokens.Hs256("a secret of the other account, long enough.", new { url = Address.ToString(), scope = "download" });
        string expired = await SignDownloadAsync(Catalog.NowMs - 1000);

        await Refused(() => _links.VerifyDownloadAsync(session, Address, None), StoreErrorCode.SignatureInvalid);
        Assert.Equal("signature verification failed", await Refused(() => _links.VerifyDownloadAsync(forged, Address, None), StoreErrorCode.TokenInvalid));
        Assert.Equal("signature verification failed", await Refused(() => _links.VerifyDownloadAsync(theirs, Address, None), StoreErrorCode.TokenInvalid));
        Assert.Equal(
            "\"exp\" claim timestamp check failed", await Refused(() => _links.VerifyDownloadAsync(expired, Address, None), StoreErrorCode.TokenInvalid));
        Assert.Equal("Invalid Compact JWS", await Refused(() => _links.VerifyDownloadAsync("", Address, None), StoreErrorCode.TokenInvalid));
    }

    [Fact]
    public async Task Who_has_the_bucket_by_the_time_of_signing_gives_nobody_else_a_link()
    {
        Bucket mine = (await Catalog.FindBucketAsync("pics", None))!;
        await Catalog.DeleteBucketAsync(mine.Id, None);
        await AddBucketAsync("pics", (await Catalog.FindBucketAsync("theirs", None))!.Account);

        string down = await SignDownloadAsync(Soon), up = await _links.SignUploadAsync(Of(null), Address, true, Soon, None);

        await Refused(() => _links.VerifyDownloadAsync(down, Address, None), StoreErrorCode.TokenInvalid);
        await Refused(() => _links.VerifyUploadAsync(up, Address, None), StoreErrorCode.TokenInvalid);
    }

    [Fact]
    public async Task Who_has_no_account_signs_nothing() =>
        await Refused(() => _links.SignDownloadsAsync(Caller.Nobody, [Address], Soon, None), StoreErrorCode.AccessDenied);

    private Caller Of(string? subject) => Caller.Service(_own) with { Subject = subject };

    private async Task<string> SignDownloadAsync(long expiresAtMs) =>
        (await _links.SignDownloadsAsync(Of(null), [Address], expiresAtMs, None))[0];

    private static async Task<string> Refused<T>(Func<ValueTask<T>> call, params StoreErrorCode[] codes)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(async () => await call());
        Assert.Contains(refused.Code, codes);
        return refused.Message;
    }

    private async Task AddBucketAsync(string name, AccountId account) => Assert.NotNull(await Catalog.AddBucketAsync(
        new Bucket { Account = account, Name = name, CreatedAtMs = Catalog.NowMs, UpdatedAtMs = Catalog.NowMs }, None));
}
