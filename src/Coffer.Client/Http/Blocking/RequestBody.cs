using System.Globalization;
using System.Text;

namespace Coffer.Client;

/// <summary>The body of a request on its way out, framed as RFC 9112 §6 has it.</summary>
internal abstract class RequestBody(Stream connection) : WriteOnlyStream
{
    /// <summary>Whether the connection, and not the content, is what broke.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Ends the body; an exception when bytes are missing.</summary>
    public abstract void Complete();

    protected void Send(ReadOnlySpan<byte> bytes)
    {
        HasFailed = true;
        connection.Write(bytes);
        HasFailed = false;
    }
}

/// <summary>As many bytes as Content-Length says.</summary>
internal sealed class SizedRequestBody(Stream connection, long length) : RequestBody(connection)
{
    private long _left = length;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _left -= buffer.Length;
        if (_left < 0)
        {
            throw new HttpRequestException("The content is longer than it said.");
        }

        Send(buffer);
    }

    public override void Complete()
    {
        if (_left > 0)
        {
            throw new HttpRequestException("The content is shorter than it said.");
        }
    }
}

/// <summary>Chunks, for a body whose length shows only at its end.</summary>
internal sealed class ChunkedRequestBody(Stream connection) : RequestBody(connection)
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > 0) // an empty chunk would be the end
        {
            Send(Encoding.ASCII.GetBytes(buffer.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            Send(buffer);
            Send("\r\n"u8);
        }
    }

    public override void Complete() => Send("0\r\n\r\n"u8);
}
