using System.Net.Sockets;
using System.Text;

namespace Coffer.IntegrationTests.Server;

/// <summary>One connection on which a test writes exactly the bytes it wants, also those that no client would send.</summary>
public sealed class RawHttp : IAsyncDisposable
{
    private readonly TcpClient _client = new();

    private RawHttp()
    {
    }

    public static async Task<RawHttp> ConnectAsync(CofferProcess server)
    {
        var raw = new RawHttp();
        await raw._client.ConnectAsync("127.0.0.1", server.Port);
        return raw;
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _client.GetStream().WriteAsync(bytes);

    public async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _client.GetStream().ReadAsync(buffer, patience.Token);
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<string> ReceiveAllAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            for (int read; (read = await ReceiveAsync(buffer)) > 0;)
            {
                all.Write(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // reset: what came before counts
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Says that nothing more will be sent, but goes on listening.</summary>
    public void FinishSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Drops the connection with a reset, as a crashed client does.</summary>
    public ValueTask DisposeAsync()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
