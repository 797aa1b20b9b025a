using System.Net.Sockets;

namespace Coffer.Cli.Connection;

/// <summary>There is nobody to talk to: nothing listens at the address, or it does not exist, or it speaks something else.</summary>
/// <param name="reason">What happened.</param>
/// <param name="next">What to look at; null for whether the server runs at all.</param>
internal sealed class UnreachableException(string reason, string? next) : Exception(reason)
{
    public string? Next => next;
}

/// <summary>
/// Tells a server that was never there from one that is gone for a moment: trying again is for the latter, and someone who
/// forgot to start the server should hear so at once.
/// </summary>
internal sealed class ReachableServer(Uri server, HttpMessageHandler network) : DelegatingHandler(network)
{
    private bool _hasAnswered;

    public static HttpClient NewHttpClient(Uri server)
    {
        var network = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback, // a proxy elsewhere does not know this machine's server
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        return new HttpClient(new ReachableServer(server, network)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            _hasAnswered = true;
            return answer;
        }
        catch (HttpRequestException e) when (!_hasAnswered && ReasonIn(e) is { } reason)
        {
            throw new UnreachableException(
                $"cannot reach {server.GetLeftPart(UriPartial.Authority)} ({reason})",
                e.HttpRequestError is not HttpRequestError.SecureConnectionError ? null
                    : reason.Contains("certificate", StringComparison.Ordinal) ? "check its certificate"
                    : "is it http?");
        }
    }

    private static string? ReasonIn(HttpRequestException failure) => failure switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => "no such host",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => $"no secure connection: {Text.Clause(Innermost(failure).Message)}",
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "connection refused",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } } =>
            "no route to it",
        _ => null,
    };

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
