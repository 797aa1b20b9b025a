using System.Net;
using System.Net.Sockets;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Stands between a client and a server, and loses the first answer: the server has done its work, the client never hears of it.</summary>
internal sealed class LossyRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CofferProcess _server;
    private readonly Func<Task> _whenLost;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    /// <param name="whenLost">Runs between the lost answer and the next connection.</param>
    public LossyRelay(CofferProcess server, Func<Task> whenLost)
    {
        (_server, _whenLost) = (server, whenLost);
        _listener.Start();
        _work = RunAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many answers were lost.</summary>
    public int Lost { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _work;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        var relays = new List<Task>();
        try
        {
            using (TcpClient first = await _listener.AcceptTcpClientAsync(_end.Token))
            {
                using TcpClient upstream = await ConnectAsync();
                Task request = first.GetStream().CopyToAsync(upstream.GetStream(), _end.Token);
                Assert.True(await upstream.GetStream().ReadAsync(new byte[1], _end.Token) > 0, "the server closed without an answer");
                Lost++;
                await _whenLost();
                relays.Add(request);
            }

            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception e) when (_end.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        {
            using TcpClient upstream = await ConnectAsync();
            await Task.WhenAny(
                client.GetStream().CopyToAsync(upstream.GetStream(), _end.Token), upstream.GetStream().CopyToAsync(client.GetStream(), _end.Token));
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var upstream = new TcpClient();
        await upstream.ConnectAsync(IPAddress.Loopback, _server.Port, _end.Token);
        return upstream;
    }
}
