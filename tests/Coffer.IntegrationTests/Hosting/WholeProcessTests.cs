using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>What in-process hosts test with settings of their own, once with the program and its defaults.</summary>
public sealed class WholeProcessTests
{
    [Fact]
    public async Task Https_serves_the_API_over_both_versions_of_HTTP()
    {
        await using CofferProcess other = CofferProcess.Make(); // never started: it knows a port that nobody has
        await using CofferProcess server = CofferProcess.Make();
        var secure = new Uri($"https://127.0.0.1:{other.Port}");
        string certificate = Path.Combine(server.Folder, "cert.pem"), key = Path.Combine(server.Folder, "cert.key");
        MakeCertificate(certificate, key);
        await server.StartAgainAsync(
            ("COFFER_URLS", $"{server.BaseUrl.ToString().TrimEnd('/')};{secure}"), ("COFFER_TLS_CERT", certificate), ("COFFER_TLS_KEY", key));
        using var client = new HttpClient(new DescribedAnswers(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = static (_, presented, _, _) => presented!.Subject == "CN=coffer.test",
            },
        }));

        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using HttpResponseMessage created = await SendAsync(
                HttpMethod.Post, new Uri(secure, "/v1/objects"), version, new StringContent("""{"name":"a","content_type":"text"}""", new MediaTypeHeaderValue("application/json")));
            var answer = new Answer(created.StatusCode, created.Version, created.Headers, created.Content.Headers, await created.Content.ReadAsByteArrayAsync());
            var upload = new Uri(answer.Expect(200).Json.Text("upload_url")!);
            server.Handed.AddLink(upload.ToString());

            Assert.Equal(secure.GetLeftPart(UriPartial.Authority), upload.GetLeftPart(UriPartial.Authority));
            using HttpResponseMessage uploaded = await SendAsync(HttpMethod.Put, upload, version, new StringContent("bytes"));
            Assert.Equal(HttpStatusCode.OK, uploaded.StatusCode);
            Assert.Equal(version, uploaded.Version);
            Assert.Equal(5, (await server.Api.CompleteAsync(answer.Json.Text("id")!)).Expect(200).Json.Number("size_bytes"));
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, Version version, HttpContent content)
        {
            using var request = new HttpRequestMessage(method, url) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
            if (method == HttpMethod.Post)
            {
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Canary.ApiKey}");
            }

            return await client.SendAsync(request);
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task An_upload_that_falls_silent_is_ended_after_a_minute_and_leaves_nothing()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        CreatedObject created = await server.Api.CreateAsync("a", "binary");
        await using RawHttp raw = await RawHttp.ConnectAsync(server);
        var silent = Stopwatch.StartNew();
        await raw.SendAsync($"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: a\r\nX-Request-Id: silent\r\nContent-Length: 1000000\r\n\r\nhalf");

        await Task.Delay(TimeSpan.FromSeconds(50));
        Assert.DoesNotContain(RequestLine.Of(server), line => line.RequestId == "silent");
        Assert.Null(await raw.AnswerOrEndAsync());

        Assert.InRange(silent.Elapsed.TotalSeconds, 55, 90);
        RequestLine[] lines = await RequestLine.WhenAsync(server, lines => lines.Any(line => line.RequestId == "silent"));
        Assert.Equal(499, Assert.Single(lines, line => line.RequestId == "silent").Status);
        Assert.Equal("UPLOADING", (await server.Api.RetrieveAsync(created.Id)).Json.Text("state"));
        (await server.Api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.Data, "staging")));
    }

    [Fact]
    public async Task Readiness_ends_while_the_folder_of_the_bytes_is_gone()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string blobs = Path.Combine(server.Data, "blobs");
        (await server.Api.GetAsync("/readyz")).Expect(200);

        Directory.Move(blobs, blobs + "-away");
        Answer answer = (await server.Api.GetAsync("/readyz")).ExpectError(503, "not_ready");
        Assert.DoesNotContain(server.Folder, answer.Text, StringComparison.Ordinal); // anyone may ask
        (await server.Api.GetAsync("/healthz")).Expect(200);

        Directory.Move(blobs + "-away", blobs);
        (await server.Api.GetAsync("/readyz")).Expect(200);
    }

    private static void MakeCertificate(string certificate, string key)
    {
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=coffer.test", pair, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
    }
}
