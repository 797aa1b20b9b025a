using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coffer.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;

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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (string Cert, string Key) MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=coffer.test", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string path = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(path + ".pem", certificate.ExportCertificatePem());
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem());
        return (path + ".pem", path + ".key");
    }
}
