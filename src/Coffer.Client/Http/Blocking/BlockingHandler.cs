using System.Net.Sockets;
using System.Security.Authentication;

namespace Coffer.Client;

/// <summary>
/// Asynchronous calls go through the platform's handler; blocking ones do their own blocking socket I/O over HTTP/1.1.
/// </summary>
/// <remarks>
/// Since .NET 6 the platform's handler connects on the thread pool even for <see cref="HttpClient.Send(HttpRequestMessage)"/>,
/// and blocks the caller meanwhile (dotnet/runtime#80801): with an exhausted pool such a call never returns, and blocking calls
/// are what exhausts a pool. Behind a proxy the platform's handler still serves blocking calls too.
/// </remarks>
internal sealed class BlockingHandler : HttpMessageHandler
{
    /// <summary>How long a blocking read or write may stand still; the socket enforces it, without a timer.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> IdleLimit = new("Coffer.IdleLimit");

    private readonly HttpMessageInvoker _platform = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(15),
    });
    private readonly IdleConnections _idle = new();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _platform.SendAsync(request, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!;
        if (!HttpClient.DefaultProxy.IsBypassed(address) && HttpClient.DefaultProxy.GetProxy(address) is not null)
        {
            return _platform.Send(request, cancellationToken);
        }

        TimeSpan limit = request.Options.TryGetValue(IdleLimit, out TimeSpan set) ? set : Timeout.InfiniteTimeSpan;

        // A kept connection may be closing under a request. What can be sent again is; the rest gets a connection of its own.
        bool isRepeatable = request.Content is not UploadContent { CanReplay: false };
        BlockingConnection connection = (isRepeatable ? _idle.Take(address) : null) ?? new BlockingConnection(address);
        CancellationTokenRegistration abort = cancellationToken.UnsafeRegister(
            static state => ((BlockingConnection)state!).Dispose(), connection);
        try
        {
            connection.Prepare(limit);
            ResponseHead head = RequestWriter.Write(request, connection, cancellationToken) ?? ResponseHead.ReadFinal(connection);
            return head.ToMessage(request, ResponseBody.Open(head, request.Method, connection, _idle, abort));
        }
        catch (Exception error)
        {
            abort.Dispose();
            connection.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (error is IOException or SocketException or AuthenticationException or ObjectDisposedException)
            {
                throw new HttpRequestException(error.Message, error);
            }

            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _platform.Dispose();
            _idle.Dispose();
        }

        base.Dispose(disposing);
    }
}
