using System.Net;
using System.Net.Sockets;
using System.Text;
using Coffer.Server;

namespace Coffer.IntegrationTests.Http;

public sealed class CleartextProtocolsTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task One_cleartext_port_answers_in_the_version_asked_for(string version)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpClient client = server.Client(Version.Parse(version));

        using HttpResponseMessage response = await client.GetAsync("/v1/hello");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Version.Parse(version), response.Version);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(11)]
    public async Task A_preface_split_over_reads_is_still_http2(int firstBytes)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using NetworkStream connection = await server.ConnectAsync(static socket => socket.NoDelay = true);
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x4\0\0\0\0\0"u8.ToArray();

        foreach (byte[] part in new[] { preface[..firstBytes], preface[firstBytes..] })
        {
            await connection.WriteAsync(part);
            await Task.Delay(100);
        }

        // The server's own SETTINGS frame: type 4 on stream 0.
        byte[] frame = new byte[9];
        await connection.ReadExactlyAsync(frame).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(4, frame[3]);
        Assert.Equal(new byte[4], frame[5..]);
    }

    [Fact]
    public async Task A_request_sent_byte_by_byte_is_served_as_http1()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using NetworkStream connection = await server.ConnectAsync(static socket => socket.NoDelay = true);

        // PRI is no preface, and P is how POST begins.
        foreach (byte letter in "PRI /v1/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray())
        {
            await connection.WriteAsync(new[] { letter });
            await Task.Yield();
        }

        Assert.StartsWith("HTTP/1.1 405 ", await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GE")]
    public async Task A_connection_silent_at_first_is_served_as_http1(string first)
    {
        await using RunningServer server = await RunningServer.StartAsync(
            static options => options.SilenceLimit = TimeSpan.FromMilliseconds(100));
        await using NetworkStream connection = await server.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(first));
        await Task.Delay(400);

        string request = "GET /v1/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"[first.Length..];
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request));

        Assert.EndsWith("hello\r\n0\r\n\r\n", await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preface_begun_before_the_silence_ended_is_no_longer_http2()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            static options => options.SilenceLimit = TimeSpan.FromMilliseconds(100));
        await using NetworkStream connection = await server.ConnectAsync();
        await connection.WriteAsync("PRI * HT"u8.ToArray());
        await Task.Delay(400);
        await connection.WriteAsync("TP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());

        // Kestrel's HTTP/1.1 endpoint knows the preface and says GOAWAY (frame type 7) with HTTP_1_1_REQUIRED.
        byte[] frame = new byte[17];
        await connection.ReadExactlyAsync(frame).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(7, frame[3]);
        Assert.Equal(0x0d, frame[16]);
    }

    [Fact]
    public async Task A_hundred_connections_of_both_versions_are_served_at_once()
    {
        await using RunningServer server = await RunningServer.StartAsync();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using HttpClient client = server.Client(i % 2 == 0 ? HttpVersion.Version11 : HttpVersion.Version20);
            return await client.GetStringAsync("/v1/hello");
        }));

        Assert.All(answers, static answer => Assert.Equal("hello", answer));
    }

    [Fact]
    public async Task The_endpoint_inside_is_not_among_the_addresses_nor_in_the_log()
    {
        RunningServer server = await RunningServer.StartAsync();
        using (HttpClient client = server.Client(HttpVersion.Version20))
        {
            await client.GetStringAsync("/v1/hello");
        }

        Assert.Equal([server.Address.ToString().TrimEnd('/')], CofferServer.AddressesOf(server.App));
        await server.StopAndReadLogAsync();
        Assert.Contains("/v1/hello", server.LogText(), StringComparison.Ordinal);
        Assert.DoesNotContain("http2-on-the", server.LogText(), StringComparison.Ordinal);
    }

    private static async Task<string> ReadToEndAsync(NetworkStream connection)
    {
        using var text = new StreamReader(connection, Encoding.ASCII);
        return await text.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }
}
