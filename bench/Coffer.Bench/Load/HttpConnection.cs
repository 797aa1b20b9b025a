using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coffer.Bench.Load;

/// <summary>An answer; head and body are valid until the connection's next request.</summary>
/// <param name="Head">Status line and headers; empty for downloads.</param>
internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The value of a header; null when there is none.</summary>
    public string? Header(ReadOnlySpan<byte> name) => HttpConnection.TryFind(Head.Span, name, out ReadOnlySpan<byte> value)
        ? Encoding.ASCII.GetString(value)
        : null;
}

/// <summary>
/// One kept-alive HTTP/1.1 connection with blocking calls, for loads: a request costs one send and about one receive, and the
/// same for every server.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _out = new byte[16 * 1024];
    private byte[] _in = new byte[64 * 1024];

    public HttpConnection(int port)
    {
        _socket.ReceiveTimeout = 120_000;
        _socket.SendTimeout = 120_000;
        try
        {
            _socket.Connect(IPAddress.Loopback, port);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public Answer Get(string target, string headers = "") => Send("GET", target, headers, []);

    /// <param name="headers">Whole lines, each with its CRLF.</param>
    public Answer Send(string method, string target, string headers, ReadOnlySpan<byte> body)
    {
        int head = WriteHead(method, target, headers, method == "GET" ? null : body.Length, body.Length);
        body.CopyTo(_out.AsSpan(head));
        SendAll(_out.AsSpan(0, head + body.Length));
        return Receive(sink: null);
    }

    /// <summary>Sends a body that is made while it is sent.</summary>
    /// <param name="headers">Whole lines, each with its CRLF.</param>
    /// <param name="length">A multiple of 256 KiB.</param>
    /// <param name="fill">Fills the next stretch of the body, given its offset.</param>
    public Answer Upload(string method, string target, string headers, long length, Action<Memory<byte>, long> fill)
    {
        byte[] stretch = new byte[256 * 1024];
        int head = WriteHead(method, target, headers, length, 0);
        SendAll(_out.AsSpan(0, head));
        for (long sent = 0; sent < length; sent += stretch.Length)
        {
            fill(stretch, sent);
            SendAll(stretch);
        }

        return Receive(sink: null);
    }

    /// <summary>Receives a body without keeping it.</summary>
    /// <param name="sink">Gets each stretch of the body with its offset.</param>
    public Answer Download(string target, string headers, Action<ReadOnlyMemory<byte>, long> sink)
    {
        int head = WriteHead("GET", target, headers, null, 0);
        SendAll(_out.AsSpan(0, head));
        return Receive(sink);
    }

    public void Dispose() => _socket.Dispose();

    private int WriteHead(string method, string target, string headers, long? length, int room)
    {
        string text = length is null
            ? $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n"
            : string.Create(
                CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\n\r\n");
        if (_out.Length < text.Length + room)
        {
            _out = new byte[text.Length + room];
        }

        return Encoding.ASCII.GetBytes(text, _out);
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private Answer Receive(Action<ReadOnlyMemory<byte>, long>? sink)
    {
        int have = 0;
        int bodyAt;
        while ((bodyAt = _in.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
        {
            have += ReceiveSome(have);
        }

        ReadOnlySpan<byte> head = _in.AsSpan(0, bodyAt + 2);
        bodyAt += 4;
        int status = int.Parse(head.Slice(9, 3), CultureInfo.InvariantCulture);
        long length = LengthIn(head) ?? (status == 204 ? 0 : throw new IOException("an answer without Content-Length"));
        if (sink is null)
        {
            if (_in.Length < bodyAt + length)
            {
                Array.Resize(ref _in, (int)(bodyAt + length));
            }

            while (have < bodyAt + length)
            {
                have += ReceiveSome(have);
            }

            return new Answer(status, _in.AsMemory(0, bodyAt - 2), _in.AsMemory(bodyAt, (int)length));
        }

        sink(_in.AsMemory(bodyAt, have - bodyAt), 0);
        if (_in.Length < 256 * 1024)
        {
            _in = new byte[256 * 1024];
        }

        for (long offset = have - bodyAt; offset < length;)
        {
            int received = ReceiveSome(0);
            sink(_in.AsMemory(0, received), offset);
            offset += received;
        }

        return new Answer(status, default, default);
    }

    private int ReceiveSome(int at)
    {
        int received = _socket.Receive(_in.AsSpan(at));
        return received > 0 ? received : throw new IOException("the server closed the connection");
    }

    private static long? LengthIn(ReadOnlySpan<byte> head) =>
        TryFind(head, "Content-Length"u8, out ReadOnlySpan<byte> value) ? long.Parse(value, CultureInfo.InvariantCulture) : null;

    /// <summary>Finds a header's value in a head.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (Range range in head.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> line = head[range];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                value = line[(name.Length + 1)..].Trim((byte)' ');
                return true;
            }
        }

        value = default;
        return false;
    }
}
