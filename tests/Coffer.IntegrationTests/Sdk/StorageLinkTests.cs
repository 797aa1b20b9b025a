using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Links that the .NET storage client makes, followed by someone without a key.</summary>
public sealed class StorageLinkTests(SharedServer server) : IAsyncLifetime
{
    private readonly string _bucket = $"link-{Guid.NewGuid():N}";
    private CofferClient? _coffer;

    private StorageClient Storage => _coffer!.Storage;

    private BucketFiles Files => Storage.From(_bucket);

    public async ValueTask InitializeAsync()
    {
        _coffer = SdkClient.For(await server.Accounts.NewAsync());
        await Storage.CreateBucketAsync(_bucket);
    }

    public ValueTask DisposeAsync()
    {
        _coffer?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true, "d/a b.txt"), InlineData(false, "d/a b.txt"), InlineData(true, "what?+&=.txt")]
    public async Task A_signed_link_works_for_anyone(bool async, string key)
    {
        await Files.UploadTextAsync(key, "linked");

        string link = await Twin.Run(
            async, () => Files.CreateSignedUrlAsync(key, TimeSpan.FromMinutes(1)), () => Files.CreateSignedUrl(key, TimeSpan.FromMinutes(1)));
        string named = await Files.CreateSignedUrlAsync(key, TimeSpan.FromMinutes(1), new() { Download = "ü 1.txt" });

        Assert.Equal("linked", await Api.Http.GetStringAsync(link));
        using HttpResponseMessage answer = await Api.Http.GetAsync(named);
        Assert.Equal("attachment; filename=%C3%BC%201.txt; filename*=UTF-8''%C3%BC%201.txt", string.Join("", answer.Content.Headers.NonValidated["Content-Disposition"]));
        await Assert.ThrowsAsync<HttpRequestException>(() => Api.Http.GetStringAsync(link.Replace("token=", "token=x", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Of_many_links_a_missing_file_spoils_none(bool async)
    {
        await Files.UploadTextAsync("a b", "linked");
        string[] paths = ["nowhere", "a b"];

        IReadOnlyList<SignedUrlResult> links = await Twin.Run(
            async, () => Files.CreateSignedUrlsAsync(paths, TimeSpan.FromMinutes(1)), () => Files.CreateSignedUrls(paths, TimeSpan.FromMinutes(1)));

        Assert.Equal([("nowhere", true), ("a b", false)], links.Select(link => (link.Path, link.Url is null)));
        Assert.NotNull(links[0].Error);
        Assert.Equal("linked", await Api.Http.GetStringAsync(links[1].Url));
        var error = await Assert.ThrowsAsync<StorageException>(() => Files.CreateSignedUrlAsync("nowhere", TimeSpan.FromMinutes(1)));
        Assert.Equal((404, "NoSuchKey"), (error.StatusCode, error.Code));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Someone_without_a_key_uploads_one_file(bool async)
    {
        using StorageClient anyone = new(new Uri(server.Process.BaseUrl, "storage/v1"));
        BucketFiles theirs = anyone.From(_bucket);

        SignedUploadUrl ticket = await Twin.Run(async, () => Files.CreateSignedUploadUrlAsync("in/a b"), () => Files.CreateSignedUploadUrl("in/a b"));
        StoredFile stored = await Twin.Run(
            async,
            () => theirs.UploadTextToSignedUrlAsync(ticket.Path, ticket.Token, "theirs", new() { Metadata = new() { ["who"] = "anyone" } }),
            () => theirs.UploadTextToSignedUrl(ticket.Path, ticket.Token, "theirs", new() { Metadata = new() { ["who"] = "anyone" } }));

        Assert.Equal("in/a b", stored.Path);
        Assert.Equal("theirs", await Files.DownloadTextAsync("in/a b"));
        Assert.Equal("anyone", (string?)(await Files.InfoAsync("in/a b")).Metadata!["who"]);
        var again = await Assert.ThrowsAsync<StorageException>(() => theirs.UploadTextToSignedUrlAsync(ticket.Path, ticket.Token, "again"));
        Assert.Equal(409, again.StatusCode);
        var elsewhere = await Assert.ThrowsAsync<StorageException>(() => theirs.UploadTextToSignedUrlAsync("in/b", ticket.Token, "b"));
        Assert.Equal("InvalidSignature", elsewhere.Code);
        var forged = await Assert.ThrowsAsync<StorageException>(() => theirs.UploadTextToSignedUrlAsync("in/a b", "nonsense", "b"));
        Assert.Equal("InvalidJWT", forged.Code);
    }

    [Fact]
    public async Task A_public_address_works_while_the_bucket_is_public()
    {
        await Files.UploadTextAsync("d/a b.txt", "public");
        string address = Files.GetPublicUrl("d/a b.txt");
        Assert.Equal(400, (int)(await Api.Http.GetAsync(address)).StatusCode);

        await Storage.UpdateBucketAsync(_bucket, new() { IsPublic = true });
        Assert.Equal("public", await Api.Http.GetStringAsync(address));
        using HttpResponseMessage saved = await Api.Http.GetAsync(Files.GetPublicUrl("d/a b.txt", new() { Download = "" }));
        Assert.StartsWith("attachment", string.Join("", saved.Content.Headers.NonValidated["Content-Disposition"]), StringComparison.Ordinal);

        await Storage.UpdateBucketAsync(_bucket, new() { IsPublic = false });
        Assert.Equal(400, (int)(await Api.Http.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task Who_has_no_right_is_told_so_as_the_API_says_it()
    {
        using StorageClient anyone = new(new Uri(server.Process.BaseUrl, "storage/v1"));

        await Assert.ThrowsAsync<StorageException>(() => anyone.ListBucketsAsync());
        var hidden = await Assert.ThrowsAsync<StorageException>(() => anyone.From(_bucket).DownloadAsync("a"));
        Assert.Equal((404, "NoSuchBucket"), (hidden.StatusCode, hidden.Code));
    }
}
