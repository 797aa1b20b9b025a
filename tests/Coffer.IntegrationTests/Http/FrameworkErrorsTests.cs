using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Coffer.IntegrationTests.Http;

public sealed class FrameworkErrorsTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_unknown_path_answers_404_in_json(string version)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(Version.Parse(version));

        using HttpResponseMessage response = await client.GetAsync("/_stainless_unknown_path");

        await AssertErrorAsync(response, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_root_says_where_the_routes_are_described()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(HttpVersion.Version11);

        using HttpResponseMessage response = await client.GetAsync("/");

        await AssertErrorAsync(response, HttpStatusCode.NotFound, "not_found");
        Assert.Contains("/openapi/v1.json", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_path_is_unknown_however_large_the_body()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(HttpVersion.Version11);
        using var content = new ByteArrayContent(new byte[3_000_000]);

        using HttpResponseMessage response = await client.PutAsync("/v2/nothing", content);

        await AssertErrorAsync(response, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_known_path_under_another_method_answers_405_with_the_methods_it_has()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(HttpVersion.Version11);

        using HttpResponseMessage response = await client.DeleteAsync("/v1/hello");

        await AssertErrorAsync(response, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Ten_megabytes_of_json_answer_413(string version, bool chunked)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(Version.Parse(version));
        using var content = new StringContent($"{{\"name\":\"{new string('a', 10_000_000)}\"}}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/json") { Content = content };
        if (chunked)
        {
            content.Headers.ContentLength = null;
            request.Headers.TransferEncodingChunked = version == "1.1";
        }

        using HttpResponseMessage response = await client.SendAsync(request);

        await AssertErrorAsync(response, HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task A_failure_answers_500_without_internals_and_is_logged_once_with_the_request_id()
    {
        RunningServer server = await RunningServer.StartAsync();
        string requestId;
        using (HttpClient client = server.Client(HttpVersion.Version11))
        using (HttpResponseMessage response = await client.PostAsync("/v1/fail", content: null))
        {
            await AssertErrorAsync(response, HttpStatusCode.InternalServerError, "internal_error");
            string body = await response.Content.ReadAsStringAsync();
            Assert.DoesNotContain("secret inside", body, StringComparison.Ordinal);
            requestId = response.Headers.GetValues("x-request-id").Single();
            Assert.Contains(requestId, body, StringComparison.Ordinal);
        }

        var log = await server.StopAndReadLogAsync();
        JsonElement failure = Assert.Single(log, static line => line.TryGetProperty("exception", out _));
        Assert.Equal("error", failure.GetProperty("level").GetString());
        Assert.Contains("the secret inside", failure.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Equal(requestId, failure.GetProperty("values").GetProperty("RequestId").GetString());
        JsonElement request = Assert.Single(log, static line => line.GetProperty("event").GetString() == "request");
        Assert.Equal(500, request.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_away_is_no_error_in_the_log(bool byReset)
    {
        RunningServer server = await RunningServer.StartAsync();
        await using (NetworkStream connection = await server.ConnectAsync())
        {
            await connection.WriteAsync("PUT /data/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());
            await Task.Delay(200);
            if (byReset)
            {
                connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
                connection.Socket.Dispose();
            }
        }

        await Task.Delay(200);
        var log = await server.StopAndReadLogAsync();
        JsonElement request = Assert.Single(log, static line => line.GetProperty("event").GetString() == "request");
        Assert.Equal(499, request.GetProperty("status").GetInt32());
        Assert.Equal("client_gone", request.GetProperty("error").GetString());
        Assert.DoesNotContain(log, static line => line.TryGetProperty("exception", out _));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_transfer_whose_handler_notices_that_nobody_reads_it_is_no_success(string version)
    {
        RunningServer server = await RunningServer.StartAsync();
        using (HttpClient client = server.Client(Version.Parse(version)))
        using (HttpResponseMessage response = await client.GetAsync("/data/a/endless", HttpCompletionOption.ResponseHeadersRead))
        await using (Stream body = await response.Content.ReadAsStreamAsync())
        {
            await body.ReadExactlyAsync(new byte[100_000]);
        }

        JsonElement request = Assert.Single(
            await server.StopAndReadLogAsync(), static line => line.GetProperty("event").GetString() == "request");
        Assert.Equal(499, request.GetProperty("status").GetInt32());
        Assert.Equal("client_gone", request.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_answer_that_ends_before_its_length_is_no_success(string version)
    {
        RunningServer server = await RunningServer.StartAsync();
        using (HttpClient client = server.Client(Version.Parse(version)))
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync("/data/a/half"));
        }

        JsonElement request = Assert.Single(
            await server.StopAndReadLogAsync(), static line => line.GetProperty("event").GetString() == "request");
        Assert.Equal(500, request.GetProperty("status").GetInt32());
        Assert.Equal("internal_error", request.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("stainless-node-retry-1", true)]
    [InlineData("two words", true)]
    [InlineData("", false)]
    [InlineData("nörgel", false)]
    public async Task A_request_id_is_echoed_when_it_can_be_a_header_and_made_otherwise(string sent, bool echoed)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using NetworkStream connection = await server.ConnectAsync();
        await connection.WriteAsync(Encoding.UTF8.GetBytes(
            $"GET /v1/hello HTTP/1.1\r\nHost: a\r\nx-request-id: {sent}\r\nConnection: close\r\n\r\n"));

        using var text = new StreamReader(connection);
        string answer = await text.ReadToEndAsync();

        string id = answer.Split("x-request-id: ")[1].Split("\r\n")[0];
        Assert.Equal(echoed, id == sent);
        Assert.NotEmpty(id);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["message", "code"], body.EnumerateObject().Select(static property => property.Name));
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.NotEmpty(body.GetProperty("message").GetString()!);
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }
}
