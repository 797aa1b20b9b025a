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
