using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Coffer.Server.Configuration;

namespace Coffer.IntegrationTests.Http;

public sealed class TransferLimitsTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_data_route_takes_more_than_the_json_limit(string version)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(Version.Parse(version));
        using var content = new ByteArrayContent(new byte[40_000_000]); // Kestrel's own limit would be 30 MB

        using HttpResponseMessage response = await client.PutAsync("/data/a", content);

        Assert.Equal("40000000", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_data_route_takes_a_trickle_that_the_minimum_rate_would_end()
    {
        // 1 byte each 400 ms is far below 240 bytes a second, which Kestrel asks for after 5 s.
        await using RunningServer server = await RunningServer.StartAsync(Idle(TimeSpan.FromSeconds(6)));
        await using NetworkStream connection = await server.ConnectAsync();
        await connection.WriteAsync("PUT /data/a HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"u8.ToArray());

        for (int i = 0; i < 20; i++)
        {
            await Task.Delay(400);
            await connection.WriteAsync("x"u8.ToArray());
        }

        using var text = new StreamReader(connection, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 200 ", await text.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_falls_silent_is_ended()
    {
        RunningServer server = await RunningServer.StartAsync(Idle(TimeSpan.FromMilliseconds(500)));
        await using NetworkStream connection = await server.ConnectAsync();
        await connection.WriteAsync("PUT /data/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());

        await AssertEndsAsync(connection, TimeSpan.FromSeconds(5));
        await AssertCutAsync(server);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_download_that_nobody_reads_is_ended(string version)
    {
        RunningServer server = await RunningServer.StartAsync(Idle(TimeSpan.FromMilliseconds(500)));
        using (HttpClient client = server.Client(Version.Parse(version)))
        {
            using HttpResponseMessage response = await client.GetAsync(
                "/data/a?pieces=4000", HttpCompletionOption.ResponseHeadersRead);
            await using Stream body = await response.Content.ReadAsStreamAsync();
            await Task.Delay(TimeSpan.FromSeconds(3));

            await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
        }

        await AssertCutAsync(server);
    }

    [Fact]
    public async Task A_download_read_slowly_is_not_ended_while_bytes_move()
    {
        await using RunningServer server = await RunningServer.StartAsync(Idle(TimeSpan.FromSeconds(2)));
        await using NetworkStream connection = await server.ConnectAsync(static socket => socket.ReceiveBufferSize = 16 * 1024);
        await connection.WriteAsync("GET /data/a?pieces=200 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());

        // At this pace the kernel's send buffer takes far longer than the limit to make room for the next piece.
        byte[] buffer = new byte[16 * 1024];
        long slow = 0;
        for (int i = 0; i < 40; i++)
        {
            await Task.Delay(200);
            slow += await connection.ReadAsync(buffer);
        }

        long rest = 0;
        while (await connection.ReadAsync(buffer) is > 0 and var read)
        {
            rest += read;
        }

        Assert.InRange(slow, 1, 40 * buffer.Length);
        Assert.InRange(slow + rest, 200 * TestRoutes.Piece.Length, 200 * TestRoutes.Piece.Length + 1024);
    }

    private static Action<CofferOptions> Idle(TimeSpan limit) => options => options.IdleLimit = limit;

    private static async Task AssertEndsAsync(NetworkStream connection, TimeSpan within)
    {
        byte[] buffer = new byte[1024];
        try
        {
            Assert.Equal(0, await connection.ReadAsync(buffer).AsTask().WaitAsync(within));
        }
        catch (IOException)
        {
            // a reset ends it as well
        }
    }

    private static async Task AssertCutAsync(RunningServer server)
    {
        JsonElement request = Assert.Single(
            await server.StopAndReadLogAsync(), static line => line.GetProperty("event").GetString() == "request");
        Assert.Equal("idle_timeout", request.GetProperty("error").GetString());
        Assert.Equal(499, request.GetProperty("status").GetInt32());
        Assert.InRange(request.GetProperty("ms").GetDouble(), 450, 4000);
    }
}
