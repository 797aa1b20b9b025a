using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Coffer.Server.Http;

/// <summary>
/// Ends connections at shutdown on which no request runs. Kestrel ends those that are silent, but waits for the rest of a request
/// of which it has seen the first byte: a client that has stopped in the middle would hold the server up for its whole grace.
/// </summary>
/// <remarks>
/// Only the receiving side is shut, as if the client had sent all: what was answered before still leaves. Whoever has sent half a
/// request has been promised nothing.
/// </remarks>
internal sealed class ShutdownCut(ConnectionDelegate next)
{
    /// <summary>Time for a request that is on its way to arrive.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        var requests = new RunningRequests();
        connection.Features.Set(requests);
        CancellationToken closing =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using CancellationTokenRegistration cut = closing.UnsafeRegister(_ => _ = CutAsync(connection, requests), null);
        await next(connection);
    }

    private static async Task CutAsync(ConnectionContext connection, RunningRequests requests)
    {
        await Task.Delay(Moment, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (requests.Any || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return; // Kestrel ends the connection with its last request
        }

        try
        {
            socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // it has ended by itself
        }
    }
}

/// <summary>Connection feature: counts the requests that run on it, more than one with HTTP/2.</summary>
internal sealed class RunningRequests
{
    private int _count;

    public bool Any => Volatile.Read(ref _count) > 0;

    public void Begin() => Interlocked.Increment(ref _count);

    public void End() => Interlocked.Decrement(ref _count);
}
