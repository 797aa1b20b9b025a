using System.Net;
using System.Net.Sockets;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Serving;

namespace Coffer.ClientTests.Http;

/// <summary>The forms of HTTP/1.1 that a blocking call must understand, byte by byte.</summary>
public sealed class BlockingHttpTests
{
    private const string View = """{"id":"obj_1"}""";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 200\r\ncontent-length:14\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + View)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n{\"id\"\r\n9\r\n:\"obj_1\"}\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 14\n\n" + View)]
    public async Task Every_framing_of_an_answer_is_read(string answer)
    {
        using var server = new RawServer(answer);

        ObjectView view = await RetrieveAsync(server);

        Assert.Equal("obj_1", view.Id);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 14\r\nContent-Length: 15\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -14\r\n\r\n" + View)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"")]
    [InlineData("HTTP/1.1 200 OK\r\nbroken\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("")]
    public async Task A_broken_answer_is_a_connection_failure(string answer)
    {
        using var server = new RawServer(answer);

        await Assert.ThrowsAsync<CofferConnectionException>(() => RetrieveAsync(server));
    }

    [Theory]
    [InlineData("http://[::1]/x", "[::1]")]
    [InlineData("https://[::1]/x", "[::1]")]
    [InlineData("http://[::1]:8484/x", "[::1]:8484")]
    [InlineData("http://[fe80::1%25eth0]/x", "[fe80::1]")]
    [InlineData("https://files.example/x", "files.example")]
    [InlineData("http://127.0.0.1:8484", "127.0.0.1:8484")]
    [InlineData("http://bücher.example/", "xn--bcher-kva.example")]
    public void The_host_is_said_as_a_url_says_it(string address, string host) =>
        Assert.Equal(host, RequestWriter.HostOf(new Uri(address)));

    [Fact]
    public async Task A_head_without_an_end_is_cut_off()
    {
        using var server = new RawServer("HTTP/1.1 200 OK\r\nX: " + new string('x', 200_000));

        await Assert.ThrowsAsync<CofferConnectionException>(() => RetrieveAsync(server));
    }

    [Fact]
    public async Task A_connection_is_used_again_and_a_closed_one_is_not()
    {
        using var server = new RawServer(
            "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + View, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + View);
        using CofferClient client = ClientOf(server);
        for (int i = 0; i < 4; i++)
        {
            await Twin.Run(false, () => client.Objects.RetrieveAsync("x"), () => client.Objects.Retrieve("x"));
            await Task.Delay(50);
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task An_upload_that_is_refused_in_its_middle_ends_with_the_answer()
    {
        using var server = new RawServer("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        using CofferClient client = ClientOf(server);
        var stored = new StorageObject(client, "obj_1", $"{server.Url}upload");
        byte[] content = new byte[900_000]; // below what asks first

        var error = await Assert.ThrowsAnyAsync<CofferException>(
            () => Twin.Run(false, () => stored.UploadContentAsync(content), () => stored.UploadContent(content)));

        Assert.True(error.Status == HttpStatusCode.RequestEntityTooLarge || error is CofferConnectionException, error.ToString());
    }

    [Fact]
    public async Task An_untrusted_certificate_is_a_connection_failure()
    {
        using var server = new RawServer("no TLS here");
        using var client = new CofferClient(new CofferClientOptions
        {
            BaseUrl = new($"https://127.0.0.1:{server.Url.Port}"), BearerToken = "k", MaxRetries = 0,
        });

        await Assert.ThrowsAsync<CofferConnectionException>(
            () => Twin.Run(false, () => client.Objects.RetrieveAsync("x"), () => client.Objects.Retrieve("x")));
    }

    private static async Task<ObjectView> RetrieveAsync(RawServer server)
    {
        using CofferClient client = ClientOf(server);
        return await Twin.Run(false, () => client.Objects.RetrieveAsync("x"), () => client.Objects.Retrieve("x"));
    }

    private static CofferClient ClientOf(RawServer server) =>
        new(new CofferClientOptions { BaseUrl = server.Url, BearerToken = "k", MaxRetries = 0, Timeout = TimeSpan.FromSeconds(5) });

    /// <summary>Sends prepared bytes after each request head, then closes; each connection gets the same.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string[] _answers;
        private int _connections;

        public RawServer(params string[] answers)
        {
            _answers = answers;
            _listener.Start();
            Url = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
            _ = AcceptAsync();
        }

        public Uri Url { get; }

        public int Connections => _connections;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                Socket socket;
                try
                {
                    socket = await _listener.AcceptSocketAsync();
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }

                Interlocked.Increment(ref _connections);
                _ = ServeAsync(socket);
            }
        }

        private async Task ServeAsync(Socket socket)
        {
            using (socket)
            {
                byte[] buffer = new byte[16 * 1024];
                foreach (string answer in _answers)
                {
                    if (await socket.ReceiveAsync(buffer) == 0)
                    {
                        return;
                    }

                    await socket.SendAsync(Encoding.UTF8.GetBytes(answer));
                }

                socket.Shutdown(SocketShutdown.Send);
            }
        }
    }
}
