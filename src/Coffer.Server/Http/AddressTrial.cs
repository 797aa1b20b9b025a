using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Http;

/// <summary>
/// Looks whether addresses can be opened, before a first start makes its data folder: a start that is refused for a port in use
/// leaves no folder behind. Nobody can connect meanwhile, since nothing listens. What only the opening itself shows, Kestrel says
/// later.
/// </summary>
internal static class AddressTrial
{
    /// <exception cref="ListenException">An address is in use, not of this machine, or not allowed.</exception>
    public static void Run(IEnumerable<BindingAddress> urls)
    {
        foreach (BindingAddress url in urls)
        {
            foreach (EndPoint endPoint in EndPointsOf(url))
            {
                Try(url, endPoint);
            }
        }
    }

    private static void Try(BindingAddress url, EndPoint endPoint)
    {
        try
        {
            using var socket = new Socket(
                endPoint.AddressFamily, SocketType.Stream, endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
            if (endPoint.AddressFamily is AddressFamily.InterNetworkV6)
            {
                socket.DualMode = endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(endPoint);
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw ListenException.InUse($"{url}", refused);
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.AccessDenied
            || (refused.SocketErrorCode is SocketError.AddressNotAvailable && url.Host is not "localhost"))
        {
            throw ListenException.CannotOpen($"{url}", $"{refused.SocketErrorCode}", refused);
        }
        catch (SocketException)
        {
            // Such as a machine without IPv6, for which Kestrel has other ways.
        }
    }

    /// <summary>Those that Kestrel opens for a URL; none where the system is asked for a port.</summary>
    private static IEnumerable<EndPoint> EndPointsOf(BindingAddress url) => url switch
    {
        { IsUnixPipe: true } => [new UnixDomainSocketEndPoint(url.UnixPipePath)],
        { Port: 0 } => [],
        { Host: "localhost" } => [new IPEndPoint(IPAddress.Loopback, url.Port), new IPEndPoint(IPAddress.IPv6Loopback, url.Port)],
        _ when IPAddress.TryParse(url.Host, out IPAddress? address) => [new IPEndPoint(address, url.Port)],
        _ => [new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, url.Port)],
    };
}
