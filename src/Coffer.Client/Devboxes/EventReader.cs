using System.Text;

namespace Coffer.Client;

/// <summary>Reads server-sent events, one after the other, from bytes as they arrive. Comments are read over.</summary>
/// <remarks>Source: HTML standard, server-sent events; lines that end in a lone CR are not sent by anyone here.</remarks>
internal sealed class EventReader(Stream source)
{
    private const int LongestLine = 16 << 20;

    private byte[] _buffer = new byte[16 * 1024];
    private int _next;
    private int _end;

    /// <returns>The name, empty when it has none, and the data; null at the end, which drops an event that is not complete.</returns>
    public async ValueTask<(string Name, string Data)?> NextAsync(bool async, CancellationToken cancellationToken)
    {
        string name = "";
        StringBuilder? data = null;
        while (await LineAsync(async, cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is not null)
                {
                    return (name, data.ToString());
                }

                name = "";
                continue;
            }

            (string field, string value) = Parted(line);
            if (field == "event")
            {
                name = value;
            }
            else if (field == "data")
            {
                data = data is null ? new StringBuilder(value) : data.Append('\n').Append(value);
            }
        }

        return null;
    }

    private static (string Field, string Value) Parted(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (line, "") : (line[..colon], line[(line.AsSpan(colon + 1) is [' ', ..] ? colon + 2 : colon + 1)..]);
    }

    private async ValueTask<string?> LineAsync(bool async, CancellationToken cancellationToken)
    {
        for (int looked = _next; ;)
        {
            int at = _buffer.AsSpan(looked, _end - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int stop = looked + at;
                string line = Encoding.UTF8.GetString(_buffer, _next, stop - _next).TrimEnd('\r');
                _next = stop + 1;
                return line;
            }

            looked = _end - _next;
            MakeRoom();
            int read = async
                ? await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false)
                : source.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }

    /// <summary>Moves the line that has begun to the front, and makes the buffer larger when it is full of it.</summary>
    private void MakeRoom()
    {
        Buffer.BlockCopy(_buffer, _next, _buffer, 0, _end - _next);
        (_next, _end) = (0, _end - _next);
        if (_end == LongestLine)
        {
            throw new CofferException("The server's stream of events has a line without an end.");
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(LongestLine, _buffer.Length * 2));
        }
    }
}
