namespace Coffer.Client;

/// <summary>Connections that wait for their next request.</summary>
internal sealed class IdleConnections : IDisposable
{
    // Well below what servers and middle boxes allow, so that a request seldom meets a connection being closed.
    private const long LongestIdleMs = 15_000;

    private readonly Lock _gate = new();
    private readonly List<BlockingConnection> _idle = [];
    private bool _isDisposed;

    /// <summary>A live connection to the address's origin; null when there is none.</summary>
    public BlockingConnection? Take(Uri address)
    {
        string origin = BlockingConnection.OriginOf(address);
        lock (_gate)
        {
            for (int i = _idle.Count - 1; i >= 0; i--)
            {
                BlockingConnection connection = _idle[i];
                bool isFresh = Environment.TickCount64 - connection.IdleSince < LongestIdleMs;
                if (isFresh && connection.Origin != origin)
                {
                    continue;
                }

                _idle.RemoveAt(i);

                // Nothing was asked, so whatever can be read is the end, or none of ours.
                if (isFresh && !connection.HasSomethingToRead(TimeSpan.Zero))
                {
                    return connection;
                }

                connection.Dispose();
            }
        }

        return null;
    }

    public void Return(BlockingConnection connection)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                connection.IdleSince = Environment.TickCount64;
                _idle.Add(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _idle.ForEach(connection => connection.Dispose());
            _idle.Clear();
        }
    }
}
