using System.Net;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.Server.Http;

/// <summary>Sets up Kestrel: limits, and for each address HTTP/1.1 and HTTP/2 on one port.</summary>
internal static class Endpoints
{
    /// <summary>What a response may have on its way to its reader. An inline object, or one block of a blob, leaves in one piece and does not wait.</summary>
    public const int ResponseBufferBytes = 128 * 1024;

    /// <summary>All headers of a request together, 64 KiB.</summary>
    private const int MaxHeaderBytes = 64 * 1024;

    public static void Configure(KestrelServerOptions kestrel, CofferOptions options, Handover handover)
    {
        kestrel.AddServerHeader = false;
        // A proxy that ends TLS may speak HTTP/2 to us and name the outer scheme.
        kestrel.AllowAlternateSchemes = options.TrustedProxies.Count > 0;
        // Exchange keeps the limit of JSON bodies: what Kestrel refuses by its own limit it does not read to the end, and a
        // client that is still sending then finds a reset connection instead of the answer.
        kestrel.Limits.MaxRequestBodySize = null;
        // A signed URL of a 1024-byte key with every byte escaped fits, with its token.
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        // User metadata of the Storage API comes in one header, in base64.
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = MaxHeaderBytes;
        // Slow readers are cut by the idle limit: HTTP/2 cannot lift this rate for a single stream.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxResponseBufferSize = ResponseBufferBytes;

        TlsCertificate? certificate = options.TlsCert is null ? null : kestrel.ApplicationServices.GetRequiredService<TlsCertificate>();
        bool anyCleartext = false;
        foreach (BindingAddress url in options.Urls)
        {
            if (url.Scheme == "https")
            {
                Listen(kestrel, url, endpoint =>
                {
                    endpoint.Use(static tls => new ShutdownCut(tls).OnConnectionAsync);
                    endpoint.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = _ => ValueTask.FromResult(certificate!.ForHandshake()),
                    });
                });
            }
            else
            {
                anyCleartext = true;
                Listen(kestrel, url, endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http1;
                    endpoint.Use(static peek => new ShutdownCut(peek).OnConnectionAsync);
                    endpoint.Use(http1 => new ProtocolPeek(http1, handover, options.SilenceLimit).OnConnectionAsync);
                });
            }
        }

        if (anyCleartext)
        {
            kestrel.Listen(Handover.EndPoint, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, BindingAddress url, Action<ListenOptions> configure)
    {
        if (url.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(url.UnixPipePath, configure);
        }
        else if (IPAddress.TryParse(url.Host, out IPAddress? address))
        {
            kestrel.Listen(address, url.Port, configure);
        }
        else if (url.Host == "localhost")
        {
            kestrel.ListenLocalhost(url.Port, configure);
        }
        else
        {
            kestrel.ListenAnyIP(url.Port, configure);
        }
    }
}
