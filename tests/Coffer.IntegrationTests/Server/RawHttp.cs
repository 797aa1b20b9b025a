using System.Globalization;
using System.Net;
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
    public async Task<string> ReceiveAllAsync() => Encoding.UTF8.GetString(await ReceiveBytesAsync());

    /// <summary>
    /// The one answer up to the end of the connection, held against the OpenAPI document as <see cref="Api"/> does it. Not for what is
    /// refused before it is a request: that has no JSON.
    /// </summary>
    public async Task<Answer> AnswerAsync(string method, string path)
    {
        byte[] received = await ReceiveBytesAsync();
        int end = received.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, $"no answer: {Encoding.UTF8.GetString(received)}");
        string[] lines = Encoding.Latin1.GetString(received, 0, end).Split("\r\n");
        byte[] body = received[(end + 4)..];
        using var message = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        foreach (string line in lines.Skip(1))
        {
            (string name, string value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            Assert.True(message.Headers.TryAddWithoutValidation(name, value) || message.Content.Headers.TryAddWithoutValidation(name, value), line);
        }

        if (message.Headers.TransferEncodingChunked == true)
        {
            body = Unchunked(body);
        }
        else
        {
            Assert.Equal(message.Content.Headers.ContentLength, body.Length);
        }

        var status = (HttpStatusCode)int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var answer = new Answer(status, HttpVersion.Version11, message.Headers, message.Content.Headers, body);
        OpenApi.Document.Validate(method, path, answer);
        return answer;
    }

    private static byte[] Unchunked(ReadOnlySpan<byte> chunks)
    {
        using var body = new MemoryStream();
        while (true)
        {
            int line = chunks.IndexOf("\r\n"u8);
            int size = int.Parse(chunks[..line], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                Assert.Equal(line + 4, chunks.Length); // nothing follows the last one
                return body.ToArray();
            }

            body.Write(chunks.Slice(line + 2, size));
            chunks = chunks[(line + 2 + size + 2)..];
        }
    }

    private async Task<byte[]> ReceiveBytesAsync()
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

        return all.ToArray();
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
