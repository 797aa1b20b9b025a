using System.Collections.Concurrent;
using System.Net;
using Coffer.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Coffer.ClientTests.Serving;

/// <summary>One request as it came over the wire.</summary>
internal sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public string? this[string header] => Headers.GetValueOrDefault(header);
}

/// <summary>A real HTTP server that answers from a script and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly object BodyKey = new();

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _seen = new();

    private ScriptedServer(WebApplication app) => _app = app;

    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    public Uri Url { get; private set; } = null!;

    public static Task<ScriptedServer> StartAsync(RequestDelegate answer) => StartAsync(answer, readBodies: true, _ => { });

    /// <summary>What a request brought, for an answer that depends on it.</summary>
    public static byte[] BodyOf(HttpContext http) => (byte[])http.Items[BodyKey]!;

    /// <summary>The n-th request gets the n-th answer; the last answer stays.</summary>
    public static Task<ScriptedServer> StartAsync(params RequestDelegate[] answers)
    {
        int next = -1;
        return StartAsync(http => answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)](http));
    }

    public static async Task<ScriptedServer> StartAsync(RequestDelegate answer, bool readBodies, Action<ListenOptions> listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen.Invoke);
        });
        WebApplication app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            if (readBodies)
            {
                await http.Request.Body.CopyToAsync(body);
            }

            var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            string target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
            server._seen.Enqueue(new(http.Request.Method, target, headers, body.ToArray()));
            http.Items[BodyKey] = body.ToArray();
            await answer(http);
        });
        await app.StartAsync();
        server.Url = new Uri(app.Urls.Single());
        return server;
    }

    public CofferClient Client(Action<CofferClientOptions>? set = null)
    {
        var options = new CofferClientOptions { BaseUrl = Url, BearerToken = "My Bearer Token" };
        set?.Invoke(options);
        return new CofferClient(options);
    }

    public StorageClient Storage(Action<StorageClientOptions>? set = null)
    {
        var options = new StorageClientOptions { Url = new Uri(Url, "/storage/v1/"), Key = "a key" };
        set?.Invoke(options);
        return new StorageClient(options);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
