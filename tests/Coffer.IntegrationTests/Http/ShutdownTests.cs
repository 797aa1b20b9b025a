using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Coffer.IntegrationTests.Http;

public sealed class ShutdownTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_running_download_gets_its_whole_body(string version)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(Version.Parse(version));
        using HttpResponseMessage response = await client.GetAsync(
            "/data/a?pieces=40&delay=50", HttpCompletionOption.ResponseHeadersRead);

        Task stopping = server.App.StopAsync();
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        await stopping;

        Assert.Equal(40 * TestRoutes.Piece.Length, body.Length);
        Assert.Equal(TestRoutes.Piece, body[^TestRoutes.Piece.Length..]);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task New_connections_are_refused_while_the_last_transfer_runs(string version)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(Version.Parse(version));
        using HttpResponseMessage response = await client.GetAsync(
            "/data/a?pieces=40&delay=50", HttpCompletionOption.ResponseHeadersRead);

        Task stopping = server.App.StopAsync();
        await Task.Delay(300);

        Assert.False(stopping.IsCompleted);
        await Assert.ThrowsAnyAsync<SocketException>(() => server.ConnectAsync());
        await response.Content.ReadAsByteArrayAsync();
        await stopping;
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_transfer_that_outlives_the_grace_is_broken_off(string version)
    {
        await using RunningServer server = await RunningServer.StartAsync(
            static options => options.ShutdownGrace = TimeSpan.FromSeconds(1));
        using HttpClient client = server.Client(Version.Parse(version));
        using HttpResponseMessage response = await client.GetAsync(
            "/data/a?pieces=1000&delay=50", HttpCompletionOption.ResponseHeadersRead);

        var watch = Stopwatch.StartNew();
        Task stopping = server.App.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
        await stopping;

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("P")]
    [InlineData("GET /v1/hel")]
    [InlineData("GET /v1/hello HTTP/1.1\r\nHost: a\r\nx-half: ")]
    [InlineData("GET /v1/hello HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/hel")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0\0\0")]
    public async Task Half_a_request_does_not_hold_the_server_up(string sent)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using NetworkStream half = await server.ConnectAsync();
        await half.WriteAsync(System.Text.Encoding.ASCII.GetBytes(sent));
        await Task.Delay(200);

        await server.App.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Half_a_request_goes_and_a_running_transfer_stays()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(HttpVersion.Version11);
        using HttpResponseMessage response = await client.GetAsync(
            "/data/a?pieces=80&delay=50", HttpCompletionOption.ResponseHeadersRead);
        await using NetworkStream half = await server.ConnectAsync();
        await half.WriteAsync("GET /v1/hel"u8.ToArray());
        await Task.Delay(200);

        Task stopping = server.App.StopAsync();
        await half.CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromSeconds(3)); // an error may come before the end
        Assert.False(stopping.IsCompleted);

        Assert.Equal(80 * TestRoutes.Piece.Length, (await response.Content.ReadAsByteArrayAsync()).Length);
        await stopping.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_request_that_is_on_its_way_is_answered()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using NetworkStream slow = await server.ConnectAsync();
        await slow.WriteAsync("GET /v1/hello HTTP/1.1\r\n"u8.ToArray());
        await Task.Delay(200);

        Task stopping = server.App.StopAsync();
        await Task.Delay(300);
        await slow.WriteAsync("Host: a\r\n\r\n"u8.ToArray());

        using var text = new StreamReader(slow);
        Assert.Contains("hello", await text.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(5)), StringComparison.Ordinal);
        await stopping;
    }

    [Fact]
    public async Task An_answer_that_its_reader_has_not_fetched_yet_still_arrives()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using NetworkStream slow = await server.ConnectAsync(static socket => socket.ReceiveBufferSize = 4096);
        await slow.WriteAsync("GET /data/a?pieces=2 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await Task.Delay(300);

        Task stopping = server.App.StopAsync();
        await Task.Delay(2000);
        long received = 0;
        byte[] buffer = new byte[4096];
        while (await slow.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(5)) is > 0 and var read)
        {
            received += read;
        }

        Assert.InRange(received, 2 * TestRoutes.Piece.Length, 2 * TestRoutes.Piece.Length + 1024);
        await stopping;
    }

    [Fact]
    public async Task Idle_and_silent_connections_do_not_hold_the_server_up()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            static options => options.SilenceLimit = TimeSpan.FromMinutes(1));
        using HttpClient http1 = server.Client(HttpVersion.Version11);
        using HttpClient http2 = server.Client(HttpVersion.Version20);
        await http1.GetStringAsync("/v1/hello");
        await http2.GetStringAsync("/v1/hello");
        await using NetworkStream silent = await server.ConnectAsync();
        await Task.Delay(100);

        await server.App.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));
    }
}
