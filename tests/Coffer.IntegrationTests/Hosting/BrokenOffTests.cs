using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>A download of which a part never left is no success in log and metrics; who broke it off is said.</summary>
public sealed class BrokenOffTests
{
    private const int SigInt = 2;
    private const int Size = 40_000_000; // far more than sockets and pipes hold

    [Theory]
    [InlineData("1.1", ""), InlineData("2.0", ""), InlineData("1.1", "bytes=1000-"), InlineData("2.0", "bytes=1000-")]
    public async Task A_reader_that_leaves_early_is_a_499(string version, string range)
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        using (HttpClient client = SlowClient())
        using (HttpResponseMessage response = await BeginAsync(client, server, version, range))
        await using (Stream body = await response.Content.ReadAsStreamAsync())
        {
            await body.ReadExactlyAsync(new byte[100_000]);
        }

        JsonElement line = await DownloadLineAsync(server);
        Assert.Equal((499L, "client_gone"), (line.Number("status")!.Value, line.Text("error")));
        Assert.InRange(line.Number("bytes_out")!.Value, 1, Size - 2000);
        string metrics = (await server.Operator.GetAsync("/metrics")).Text;
        Assert.Contains("coffer_requests_total{operation=\"objects.content\",status=\"499\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("operation=\"objects.content\",status=\"20", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_whose_connection_is_reset_is_a_499()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string url = await LinkAsync(server);
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) })
        {
            await socket.ConnectAsync("127.0.0.1", server.Port);
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET {new Uri(url).PathAndQuery} HTTP/1.1\r\nHost: a\r\n\r\n"));
            await socket.ReceiveAsync(new byte[100_000]);
        }

        JsonElement line = await DownloadLineAsync(server);
        Assert.Equal((499L, "client_gone"), (line.Number("status")!.Value, line.Text("error")));
    }

    [Theory]
    [InlineData("1.1"), InlineData("2.0")]
    public async Task A_transfer_that_the_end_of_the_server_cuts_off_says_so(string version)
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_SHUTDOWN_SECONDS", "1"));
        using HttpClient client = SlowClient();
        using HttpResponseMessage response = await BeginAsync(client, server, version);

        server.Terminate();
        Assert.Equal(0, await server.EndAsync(TimeSpan.FromSeconds(20)));

        JsonElement line = await DownloadLineAsync(server);
        Assert.Equal((499L, "shutting_down"), (line.Number("status")!.Value, line.Text("error")));
    }

    [Fact]
    public async Task A_reader_that_leaves_while_the_server_still_waits_for_it_left_by_itself()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        using (HttpClient client = SlowClient())
        using (HttpResponseMessage response = await BeginAsync(client, server, "1.1"))
        {
            server.Terminate();
            await Task.Delay(500);
        }

        Assert.Equal(0, await server.EndAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("client_gone", (await DownloadLineAsync(server)).Text("error"));
    }

    [Fact]
    public async Task A_second_signal_ends_the_wait_for_transfers()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        using HttpClient client = SlowClient();
        using HttpResponseMessage response = await BeginAsync(client, server, "1.1");

        server.Terminate();
        server.Terminate(); // at once: passed on by somebody else, and no second thought
        await SaysAsync(server, "Waiting up to 30 s for 1 running transfers; another SIGINT or SIGTERM ends them now");
        await Task.Delay(500);
        Assert.False(server.HasEnded);
        server.Terminate();

        Assert.Equal(0, await server.EndAsync(TimeSpan.FromSeconds(15)));
        Assert.Equal("shutting_down", (await DownloadLineAsync(server)).Text("error"));
    }

    [Theory]
    [InlineData("1.1"), InlineData("2.0")]
    public async Task A_second_Ctrl_C_ends_it_at_once_and_in_order(string version)
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup { Wrapper = ["env", "--default-signal=INT"] });
        using HttpClient client = SlowClient();
        using HttpResponseMessage response = await BeginAsync(client, server, version);

        server.Signal(SigInt);
        await SaysAsync(server, "Waiting up to 30 s for 1 running transfers; another SIGINT or SIGTERM ends them now");
        await Task.Delay(1000);
        Assert.False(server.HasEnded);
        var waited = Stopwatch.StartNew();
        server.Signal(SigInt);
        int exitCode = await server.EndAsync(TimeSpan.FromSeconds(25));

        Assert.Equal(0, exitCode); // asked for twice, and done: no failure
        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 10);
        JsonElement line = await DownloadLineAsync(server);
        Assert.Equal((499L, "shutting_down"), (line.Number("status")!.Value, line.Text("error")));
        Assert.All(
            server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            said => Assert.True(JsonSerializer.Deserialize<JsonElement>(said).Text("level") is null or "info", said)); // null for requests
        Assert.DoesNotContain("exception", server.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_that_waits_for_nobody_says_nothing()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        await server.Api.StoreAsync();

        await server.StopAsync();

        Assert.DoesNotContain("Waiting up to", server.Log, StringComparison.Ordinal);
    }

    private static HttpClient SlowClient() =>
        new(new DescribedAnswers(new SocketsHttpHandler { UseProxy = false, InitialHttp2StreamWindowSize = 65_535 }));

    private static async Task<string> LinkAsync(CofferProcess server) => await server.Api.DownloadUrlAsync(
        await server.Api.StoreAsync(Bytes.Random(Size), new { name = "a", content_type = "binary" }));

    /// <summary>A download whose headers have come, and of whose body next to nothing was read.</summary>
    private static async Task<HttpResponseMessage> BeginAsync(HttpClient client, CofferProcess server, string version, string range = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await LinkAsync(server))
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (range.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<JsonElement> DownloadLineAsync(CofferProcess server)
    {
        await RequestLine.WhenAsync(server, lines => lines.Any(line => line.Operation == "objects.content"));
        string line = Assert.Single(server.Log.Split('\n'), line => line.Contains("\"operation\":\"objects.content\"", StringComparison.Ordinal));
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    private static async Task SaysAsync(CofferProcess server, string text)
    {
        for (int i = 0; i < 400 && !server.Log.Contains(text, StringComparison.Ordinal); i++)
        {
            await Task.Delay(25);
        }

        Assert.Contains(text, server.Log, StringComparison.Ordinal);
    }
}
