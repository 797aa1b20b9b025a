using System.Net;

namespace Coffer.IntegrationTests.Http;

public sealed class CorsTests
{
    private const string App = "https://app.example.com";

    [Fact]
    public async Task A_preflight_from_a_configured_origin_is_granted()
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.CorsOrigins = [App]);

        using HttpResponseMessage response = await PreflightAsync(server, "/v1/json", "POST", App);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(App, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal("POST", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,content-type", Header(response, "Access-Control-Allow-Headers"));
        Assert.Contains("Origin", Header(response, "Vary"), StringComparison.Ordinal);
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("/v1/json", "https://evil.example.com")]
    [InlineData("/healthz", App)]
    public async Task A_preflight_of_another_origin_or_path_is_not_granted(string path, string origin)
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.CorsOrigins = [App]);

        using HttpResponseMessage response = await PreflightAsync(server, path, path == "/healthz" ? "GET" : "POST", origin);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
        Assert.Null(Header(response, "Access-Control-Allow-Methods"));
    }

    [Fact]
    public async Task Any_page_may_use_a_signed_url()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        using HttpResponseMessage preflight = await PreflightAsync(server, "/data/a", "PUT", "https://anywhere.example.com");
        Assert.Equal("*", Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Equal("PUT", Header(preflight, "Access-Control-Allow-Methods"));

        using HttpClient client = server.Client(HttpVersion.Version11);
        using HttpResponseMessage response = await client.GetAsync("/data/a?pieces=1");
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
        Assert.Contains("ETag", Header(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Errors_can_be_read_by_the_page_too()
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.CorsOrigins = [App]);
        using HttpClient client = server.Client(HttpVersion.Version11);
        client.DefaultRequestHeaders.Add("Origin", App);

        using HttpResponseMessage missing = await client.GetAsync("/v1/nothing");
        using HttpResponseMessage failed = await client.PostAsync("/v1/fail", content: null);

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(App, Header(missing, "Access-Control-Allow-Origin"));
        Assert.Equal(App, Header(failed, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/v1/nothing", "GET", HttpStatusCode.NotFound)]
    [InlineData("/v1/hello", "DELETE", HttpStatusCode.MethodNotAllowed)]
    public async Task A_preflight_for_what_does_not_exist_says_so(string path, string method, HttpStatusCode status)
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.CorsOrigins = [App]);

        using HttpResponseMessage response = await PreflightAsync(server, path, method, App);

        Assert.Equal(status, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> PreflightAsync(
        RunningServer server, string path, string method, string origin)
    {
        using HttpClient client = server.Client(HttpVersion.Version11);
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return await client.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
