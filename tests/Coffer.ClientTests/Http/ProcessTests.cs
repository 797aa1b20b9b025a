using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Http;

/// <summary>What only shows in a process that runs nothing but the client.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData("http"), InlineData("https")]
    public async Task Blocking_calls_finish_while_the_thread_pool_is_exhausted(string scheme)
    {
        using X509Certificate2 certificate = SelfSigned();
        using var folder = new TemporaryFolder();
        string trusted = folder.Write("trusted.pem", certificate.ExportCertificatePem());
        int retrieves = 0;
        RequestDelegate store = Store(new byte[100_000]);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            http => http.Request.Method == "GET" && http.Request.Path == "/v1/objects/obj_1" && Interlocked.Increment(ref retrieves) == 1
                ? Status(503, ("retry-after-ms", "50"))(http) // the wait between two tries needs no pool either
                : http.Request.Path == "/v1/objects/obj_hang" ? Hang(http)
                : store(http),
            readBodies: true,
            listen =>
            {
                if (scheme == "https")
                {
                    listen.UseHttps(certificate);
                }
            });

        (int exitCode, string output) = await RunChildAsync(("SSL_CERT_FILE", trusted), "starve", server.Url.AbsoluteUri);

        Assert.Equal((0, "finished"), (exitCode, output.Trim()));
        Assert.Equal(2, retrieves);
    }

    [Fact]
    public async Task Blocking_calls_for_files_finish_while_the_thread_pool_is_exhausted()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Files());

        (int exitCode, string output) = await RunChildAsync(null, "starve-files", server.Url.AbsoluteUri);

        Assert.Equal((0, "finished"), (exitCode, output.Trim()));
        Assert.Equal(15, server.Seen.Count);
    }

    [Theory]
    [InlineData("async"), InlineData("blocking")]
    public async Task Half_a_gibibyte_moves_both_ways_in_constant_memory(string form)
    {
        const long Size = 512L << 20;
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Store(put: DrainAsync, get: SendAsync), readBodies: false, _ => { });

        (int exitCode, string output) = await RunChildAsync(null, "move", server.Url.AbsoluteUri, form, $"{Size}");

        Assert.Equal(0, exitCode);
        long[] figures = [.. output.Split(' ').Select(long.Parse)];
        Assert.Equal(Size, figures[0]);
        Assert.True(figures[1] < 64 << 20, $"{figures[1]} bytes were allocated");
        Assert.True(figures[2] < 48 << 20, $"the peak memory rose by {figures[2]} bytes");

        static async Task DrainAsync(HttpContext http)
        {
            byte[] buffer = new byte[1 << 20];
            while (await http.Request.Body.ReadAsync(buffer) > 0)
            {
            }
        }

        static async Task SendAsync(HttpContext http)
        {
            http.Response.ContentLength = Size;
            byte[] buffer = new byte[1 << 20];
            for (long sent = 0; sent < Size; sent += buffer.Length)
            {
                await http.Response.Body.WriteAsync(buffer);
            }
        }
    }

    private static async Task<(int ExitCode, string Output)> RunChildAsync((string Name, string Value)? environment, params string[] arguments)
    {
        string child = Path.GetFullPath("../../Coffer.ClientTests.Child/", AppContext.BaseDirectory)
            + Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')) + "/Coffer.ClientTests.Child.dll";
        var start = new ProcessStartInfo("dotnet", [child, .. arguments]) 
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        if (environment is { } variable)
        {
            start.Environment[variable.Name] = variable.Value;
        }

        using Process process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return (-1, "did not finish within a minute");
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
