using System.Globalization;

namespace Coffer.Client;

/// <summary>The body of an answer; read to its end it gives the connection back, closed before that it closes it.</summary>
internal abstract class ResponseBody(
    BlockingConnection connection, IdleConnections idle, CancellationTokenRegistration abort, bool keepsAlive) : ReadOnlyStream
{
    private bool _hasLeft;

    protected BlockingConnection Connection => connection;

    /// <summary>Chooses the framing by RFC 9112 §6.3.</summary>
    public static ResponseBody Open(
        ResponseHead head, HttpMethod method, BlockingConnection connection, IdleConnections idle,
        CancellationTokenRegistration abort)
    {
        bool isEmpty = method == HttpMethod.Head || head.Status is 204 or 304;
        ResponseBody body = isEmpty ? new SizedResponseBody(0, connection, idle, abort, head.KeepsAlive)
            : head.IsChunked ? new ChunkedResponseBody(connection, idle, abort, head.KeepsAlive)
            : head.Length is { } length ? new SizedResponseBody(length, connection, idle, abort, head.KeepsAlive)
            : new OpenEndedResponseBody(connection, idle, abort);
        if (isEmpty || head is { IsChunked: false, Length: 0 })
        {
            body.Leave();
        }

        return body;
    }

    protected static HttpIOException Ended() =>
        new(HttpRequestError.ResponseEnded, "The server closed the connection before its answer was whole.");

    protected bool HasLeft => _hasLeft;

    /// <summary>The end was read: the connection is free for the next request, or done.</summary>
    protected void Leave() => Leave(keepsAlive);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Leave(false);
        }

        base.Dispose(disposing);
    }

    private void Leave(bool forReuse)
    {
        if (_hasLeft)
        {
            return;
        }

        _hasLeft = true;

        // Unregister tells whether the abort had not begun; if it had, the connection is gone.
        bool isAlive = abort.Token == default || abort.Unregister();
        if (forReuse && isAlive)
        {
            idle.Return(connection);
        }
        else
        {
            connection.Dispose();
        }
    }
}

/// <summary>As many bytes as Content-Length says.</summary>
internal sealed class SizedResponseBody(
    long length, BlockingConnection connection, IdleConnections idle, CancellationTokenRegistration abort, bool keepsAlive)
    : ResponseBody(connection, idle, abort, keepsAlive)
{
    private long _left = length;

    public override int Read(Span<byte> buffer)
    {
        if (HasLeft || buffer.IsEmpty)
        {
            return 0;
        }

        int read = Connection.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0)
        {
            throw Ended();
        }

        _left -= read;
        if (_left == 0)
        {
            Leave();
        }

        return read;
    }
}

/// <summary>Chunks (RFC 9112 §7.1); trailers are read over.</summary>
internal sealed class ChunkedResponseBody(
    BlockingConnection connection, IdleConnections idle, CancellationTokenRegistration abort, bool keepsAlive)
    : ResponseBody(connection, idle, abort, keepsAlive)
{
    private long _left;
    private bool _isWithinChunk;

    public override int Read(Span<byte> buffer)
    {
        if (HasLeft || buffer.IsEmpty)
        {
            return 0;
        }

        if (_left == 0 && !NextChunk())
        {
            return 0;
        }

        int read = Connection.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read > 0 ? read : throw Ended();
    }

    private bool NextChunk()
    {
        if (_isWithinChunk && Connection.ReadLine().Length > 0)
        {
            throw Broken();
        }

        _isWithinChunk = true;
        string size = Connection.ReadLine();
        int extension = size.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> digits = (extension < 0 ? size : size[..extension]).AsSpan().Trim();
        if (!long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
        {
            throw Broken();
        }

        if (_left > 0)
        {
            return true;
        }

        while (Connection.ReadLine().Length > 0)
        {
        }

        Leave();
        return false;
    }

    private static HttpIOException Broken() => new(HttpRequestError.InvalidResponse, "The server's answer has a broken chunk.");
}

/// <summary>Whatever comes until the server closes.</summary>
internal sealed class OpenEndedResponseBody(
    BlockingConnection connection, IdleConnections idle, CancellationTokenRegistration abort)
    : ResponseBody(connection, idle, abort, keepsAlive: false)
{
    public override int Read(Span<byte> buffer)
    {
        int read = HasLeft || buffer.IsEmpty ? 0 : Connection.Read(buffer);
        if (read == 0 && !buffer.IsEmpty)
        {
            Leave();
        }

        return read;
    }
}
