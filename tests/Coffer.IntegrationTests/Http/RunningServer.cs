using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Coffer.Access;
using Coffer.Http;
using Coffer.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.IntegrationTests.Http;

/// <summary>The real host on a free port of this machine, with a few routes that stand for those of a dialect.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly MemoryStream _log;

    private RunningServer(WebApplication app, MemoryStream log)
    {
        App = app;
        _log = log;
        Address = new Uri(CofferServer.AddressesOf(app)[0]);
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    public static async Task<RunningServer> StartAsync(
        Action<CofferOptions>? configure = null, Action<IServiceCollection>? addServices = null,
        Action<IEndpointRouteBuilder>? mapRoutes = null)
    {
        var log = new MemoryStream();
        var options = new CofferOptions { Urls = [BindingAddress.Parse("http://127.0.0.1:0")], LogStream = log };
        configure?.Invoke(options);
        WebApplication app = CofferServer.Build(options, CallerByKey, addServices, routes =>
        {
            TestRoutes.Map(routes);
            mapRoutes?.Invoke(routes);
        });
        await CofferServer.StartAsync(app);
        return new RunningServer(app, log);

        ValueTask<Caller?> CallerByKey(HttpContext http) =>
            ValueTask.FromResult(options.OperatorKey is { } key && BearerToken.Of(http.Request) == key ? Caller.Operator : null);
    }

    /// <summary>A client that speaks this version and no other.</summary>
    public HttpClient Client(Version version) => new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = Address,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(30),
    };

    public async Task<NetworkStream> ConnectAsync(Action<Socket>? configure = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        configure?.Invoke(socket);
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Stops the server and returns its log.</summary>
    public async Task<IReadOnlyList<JsonElement>> StopAndReadLogAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        return [.. Encoding.UTF8.GetString(_log.ToArray())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement)];
    }

    public string LogText() => Encoding.UTF8.GetString(_log.ToArray());

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await App.StopAsync(now.Token);
        await App.DisposeAsync();
    }
}

internal static class TestRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/hello", static http =>
        {
            http.Facts().Account = "acct_test";
            return http.Response.WriteAsync("hello");
        }).WithMetadata(new Operation("test.hello"));

        routes.MapPost("/v1/json", static async http =>
        {
            using JsonDocument body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            await http.Response.WriteAsync(body.RootElement.GetProperty("name").GetString()!);
        }).WithMetadata(new Operation("test.json"));

        routes.MapPost("/v1/fail", static _ => throw new InvalidOperationException("the secret inside"))
            .WithMetadata(new Operation("test.fail"));

        routes.MapGet("/v1/where", static http => http.Response.WriteAsync(
            $"{PublicBase.Of(http)} {http.Connection.RemoteIpAddress}")).WithMetadata(new Operation("test.where"));

        routes.MapGet("/v1/raw/{**rest}", static http => http.Response.WriteAsync(
            $"{RawTarget.PathOf(http)} {RawTarget.QueryOf(http)}")).WithMetadata(new Operation("test.raw"));

        // Bytes in equal pieces, as many and as slow as the query says.
        routes.MapGet("/data/{name}", static async http =>
        {
            int pieces = int.Parse(http.Request.Query["pieces"]!);
            int delay = int.Parse(http.Request.Query["delay"].FirstOrDefault("0")!);
            http.Response.ContentLength = (long)pieces * Piece.Length;
            for (int i = 0; i < pieces; i++)
            {
                await http.Response.BodyWriter.WriteAsync(Piece, http.RequestAborted);
                await Task.Delay(delay, http.RequestAborted);
            }
        }).WithMetadata(new Operation("test.download"), DataRoute.Marker, AnyOrigin.Marker);

        // Sends until nobody takes it any more, and takes that for an ordinary end.
        routes.MapGet("/data/{name}/endless", static async http =>
        {
            http.Response.ContentLength = long.MaxValue;
            while (!(await http.Response.BodyWriter.WriteAsync(Piece, CancellationToken.None)).IsCompleted)
            {
            }

            http.Abort();
        }).WithMetadata(new Operation("test.endless"), DataRoute.Marker, AnyOrigin.Marker);

        // Gives up in the middle without a word.
        routes.MapGet("/data/{name}/half", static async http =>
        {
            http.Response.ContentLength = 2L * Piece.Length;
            await http.Response.BodyWriter.WriteAsync(Piece, http.RequestAborted);
        }).WithMetadata(new Operation("test.half"), DataRoute.Marker, AnyOrigin.Marker);

        routes.MapPut("/data/{name}", static async http =>
        {
            long length = 0;
            while (true)
            {
                var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
                length += read.Buffer.Length;
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            await http.Response.WriteAsync($"{length}");
        }).WithMetadata(new Operation("test.upload"), DataRoute.Marker, AnyOrigin.Marker);
    }

    public static byte[] Piece { get; } = [.. Enumerable.Range(0, 64 * 1024).Select(static i => (byte)(i * 31))];
}
