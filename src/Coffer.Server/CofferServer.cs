using System.Net.Sockets;
using Coffer.Http;
using Coffer.Server.Access;
using Coffer.Server.Configuration;
using Coffer.Server.Health;
using Coffer.Server.Http;
using Coffer.Server.Logging;
using Coffer.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coffer.Server;

/// <summary>Puts the HTTP side together: host, addresses, and the steps that every request passes.</summary>
public static class CofferServer
{
    /// <summary>The composed server, not yet started.</summary>
    /// <param name="callerOf">Who holds the key of a request, for the server's own routes.</param>
    /// <param name="addServices">Further services; those registered here win over the server's own.</param>
    /// <param name="mapRoutes">Further routes.</param>
    /// <exception cref="ConfigurationException">The TLS files cannot be used.</exception>
    public static WebApplication Build(
        CofferOptions options, CallerCheck callerOf, Action<IServiceCollection>? addServices = null,
        Action<IEndpointRouteBuilder>? mapRoutes = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddHost(builder, options, callerOf);
        addServices?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        UsePipeline(app, options);
        MapOperations(app);
        mapRoutes?.Invoke(app);
        return app;
    }

    /// <summary>Opens the addresses and begins to serve.</summary>
    /// <exception cref="ListenException">An address is taken, not of this machine, or not allowed.</exception>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken = default)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw ListenException.InUse(AddressIn(e), e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // For localhost, which is two addresses, the reasons are inside.
            string reason = e.GetBaseException() is SocketException refused ? $"{refused.SocketErrorCode}" : e.Message;
            throw ListenException.CannotOpen(UrlsOf(app), reason, e);
        }

        ILogger logger = LoggerOf(app);
        CofferOptions options = app.Services.GetRequiredService<CofferOptions>();
        foreach (string warning in options.Warnings)
        {
            Log.Configuration(logger, warning);
        }
    }

    /// <summary>Where the started server listens, with the real port where 0 was asked for.</summary>
    public static IReadOnlyList<string> AddressesOf(WebApplication app) =>
    [
        .. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Where(static address => !address.EndsWith(Handover.EndPoint.ToString()!, StringComparison.Ordinal)),
    ];

    private static void AddHost(WebApplicationBuilder builder, CofferOptions options, CallerCheck callerOf)
    {
        bool asText = options.LogStream is null && !Console.IsErrorRedirected;
        var sink = new LogSink(options.LogStream ?? Console.OpenStandardError());
        var handover = new Handover();

        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(static provider => new TlsCertificate(
            provider.GetRequiredService<CofferOptions>(), provider.GetRequiredService<TimeProvider>(), LoggerOf(provider)));
        services.AddSingleton(_ => sink); // by a factory, so that the container disposes it
        services.AddSingleton(new RequestLog(sink, asText));
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton(static provider => new EngineMetrics(
            provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), LoggerOf(provider)));
        services.AddSingleton(_ => new IdleWatch(options.IdleLimit));
        services.AddSingleton<Ending>();
        services.AddSingleton<TargetRouting>();
        services.AddSingleton(callerOf);
        services.AddSingleton<AdminGate>();
        services.AddRoutingCore();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace);

        builder.Logging.AddProvider(new LineLoggerProvider(sink, asText));
        builder.Logging.AddFilter("Coffer", asText ? LogLevel.Warning : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Enabled, it would make an activity and a scope for each request; ours says more.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        builder.WebHost.UseKestrelCore();
        services.AddSingleton<IConnectionListenerFactory>(handover); // after Kestrel's own, which it adds only when first
        // By its default of 64 KiB a response of 64 KiB with its headers would wait for its reader, which costs another turn of a thread.
        services.Configure<SocketTransportOptions>(static sockets => sockets.MaxWriteBufferSize = Endpoints.ResponseBufferBytes);
        builder.WebHost.ConfigureKestrel(kestrel => Endpoints.Configure(kestrel, options, handover));
    }

    private static void UsePipeline(WebApplication app, CofferOptions options)
    {
        IServiceProvider services = app.Services;
        var cors = new Cors(options.CorsOrigins);
        app.Use(next => new RequestObserver(
            next, options, services.GetRequiredService<IdleWatch>(), services.GetRequiredService<Ending>(), cors,
            services.GetRequiredService<RequestLog>(), services.GetRequiredService<RequestMetrics>(), LoggerOf(app)).InvokeAsync);
        if (options.TrustedProxies.Count > 0)
        {
            app.Use(next => new ForwardedHeaders(next, options.TrustedProxies).InvokeAsync);
        }

        app.Use(static next => http => Cors.BeforeRouting(http, next));
        var targets = services.GetRequiredService<TargetRouting>();
        app.Use(next => http => targets.RouteAsync(http, next));
        app.UseRouting();
        app.Use(next => http => cors.AfterRouting(http, next));
        app.Use(static next => http => Dispatch.ApplyLimits(http, next));
        app.Run(Dispatch.RunEndpoint);
    }

    private static void MapOperations(WebApplication app)
    {
        IServiceProvider services = app.Services;
        var health = new HealthEndpoints(services.GetServices<ReadinessCheck>(), LoggerOf(app));
        var metrics = new MetricsEndpoint(
            services.GetRequiredService<RequestMetrics>(), services.GetRequiredService<EngineMetrics>(),
            services.GetRequiredService<LogSink>(), services.GetRequiredService<AdminGate>());

        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/healthz", reading, HealthEndpoints.Live).WithMetadata(new Operation("health.live"));
        app.MapMethods("/readyz", reading, health.ReadyAsync).WithMetadata(new Operation("health.ready"));
        app.MapMethods("/metrics", [HttpMethods.Get], metrics.HandleAsync).WithMetadata(new Operation("metrics.read"));
    }

    private static ILogger LoggerOf(WebApplication app) => LoggerOf(app.Services);

    private static ILogger LoggerOf(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("Coffer.Server");

    private static string UrlsOf(WebApplication app) =>
        string.Join(", ", app.Services.GetRequiredService<CofferOptions>().Urls);

    /// <summary>Kestrel's message is "Failed to bind to address http://127.0.0.1:8484: address already in use."</summary>
    private static string AddressIn(IOException failure) =>
        failure.Message.Split(' ').FirstOrDefault(static word => word.Contains("://", StringComparison.Ordinal))?.TrimEnd(':')
        ?? "An address";
}
