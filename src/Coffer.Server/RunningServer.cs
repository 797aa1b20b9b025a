using System.Runtime.InteropServices;
using Coffer.Access;
using Coffer.Devboxes.Operations;
using Coffer.Dialects.Objects;
using Coffer.Dialects.Storage;
using Coffer.Http;
using Coffer.LocalFiles;
using Coffer.Server.Access;
using Coffer.Server.Admin;
using Coffer.Server.Configuration;
using Coffer.Server.Health;
using Coffer.Server.Http;
using Coffer.Server.OpenApi;
using Coffer.Server.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coffer.Server;

/// <summary>A server that serves: engines open, dialects mapped, addresses bound.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private const int Failed = 1;

    /// <summary>What still runs when a signal is this old is a transfer, or as slow as one.</summary>
    private static readonly TimeSpan OrdinaryRequest = TimeSpan.FromMilliseconds(250);

    private readonly WebApplication _app;
    private readonly Installation _installation;
    private readonly PosixSignalRegistration _hangup;

    private RunningServer(WebApplication app, Installation installation, CofferOptions options)
    {
        // The host knows Ctrl-C and SIGTERM; a terminal that is closed ends the server in order too.
        _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        });
        _app = app;
        _installation = installation;
        Url = options.PublicUrl ?? CofferServer.AddressesOf(app)[0];
        Engines = "SQLite catalog, local disk";
    }

    /// <summary>Where clients reach it.</summary>
    public string Url { get; }

    public string DataFolder => _installation.Folder.Root;

    /// <summary>What keeps rows and bytes, in words.</summary>
    public string Engines { get; }

    public string CredentialsPath => _installation.Folder.CredentialsPath;

    /// <summary>The generated service key, at the start that made it only; null afterwards, and when it was configured.</summary>
    public string? KeyToShow => _installation.Secrets is { IsApiKeyNew: true, ApiKey: var key } ? key : null;

    /// <summary>The key that may be shown in a web page: what policies allow to anybody; null when it was revoked.</summary>
    public string? AnonKey => _installation.Secrets.AnonKey;

    /// <summary>Every route it answers; the tests hold the OpenAPI document against them.</summary>
    internal IEnumerable<Endpoint> Endpoints =>
    [
        .. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints),
        .. _app.Services.GetRequiredService<TargetRouting>().Endpoints,
    ];

    private ILogger Logger => _app.Services.GetRequiredService<ILogger<RunningServer>>();

    /// <exception cref="ConfigurationException">A setting cannot be honoured.</exception>
    /// <exception cref="DataFolderException">The data folder is owned by another process, cannot be written, or is full.</exception>
    /// <exception cref="ListenException">An address cannot be opened.</exception>
    public static Task<RunningServer> StartAsync(CofferOptions options, CancellationToken cancellationToken) =>
        StartAsync(options, TimeProvider.System, cancellationToken);

    internal static async Task<RunningServer> StartAsync(CofferOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        Installation? installation = null;
        WebApplication app = CofferServer.Build(options, http => CallerOfAsync(http, installation!.Keys), services =>
        {
            services.AddSingleton(new ReadinessCheck("catalog", token => installation!.Catalog.IsReadyAsync(token)));
            services.AddSingleton(new ReadinessCheck("blob store", token => installation!.Blobs.IsReadyAsync(token)));
        });
        try
        {
            if (!Directory.Exists(options.Data))
            {
                AddressTrial.Run(options.Urls);
            }

            installation = await Installation.OpenAsync(
                options, app.Services.GetRequiredService<ILoggerFactory>(), time, cancellationToken);
            await installation.RestoreDevboxesAsync(cancellationToken);
            MapDialects(app, installation, options);
            await CofferServer.StartAsync(app, cancellationToken);
            var server = new RunningServer(app, installation, options);
            server.KeepCredentials();
            if (installation.Secrets.RevokedApiKey is { } revoked)
            {
                Log.ServiceKeyReplaced(server.Logger, revoked, server.CredentialsPath);
            }

            string addresses = string.Join(", ", CofferServer.AddressesOf(app));
            Log.Listening(server.Logger, addresses, server.DataFolder, server.CredentialsPath);
            installation.Start();
            return server;
        }
        catch
        {
            await app.DisposeAsync();
            if (installation is not null)
            {
                await installation.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>
    /// Serves until a signal, a cancellation or a failed catalog ends it. Running transfers get their time, unless a second
    /// signal takes it from them.
    /// </summary>
    /// <param name="tell">Shows a line to the person who watches; null where nobody does and the log gets it.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> WaitForEndAsync(Action<string>? tell, CancellationToken cancellationToken)
    {
        var ending = _app.Services.GetRequiredService<Ending>();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var now = new CancellationTokenSource();
        using var signals = new Signals(() =>
        {
            ending.CutOff();
            now.Cancel();
        });
        using CancellationTokenRegistration stopping = _app.Lifetime.ApplicationStopping.Register(asked.SetResult);
        using CancellationTokenRegistration cancelled = cancellationToken.Register(_app.Lifetime.StopApplication);

        bool hasFailed = await Task.WhenAny(asked.Task, _installation.Catalog.Failed) != asked.Task;
        if (hasFailed)
        {
            // Outcomes are open: only a new start knows what the disk holds. Clients repeat what they were not answered.
            ILogger logger = _app.Services.GetRequiredService<ILogger<RunningServer>>();
            Log.CatalogFailed(logger);
        }

        Task stopped = _app.StopAsync(now.Token);
        if (await Task.WhenAny(stopped, Task.Delay(OrdinaryRequest, CancellationToken.None)) != stopped && ending.Running is > 0 and var running)
        {
            TellWhoIsWaitedFor(running, tell);
        }

        await stopped;
        return hasFailed ? Failed : 0;
    }

    public async ValueTask DisposeAsync()
    {
        _hangup.Dispose();
        await _app.StopAsync();
        await _installation.DisposeAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Leaves address and keys for the command on this machine. Without them the server serves all the same.</summary>
    /// <exception cref="DataFolderException">They cannot be left, and nobody knows the key that was just made.</exception>
    private void KeepCredentials()
    {
        InstallationSecrets secrets = _installation.Secrets;
        try
        {
            CredentialsFile.Write(CredentialsPath, Url, secrets);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            if (secrets.IsFirstStart || secrets.IsApiKeyNew || (secrets.IsApiKeyGenerated && !File.Exists(CredentialsPath)))
            {
                throw DataFolderException.Of(DataFolder, failed);
            }

            Log.CredentialsNotKept(Logger, CredentialsPath, failed);
        }
    }

    private void TellWhoIsWaitedFor(int running, Action<string>? tell)
    {
        int seconds = (int)_app.Services.GetRequiredService<CofferOptions>().ShutdownGrace.TotalSeconds;
        if (tell is null)
        {
            ILogger logger = _app.Services.GetRequiredService<ILogger<RunningServer>>();
            Log.WaitingForTransfers(logger, seconds, running);
        }
        else
        {
            string transfers = running == 1 ? "1 transfer; Ctrl-C again ends it" : $"{running} transfers; Ctrl-C again ends them";
            tell($"Waiting up to {seconds} s for {transfers} now.");
        }
    }

    private static void MapDialects(WebApplication app, Installation installation, CofferOptions options)
    {
        var gate = app.Services.GetRequiredService<AdminGate>();
        var objects = new ObjectsDialect(installation.Objects, installation.Archives, installation.Callers, installation.Urls);
        app.MapObjects(objects);
        app.Services.GetRequiredService<TargetRouting>().Add(objects.TargetRoutes);
        app.Services.GetRequiredService<TargetRouting>().Add(new StorageDialect(
            installation.Buckets, installation.BucketObjects, installation.Uploads, installation.Callers, installation.Links,
            async token => await installation.Catalog.IsReadyAsync(token) && await installation.Blobs.IsReadyAsync(token),
            app.Services.GetRequiredService<ILogger<StorageDialect>>())
        {
            EmptiesByPolicy = options.EmptyBucketByPolicy,
            SaysRealStatus = options.RealStatusCodes,
        });
        app.MapAdmin(new AdminRoutesContext(installation.Callers, installation.Keys, installation.Accounts, installation.Reaper, gate.IsOpenFor)
        {
            Policies = installation.Policies,
            Decisions = installation.Decisions,
            Gate = installation.Gate,
        });
        var devboxes = new DevboxCalls(installation.Devboxes, installation.Callers);
        app.MapDevboxes(devboxes);
        app.MapExecutions(new ExecutionCalls(installation.Executions, devboxes.RunningAsync));
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            // Who waits for a command or a devbox is answered.
            installation.Devboxes.Stop();
            _ = installation.Executions.StopAsync();
        });
        app.MapOpenApi();
    }

    private static async ValueTask<Caller?> CallerOfAsync(HttpContext http, AccessKeys keys) =>
        BearerToken.Of(http.Request) is { } token ? await keys.AuthenticateAsync(token, http.RequestAborted) : null;
}
