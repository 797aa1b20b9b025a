using System.Net;

namespace Coffer.IntegrationTests.Http;

public sealed class ForwardedHeadersTests
{
    [Fact]
    public async Task Nobody_is_believed_by_default()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        string where = await WhereAsync(server, ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "evil.example.com"), ("Forwarded", "for=203.0.113.7;host=evil.example.com;proto=https"));

        Assert.Equal($"{server.Address.GetLeftPart(UriPartial.Authority)} 127.0.0.1", where);
    }

    [Fact]
    public async Task A_trusted_proxy_names_client_scheme_host_and_prefix()
    {
        await using RunningServer server = await TrustingAsync("127.0.0.0/8");

        string where = await WhereAsync(server, ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "files.example.com"), ("X-Forwarded-Prefix", "/store/"));

        Assert.Equal("https://files.example.com/store 203.0.113.7", where);
    }

    [Fact]
    public async Task What_the_client_wrote_before_the_trusted_proxies_does_not_count()
    {
        await using RunningServer server = await TrustingAsync("127.0.0.1", "10.0.0.0/8");

        string where = await WhereAsync(server,
            ("X-Forwarded-For", "1.1.1.1, 203.0.113.7, 10.0.0.5"),
            ("X-Forwarded-Proto", "gopher, https, http"),
            ("X-Forwarded-Host", "evil.example.com, files.example.com, inner"));

        Assert.Equal("https://files.example.com 203.0.113.7", where);
    }

    [Fact]
    public async Task The_standard_header_wins_over_the_others()
    {
        await using RunningServer server = await TrustingAsync("127.0.0.1");

        string where = await WhereAsync(server,
            ("Forwarded", "for=\"[2001:db8::17]:4711\";proto=https;host=\"files.example.com:8443\""),
            ("X-Forwarded-Host", "other.example.com"));

        Assert.Equal("https://files.example.com:8443 2001:db8::17", where);
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "a/../b")]
    [InlineData("X-Forwarded-Host", "a\"b")]
    [InlineData("X-Forwarded-Proto", "javascript")]
    [InlineData("X-Forwarded-Prefix", "//evil.example.com")]
    public async Task Malformed_values_are_passed_over(string name, string value)
    {
        await using RunningServer server = await TrustingAsync("127.0.0.1");

        Assert.Equal(
            $"{server.Address.GetLeftPart(UriPartial.Authority)} 127.0.0.1", await WhereAsync(server, (name, value)));
    }

    [Fact]
    public async Task A_configured_public_url_wins_over_everything()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            static options => options.PublicUrl = "https://public.example.com/base");

        Assert.Equal("https://public.example.com/base 127.0.0.1", await WhereAsync(server));
    }

    private static Task<RunningServer> TrustingAsync(params string[] proxies) => RunningServer.StartAsync(options =>
        options.TrustedProxies = [.. proxies.Select(static proxy =>
            IPNetwork.Parse(proxy.Contains('/', StringComparison.Ordinal) ? proxy : proxy + "/32"))]);

    private static async Task<string> WhereAsync(RunningServer server, params (string Name, string Value)[] headers)
    {
        using HttpClient client = server.Client(HttpVersion.Version11);
        foreach (var (name, value) in headers)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        return await client.GetStringAsync("/v1/where");
    }
}
