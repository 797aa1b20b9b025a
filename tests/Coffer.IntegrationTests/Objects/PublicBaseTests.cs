using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Absolute URLs behind proxies and under a configured base.</summary>
public sealed class PublicBaseTests
{
    [Fact]
    public async Task A_configured_base_with_a_prefix_begins_every_url()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_PUBLIC_URL", "https://files.example/base/"));

        CreatedObject created = await server.Api.CreateAsync(new { name = "a", content_type = "text", is_public = true });
        Assert.StartsWith("https://files.example/base/v1/", created.UploadUrl, StringComparison.Ordinal);

        // What a proxy would forward.
        string path = new Uri(created.UploadUrl.Replace("/base/", "/", StringComparison.Ordinal)).PathAndQuery;
        (await server.Api.WithKey(null).SendAsync("PUT", path, new ByteArrayContent([1, 2]))).Expect(200);
        Answer sealedView = (await server.Api.CompleteAsync(created.Id)).Expect(200);
        Assert.StartsWith("https://files.example/base/v1/", sealedView.Json.Text("public_url"), StringComparison.Ordinal);
        Assert.StartsWith("https://files.example/base/v1/", await server.Api.DownloadUrlAsync(created.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_proxy_says_scheme_and_host()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_TRUSTED_PROXIES", "127.0.0.1"));

        Answer created = await server.Api.PostAsync(
            "/v1/objects", new { name = "a", content_type = "text" }, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "files.example"), ("X-Forwarded-For", "192.0.2.7"));

        Assert.StartsWith("https://files.example/v1/", created.Expect(200).Json.Text("upload_url"), StringComparison.Ordinal);
    }
}
