using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coffer.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Coffer.Server.Http;

/// <summary>
/// The certificate of the https addresses. Tools renew it every few weeks by replacing its files; handshakes look whether they have.
/// Files that are no pair, be it only for the moment in which they are written, leave the certificate in use.
/// </summary>
internal sealed class TlsCertificate
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CofferOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _looking = new();
    private volatile SslStreamCertificateContext _current;
    private PemFiles? _seen;
    private long _lookedAt;

    /// <exception cref="ConfigurationException">The files cannot be read, or are no certificate with its key.</exception>
    public TlsCertificate(CofferOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _seen = Read();
        _current = Load(_seen);
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>What one handshake is to use. Not to be shared: Kestrel adds the protocols for ALPN to it.</summary>
    public SslServerAuthenticationOptions ForHandshake()
    {
        // One handshake looks; those beside it do not wait for the disk.
        if (_looking.TryEnter())
        {
            try
            {
                LookAgain();
            }
            finally
            {
                _looking.Exit();
            }
        }

        return new SslServerAuthenticationOptions { ServerCertificateContext = _current };
    }

    private void LookAgain()
    {
        if (_time.GetElapsedTime(_lookedAt) < Pause)
        {
            return;
        }

        _lookedAt = _time.GetTimestamp();
        PemFiles? before = _seen;
        try
        {
            // Null stands for files that cannot be read, so that they too are warned of only once.
            _seen = null;
            PemFiles files = Read();
            _seen = files;
            if (files != before)
            {
                _current = Load(files);
                DateTime notAfter = _current.TargetCertificate.NotAfter.ToUniversalTime();
                Log.CertificateRenewed(_logger, notAfter);
            }
        }
        catch (ConfigurationException e) when (_seen != before)
        {
            Log.CertificateKept(_logger, e.Message);
        }
        catch (ConfigurationException)
        {
            // warned of before
        }
    }

    private PemFiles Read()
    {
        try
        {
            return new PemFiles(File.ReadAllText(_options.TlsCert!), File.ReadAllText(_options.TlsKey!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"COFFER_TLS_CERT {_options.TlsCert} or COFFER_TLS_KEY {_options.TlsKey} cannot be read; "
                + "write for example COFFER_TLS_CERT=/etc/coffer/cert.pem COFFER_TLS_KEY=/etc/coffer/key.pem", e);
        }
    }

    private SslStreamCertificateContext Load(PemFiles files)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(files.Cert);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(files.Cert, files.Key), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(
                $"COFFER_TLS_CERT {_options.TlsCert} and COFFER_TLS_KEY {_options.TlsKey} are no certificate with its "
                + "unencrypted key; make a pair for example with openssl req -x509 -nodes -keyout key.pem -out cert.pem", e);
        }
    }

    /// <summary>The text, not the times, tells files apart: a link has a time of its own, and some file systems count seconds.</summary>
    private sealed record PemFiles(string Cert, string Key);
}
