using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Coffer.Server.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.IntegrationTests.Http;

public sealed class OperationsTests
{
    private const string OperatorKey = "operator-key-of-the-tests";

    [Fact]
    public async Task Healthz_answers_ok()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(HttpVersion.Version11);

        Assert.Equal("ok", await client.GetStringAsync("/healthz"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readyz_names_the_part_at_fault_and_nothing_else(bool throws)
    {
        await using RunningServer server = await RunningServer.StartAsync(addServices: services =>
        {
            services.AddSingleton(new ReadinessCheck("catalog", static _ => ValueTask.FromResult(true)));
            services.AddSingleton(new ReadinessCheck("blob store", _ => throws
                ? throw new IOException("/var/lib/coffer is read-only")
                : ValueTask.FromResult(false)));
        });
        using HttpClient client = server.Client(HttpVersion.Version11);

        using HttpResponseMessage response = await client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(
            """{"message":"The blob store does not answer.","code":"not_ready"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Readyz_answers_200_when_all_parts_work()
    {
        await using RunningServer server = await RunningServer.StartAsync(addServices: static services =>
            services.AddSingleton(new ReadinessCheck("catalog", static _ => ValueTask.FromResult(true))));
        using HttpClient client = server.Client(HttpVersion.Version11);

        Assert.Equal("ready", await client.GetStringAsync("/readyz"));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("not-the-operator-key", HttpStatusCode.Unauthorized)]
    [InlineData(OperatorKey, HttpStatusCode.OK)]
    public async Task Metrics_are_for_operators(string? key, HttpStatusCode status)
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.OperatorKey = OperatorKey);
        using HttpClient client = server.Client(HttpVersion.Version11);
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);

        using HttpResponseMessage response = await client.GetAsync("/metrics");

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example.com", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "rebound.example.com", HttpStatusCode.Unauthorized)]
    [InlineData("X-Forwarded-For", "203.0.113.7", HttpStatusCode.Unauthorized)]
    public async Task Open_to_loopback_means_programs_of_this_machine(string? header, string? value, HttpStatusCode status)
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.AdminOpenOnLoopback = true);
        using HttpClient client = server.Client(HttpVersion.Version11);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (header is not null)
        {
            request.Headers.Add(header, value);
        }

        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-FORWARDED-HOST", "127.0.0.1:8484")]
    [InlineData("Forwarded", "host=localhost")]
    [InlineData("X-Forwarded-Proto", "http")]
    public async Task A_page_cannot_make_up_the_host_that_a_trusted_proxy_would_tell(string header, string value)
    {
        await using RunningServer server = await RunningServer.StartAsync(static options =>
        {
            options.AdminOpenOnLoopback = true;
            options.TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")];
        });
        using HttpClient client = server.Client(HttpVersion.Version11);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = "evil.example.com" } };
        request.Headers.Add(header, value);

        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Metrics_count_requests_bytes_and_what_engines_publish()
    {
        await using RunningServer server = await RunningServer.StartAsync(static options => options.AdminOpenOnLoopback = true);
        using var meter = new Meter("Coffer.Tests");
        meter.CreateCounter<long>("coffer.tests.moved").Add(3);
        using HttpClient client = server.Client(HttpVersion.Version11);
        await client.GetStringAsync("/v1/hello");
        await client.GetByteArrayAsync("/data/a?pieces=2");
        using var content = new ByteArrayContent(new byte[1000]);
        using HttpResponseMessage put = await client.PutAsync("/data/a", content);
        using HttpResponseMessage missing = await client.GetAsync("/v1/made-up-by-a-client");

        string text = await client.GetStringAsync("/metrics");

        Assert.Contains("coffer_requests_total{operation=\"test.hello\",status=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_requests_total{operation=\"none\",status=\"404\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_request_seconds_count{operation=\"test.hello\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_bytes_in_total 1000\n", text, StringComparison.Ordinal);
        Assert.Contains("coffer_tests_moved_total 3\n", text, StringComparison.Ordinal);
        long out_ = long.Parse(text.Split("\ncoffer_bytes_out_total ")[1].Split('\n')[0]);
        Assert.InRange(out_, 2 * TestRoutes.Piece.Length + 5 + 4, 2 * TestRoutes.Piece.Length + 200);
    }

    [Fact]
    public async Task The_log_has_one_line_for_each_request_and_no_secret()
    {
        RunningServer server = await RunningServer.StartAsync();
        using (HttpClient client = server.Client(HttpVersion.Version20))
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "canary-token");
            await client.GetStringAsync("/v1/hello?signature=canary-signature");
            using var content = new ByteArrayContent(new byte[10]);
            using HttpResponseMessage put = await client.PutAsync("/data/b%2Fc?token=canary-signature", content);
        }

        var log = await server.StopAndReadLogAsync();
        var requests = log.Where(static line => line.GetProperty("event").GetString() == "request").ToList();
        Assert.DoesNotContain("canary", server.LogText(), StringComparison.Ordinal);
        Assert.Equal(2, requests.Count);
        JsonElement hello = requests[0];
        Assert.Equal("GET", hello.GetProperty("method").GetString());
        Assert.Equal("/v1/hello", hello.GetProperty("path").GetString());
        Assert.Equal("test.hello", hello.GetProperty("operation").GetString());
        Assert.Equal(200, hello.GetProperty("status").GetInt32());
        Assert.Equal(5, hello.GetProperty("bytes_out").GetInt32());
        Assert.Equal("acct_test", hello.GetProperty("account").GetString());
        Assert.Equal("HTTP/2", hello.GetProperty("protocol").GetString());
        Assert.Equal("/data/b%2Fc", requests[1].GetProperty("path").GetString());
        Assert.Equal(10, requests[1].GetProperty("bytes_in").GetInt32());
    }

    [Theory]
    [InlineData("/v1/raw/a%2Fb/../c%252F?x=1&y", "/v1/raw/a%2Fb/../c%252F x=1&y")]
    [InlineData("http://host/v1/raw/a?x", "/v1/raw/a x")]
    public async Task The_raw_target_is_what_was_sent(string target, string expected)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {target} HTTP/1.0\r\nHost: host\r\n\r\n"));

        using var text = new StreamReader(connection);
        Assert.EndsWith("\r\n\r\n" + expected, await text.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
