using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Coffer.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.IntegrationTests.Http;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coffer-tls-").FullName;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Https_agrees_on_the_version_by_alpn(string version)
    {
        (string cert, string key) = MakeCertificate();
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Urls = [BindingAddress.Parse("https://127.0.0.1:0")];
            (options.TlsCert, options.TlsKey) = (cert, key);
        });
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = static (_, presented, _, _) => presented!.Subject == "CN=coffer.test",
            },
        };
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage response = await client.GetAsync(new Uri(server.Address, "/v1/where"));

        Assert.Equal(Version.Parse(version), response.Version);
        Assert.StartsWith("https://127.0.0.1:", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_named_in_one_line()
    {
        var options = new CofferOptions
        {
            Urls = [BindingAddress.Parse("https://127.0.0.1:0")],
            TlsCert = Path.Combine(_folder, "none.pem"),
            TlsKey = Path.Combine(_folder, "none.key"),
            LogStream = Stream.Null,
        };

        var refused = Assert.Throws<ConfigurationException>(() => CofferServer.Build(options, static _ => default));

        Assert.Contains("none.pem", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        (string cert, _) = MakeCertificate();
        (_, string otherKey) = MakeCertificate();
        var options = new CofferOptions
        {
            Urls = [BindingAddress.Parse("https://127.0.0.1:0")], TlsCert = cert, TlsKey = otherKey, LogStream = Stream.Null,
        };

        var refused = Assert.Throws<ConfigurationException>(() => CofferServer.Build(options, static _ => default));

        Assert.Contains("COFFER_TLS_KEY", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_and_its_chain_meet_the_next_connection_without_a_restart()
    {
        (string cert, string key) = MakeCertificate("old.test");
        var clock = new SteppedClock();
        await using RunningServer server = await StartAsync(cert, key, clock);
        using HttpClient before = ClientOf(server);
        Assert.Equal("hello", await before.GetStringAsync("/v1/hello"));

        MakeCertificate("new.test", issuer: "intermediate.test", replaced: cert);
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("CN=old.test", (await HandshakeAsync(server)).Subject); // no look at the files in each handshake
        clock.Advance(TimeSpan.FromSeconds(2));
        Handshake after = await HandshakeAsync(server);

        Assert.Equal("CN=new.test", after.Subject);
        Assert.Contains("CN=intermediate.test", after.Chain);
        Assert.Equal(SslApplicationProtocol.Http2, after.Protocol);
        Assert.Equal("hello", await before.GetStringAsync("/v1/hello")); // on the connection that it has
        int[] events = await TlsEventsAsync(server);
        Assert.Equal([5011], events);
    }

    [Theory]
    [InlineData("half a certificate"), InlineData("an empty certificate"), InlineData("no certificate")]
    [InlineData("half a key"), InlineData("another key"), InlineData("no key")]
    public async Task Files_that_are_no_pair_keep_the_certificate_with_one_warning(string fault)
    {
        (string cert, string key) = MakeCertificate("old.test");
        var clock = new SteppedClock();
        await using RunningServer server = await StartAsync(cert, key, clock);

        Spoil(fault, cert, key);
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal("CN=old.test", (await HandshakeAsync(server)).Subject);
        }

        MakeCertificate("new.test", replaced: cert);
        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("CN=new.test", (await HandshakeAsync(server)).Subject);
        int[] events = await TlsEventsAsync(server);
        Assert.Equal([5012, 5011], events);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<RunningServer> StartAsync(string cert, string key, TimeProvider clock) => RunningServer.StartAsync(
        options =>
        {
            options.Urls = [BindingAddress.Parse("https://127.0.0.1:0")];
            (options.TlsCert, options.TlsKey) = (cert, key);
        },
        services => services.AddSingleton(clock));

    private static HttpClient ClientOf(RunningServer server) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, presented, _, _) => presented!.Subject == "CN=old.test",
        },
    })
    {
        BaseAddress = server.Address,
    };

    private static async Task<Handshake> HandshakeAsync(RunningServer server)
    {
        string[] chain = [];
        await using NetworkStream connection = await server.ConnectAsync();
        await using var tls = new SslStream(connection);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "coffer.test",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, _, sent, _) =>
            {
                chain = [.. sent!.ChainPolicy.ExtraStore.Select(static certificate => certificate.Subject)];
                return true;
            },
        });
        return new Handshake(tls.RemoteCertificate!.Subject, chain, tls.NegotiatedApplicationProtocol);
    }

    private static async Task<int[]> TlsEventsAsync(RunningServer server) =>
    [
        .. (await server.StopAndReadLogAsync())
            .Select(static line => line.TryGetProperty("event_id", out JsonElement id) ? id.GetInt32() : 0)
            .Where(static id => id is 5011 or 5012),
    ];

    private void Spoil(string fault, string cert, string key)
    {
        switch (fault)
        {
            case "half a certificate":
                File.WriteAllText(cert, File.ReadAllText(cert)[..200]);
                break;
            case "an empty certificate":
                File.WriteAllText(cert, "");
                break;
            case "no certificate":
                File.Delete(cert);
                break;
            case "half a key":
                File.WriteAllText(key, File.ReadAllText(key)[..100]);
                break;
            case "another key":
                File.Copy(MakeCertificate("other.test").Key, key, overwrite: true);
                break;
            case "no key":
                File.Delete(key);
                break;
        }
    }

    /// <param name="issuer">Signs the certificate and follows it in the file; the certificate signs itself when null.</param>
    /// <param name="replaced">The certificate whose files are written over; new files when null.</param>
    private (string Cert, string Key) MakeCertificate(string name = "coffer.test", string? issuer = null, string? replaced = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        (DateTimeOffset from, DateTimeOffset to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string cert = replaced ?? Path.Combine(_folder, Path.GetRandomFileName() + ".pem");
        if (issuer is null)
        {
            using X509Certificate2 certificate = request.CreateSelfSigned(from, to);
            File.WriteAllText(cert, certificate.ExportCertificatePem());
        }
        else
        {
            using X509Certificate2 above = MakeIssuer(issuer, from, to);
            using X509Certificate2 certificate = request.Create(above, from, to, [1, 2, 3]);
            File.WriteAllText(cert, $"{certificate.ExportCertificatePem()}\n{above.ExportCertificatePem()}\n");
        }

        File.WriteAllText(Path.ChangeExtension(cert, ".key"), key.ExportPkcs8PrivateKeyPem());
        return (cert, Path.ChangeExtension(cert, ".key"));
    }

    /// <summary>Below a root that is sent nowhere, as with public authorities.</summary>
    private static X509Certificate2 MakeIssuer(string name, DateTimeOffset from, DateTimeOffset to)
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true);
        var rootRequest = new CertificateRequest("CN=root.test", rootKey, HashAlgorithmName.SHA256) { CertificateExtensions = { authority } };
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256) { CertificateExtensions = { authority } };
        using X509Certificate2 root = rootRequest.CreateSelfSigned(from, to);
        using X509Certificate2 certificate = request.Create(root, from, to, [4, 5, 6]);
        return certificate.CopyWithPrivateKey(key);
    }

    private sealed record Handshake(string Subject, string[] Chain, SslApplicationProtocol Protocol);

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Advance(TimeSpan step) => Interlocked.Add(ref _ticks, step.Ticks);
    }
}
