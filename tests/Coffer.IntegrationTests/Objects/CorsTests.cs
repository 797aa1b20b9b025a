using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Pages of other origins may use signed URLs, and the API only where it was allowed.</summary>
public sealed class CorsTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData("PUT"), InlineData("GET"), InlineData("HEAD")]
    public async Task A_preflight_of_a_signed_url_is_allowed_from_anywhere(string method)
    {
        CreatedObject created = await _api.CreateAsync();

        Answer answer = await _api.SendAsync("OPTIONS", created.UploadUrl, headers:
        [
            ("Origin", "https://app.example"), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type,range"),
        ]);

        Assert.InRange((int)answer.Status, 200, 204);
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Contains(method, answer.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("content-type", answer.Header("Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task A_preflight_that_asks_for_a_header_that_cannot_be_is_not_granted_it()
    {
        await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);

        await raw.SendAsync(
            "OPTIONS /v1/objects/obj_x/content HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: https://app.example\r\n"
            + "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-größe\r\n\r\n");
        Answer answer = (await raw.AnswerAsync()).Expect(204);

        Assert.Equal("PUT", answer.Header("Access-Control-Allow-Methods"));
        Assert.Null(answer.Header("Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task A_page_may_read_bytes_and_errors_of_signed_urls()
    {
        CreatedObject created = await _api.CreateAsync();
        Answer put = await _api.SendAsync("PUT", created.UploadUrl, new ByteArrayContent([1]), [("Origin", "https://app.example")]);
        Assert.Equal("*", put.Expect(200).Header("Access-Control-Allow-Origin"));
        (await _api.CompleteAsync(created.Id)).Expect(200);

        Answer get = await _api.GetAsync(await _api.DownloadUrlAsync(created.Id), ("Origin", "https://app.example"), ("Range", "bytes=0-0"));
        Assert.Equal("*", get.Expect(206).Header("Access-Control-Allow-Origin"));
        Assert.Contains("ETag", get.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Contains("Content-Range", get.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);

        Answer forged = await _api.GetAsync($"{await _api.DownloadUrlAsync(created.Id)}x", ("Origin", "https://app.example"));
        Assert.Equal("*", forged.Expect(403).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_API_is_closed_to_pages_unless_their_origin_was_configured()
    {
        Answer answer = await _api.GetAsync("/v1/objects?limit=1", ("Origin", "https://app.example"));

        Assert.Null(answer.Expect(200).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_configured_origin_may_use_the_API_and_others_may_not()
    {
        await using CofferProcess own = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_CORS_ORIGINS", "https://app.example"));

        Answer preflight = await own.Api.SendAsync("OPTIONS", "/v1/objects", headers:
            [("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization")]);
        Assert.Equal("https://app.example", preflight.Header("Access-Control-Allow-Origin"));
        Assert.Contains("POST", preflight.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);

        Assert.Equal("https://app.example", (await own.Api.GetAsync("/v1/objects", ("Origin", "https://app.example"))).Header("Access-Control-Allow-Origin"));
        Assert.Null((await own.Api.GetAsync("/v1/objects", ("Origin", "https://evil.example"))).Header("Access-Control-Allow-Origin"));
    }
}
