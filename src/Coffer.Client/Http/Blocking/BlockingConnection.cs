using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Coffer.Client;

/// <summary>One HTTP/1.1 connection whose every operation blocks the calling thread and no other.</summary>
internal sealed class BlockingConnection(Uri address) : IDisposable
{
    private const int LongestHead = 64 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Lock _gate = new();
    private Socket? _socket;
    private Stream? _stream;
    private int _next;
    private int _end;
    private bool _isDisposed;

    /// <summary>Scheme, host and port that this connection leads to.</summary>
    public string Origin { get; } = OriginOf(address);

    /// <summary>When it last became idle, by <see cref="Environment.TickCount64"/>.</summary>
    public long IdleSince { get; set; }

    public Stream Stream => _stream ?? throw new IOException("The connection is not open.");

    public static string OriginOf(Uri address) => $"{address.Scheme}://{address.IdnHost}:{address.Port}";

    /// <summary>Connects unless it is, and sets how long a read or write may stand still.</summary>
    public void Prepare(TimeSpan limit)
    {
        int milliseconds = limit == Timeout.InfiniteTimeSpan ? 0 : (int)Math.Clamp(limit.TotalMilliseconds, 1, int.MaxValue);
        if (_stream is null)
        {
            Connect(milliseconds);
        }

        (_socket!.SendTimeout, _socket.ReceiveTimeout) = (milliseconds, milliseconds);
    }

    /// <summary>
    /// Whether bytes, or the end, arrive within the time. Only meaningful without TLS, whose records say nothing yet.
    /// </summary>
    public bool HasSomethingToRead(TimeSpan within) => _next < _end || _socket!.Poll(within, SelectMode.SelectRead);

    public bool IsEncrypted => _stream is SslStream;

    /// <summary>Reads what is there, at least a byte unless the other side has closed.</summary>
    public int Read(Span<byte> into)
    {
        if (_next == _end)
        {
            return Stream.Read(into);
        }

        int count = Math.Min(into.Length, _end - _next);
        _buffer.AsSpan(_next, count).CopyTo(into);
        _next += count;
        return count;
    }

    /// <summary>Reads one line of a head or of a chunked body, without its line break.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_next == _end)
            {
                (_next, _end) = (0, Stream.Read(_buffer));
                if (_end == 0)
                {
                    throw new HttpIOException(
                        HttpRequestError.ResponseEnded, "The server closed the connection before its answer was whole.");
                }
            }

            int lineEnd = _buffer.AsSpan(_next, _end - _next).IndexOf((byte)'\n');
            int stop = lineEnd < 0 ? _end : _next + lineEnd;
            line.Append(Encoding.Latin1.GetString(_buffer, _next, stop - _next));
            if (line.Length > LongestHead)
            {
                throw new HttpIOException(HttpRequestError.InvalidResponse, "The server's answer has a line without an end.");
            }

            _next = Math.Min(stop + 1, _end);
            if (lineEnd >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }
    }

    /// <summary>Ends whatever another thread is blocked in here.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _stream?.Dispose();
            _socket?.Dispose();
        }
    }

    private void Connect(int milliseconds)
    {
        IPAddress[] candidates = IPAddress.TryParse(address.IdnHost, out IPAddress? literal)
            ? [literal]
            : Dns.GetHostAddresses(address.IdnHost);
        SocketException? refused = null;
        long until = Environment.TickCount64 + milliseconds;
        foreach (IPAddress candidate in candidates)
        {
            int left = milliseconds == 0 ? 0 : (int)(until - Environment.TickCount64);
            if (left < 0 || (left == 0 && milliseconds > 0))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            var socket = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            Own(socket);
            try
            {
                // Linux counts the time for sending when connecting too; its own limit is two minutes. A non-blocking connect
                // has a limit everywhere, but .NET does not let such a socket block in the system ever after.
                socket.SendTimeout = left;
                socket.Connect(candidate, address.Port);
                (socket.SendTimeout, socket.ReceiveTimeout) = (milliseconds, milliseconds);
                Open(new NetworkStream(socket, ownsSocket: true));
                return;
            }
            catch (SocketException error)
            {
                refused = error;
                socket.Dispose();
            }
        }

        throw refused ?? new SocketException((int)SocketError.HostNotFound);
    }

    // Disposed from another thread while it connects: then the socket must not outlive that.
    private void Own(Socket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            if (_isDisposed)
            {
                socket.Dispose();
            }
        }
    }

    private void Open(NetworkStream plain)
    {
        if (address.Scheme != Uri.UriSchemeHttps)
        {
            _stream = plain;
            return;
        }

        var encrypted = new SslStream(plain);
        _stream = encrypted;
        encrypted.AuthenticateAsClient(address.IdnHost);
    }
}
