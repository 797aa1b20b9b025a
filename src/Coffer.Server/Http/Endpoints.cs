using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Coffer.Server.Http;

/// <summary>Sets up Kestrel: limits, and for each address HTTP/1.1 and HTTP/2 on one port.</summary>
internal static class Endpoints
{
    /// <summary>What a response may have on its way to its reader. An inline object, or one block of a blob, leaves in one piece and does not wait.</summary>
    public const int ResponseBufferBytes = 128 * 1024;

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
        // Slow readers are cut by the idle limit: HTTP/2 cannot lift this rate for a single stream.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxResponseBufferSize = ResponseBufferBytes;

        HttpsConnectionAdapterOptions? https = options.TlsCert is null ? null : LoadCertificate(options);
        bool anyCleartext = false;
        foreach (BindingAddress url in options.Urls)
        {
            if (url.Scheme == "https")
            {
                Listen(kestrel, url, endpoint =>
                {
                    endpoint.Use(static tls => new ShutdownCut(tls).OnConnectionAsync);
                    endpoint.UseHttps(https!);
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

    private static HttpsConnectionAdapterOptions LoadCertificate(CofferOptions options)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.TlsCert!);
            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(options.TlsCert!, options.TlsKey!),
                ServerCertificateChain = chain,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"COFFER_TLS_CERT {options.TlsCert} or COFFER_TLS_KEY {options.TlsKey} cannot be read; "
                + "write for example COFFER_TLS_CERT=/etc/coffer/cert.pem COFFER_TLS_KEY=/etc/coffer/key.pem", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(
                $"COFFER_TLS_CERT {options.TlsCert} and COFFER_TLS_KEY {options.TlsKey} are no certificate with its "
                + "unencrypted key; make a pair for example with openssl req -x509 -nodes -keyout key.pem -out cert.pem", e);
        }
    }
}
