using System.Net.Sockets;
using System.Text;

namespace Coffer.IntegrationTests.Server;

/// <summary>One connection on which a test writes exactly the bytes it wants, also those that no client would send.</summary>
public sealed class RawHttp : IAsyncDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    private RawHttp()
    {
    }

    public static async Task<RawHttp> ConnectAsync(CofferProcess server)
    {
        var raw = new RawHttp();
        await raw._socket.ConnectAsync("127.0.0.1", server.Port);
        return raw;
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    public async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _socket.ReceiveAsync(buffer, patience.Token);
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
        catch (SocketException)
        {
            // reset: what came before counts
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Says that nothing more will be sent, but goes on listening.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Drops the connection with a reset, as a crashed client does.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
