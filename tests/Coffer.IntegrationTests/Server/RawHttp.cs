using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coffer.IntegrationTests.Server;

/// <summary>
/// One connection on which a test writes exactly the bytes it wants, also those that no client would send: one request, or what is
/// none. Its answer is held against the OpenAPI document as <see cref="Api"/> does it, and cannot be read in any other way.
/// </summary>
public sealed class RawHttp : IAsyncDisposable
{
    private static readonly byte[] HeadersEnd = "\r\n\r\n"u8.ToArray();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CofferProcess _server;
    private string? _requestLine;
    private byte[] _received = [];
    private int _taken;

    private RawHttp(CofferProcess server) => _server = server;

    public static async Task<RawHttp> ConnectAsync(CofferProcess server)
    {
        var raw = new RawHttp(server);
        await raw._socket.ConnectAsync("127.0.0.1", server.Port);
        return raw;
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _requestLine ??= Encoding.UTF8.GetString(bytes.Span).Split("\r\n")[0];
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    /// <summary>The answer to what was sent. Where it says that the connection ends with it, nothing may follow.</summary>
    public async Task<Answer> AnswerAsync()
    {
        Answer? answer = await AnswerOrEndAsync();
        Assert.True(answer is not null, $"no answer to {_requestLine}");
        return answer;
    }

    /// <summary>The answer to what was sent; null when the connection ends without one.</summary>
    public async Task<Answer?> AnswerOrEndAsync()
    {
        if (await HeadAsync() is not { } head)
        {
            return null;
        }

        (string method, string path) = (_requestLine!.Split(' ')[0], _requestLine.Split(' ')[1].Split('?')[0]);
        using var message = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        foreach (string line in head.Skip(1))
        {
            (string name, string value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            Assert.True(message.Headers.TryAddWithoutValidation(name, value) || message.Content.Headers.TryAddWithoutValidation(name, value), line);
        }

        HttpStatusCode status = StatusOf(head);
        bool isEmpty = method is "HEAD" || status is HttpStatusCode.NoContent or HttpStatusCode.NotModified;
        byte[] body = isEmpty ? []
            : message.Headers.TransferEncodingChunked == true ? await ChunksAsync()
            : await TakeAsync((int)(message.Content.Headers.ContentLength ?? throw new InvalidOperationException($"an answer without a length: {head[0]}")));
        if (message.Headers.ConnectionClose == true)
        {
            Assert.False(await ReceiveAsync(_taken + 1), "something follows the answer");
        }

        var answer = new Answer(status, HttpVersion.Version11, message.Headers, message.Content.Headers, body);
        Api.Judge(_server, method, path, answer);
        return answer;
    }

    /// <summary>Expects the word that a body may come.</summary>
    public async Task ContinueAsync() => Assert.Equal("HTTP/1.1 100 Continue", string.Join("\r\n", await HeadAsync() ?? []));

    /// <summary>Expects the refusal of what is no request, and the connection's end.</summary>
    /// <remarks>
    /// The web server gives it while it parses, before there is a request with a route: it has an empty body and no id. The
    /// OpenAPI document describes the answers of operations, and this is none of any.
    /// </remarks>
    public async Task RefusedUnreadAsync(int status)
    {
        string[]? head = await HeadAsync();
        Assert.NotNull(head);
        Assert.Equal(status, (int)StatusOf(head));
        Assert.Contains("Content-Length: 0", head);
        Assert.Contains("Connection: close", head);
        Assert.DoesNotContain(head, line => line.StartsWith("x-request-id:", StringComparison.OrdinalIgnoreCase)); // else a request was seen
        Assert.False(await ReceiveAsync(_taken + 1), "something follows the refusal");
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

    private static HttpStatusCode StatusOf(string[] head) => (HttpStatusCode)int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>Status line and headers; null at the end of the connection.</summary>
    private async Task<string[]?> HeadAsync()
    {
        int end;
        while ((end = _received.AsSpan(_taken).IndexOf(HeadersEnd)) < 0)
        {
            if (!await ReceiveAsync(_received.Length + 1))
            {
                Assert.Equal("", Encoding.UTF8.GetString(_received.AsSpan(_taken))); // no half of an answer
                return null;
            }
        }

        string head = Encoding.Latin1.GetString(await TakeAsync(end + HeadersEnd.Length));
        return head.TrimEnd().Split("\r\n");
    }

    private async Task<byte[]> ChunksAsync()
    {
        using var body = new MemoryStream();
        while (true)
        {
            int size = int.Parse(await LineAsync(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await TakeAsync(size));
            Assert.Equal("", await LineAsync());
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<string> LineAsync()
    {
        int end;
        while ((end = _received.AsSpan(_taken).IndexOf("\r\n"u8)) < 0)
        {
            Assert.True(await ReceiveAsync(_received.Length + 1), "the answer ends in the middle of its chunks");
        }

        return Encoding.ASCII.GetString((await TakeAsync(end + 2))[..^2]);
    }

    private async Task<byte[]> TakeAsync(int count)
    {
        Assert.True(await ReceiveAsync(_taken + count), $"the answer to {_requestLine} is shorter than it says");
        _taken += count;
        return _received[(_taken - count).._taken];
    }

    /// <summary>Receives until there are so many bytes.</summary>
    /// <returns>False when the connection ends before.</returns>
    private async Task<bool> ReceiveAsync(int length)
    {
        var buffer = new byte[64 * 1024];
        while (_received.Length < length)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            try
            {
                int read = await _socket.ReceiveAsync(buffer, patience.Token);
                if (read == 0)
                {
                    return false;
                }

                _received = [.. _received, .. buffer.AsSpan(0, read)];
            }
            catch (SocketException)
            {
                return false; // reset: what came before counts
            }
        }

        return true;
    }
}
