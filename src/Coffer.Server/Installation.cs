using Coffer.Access;
using Coffer.Archives;
using Coffer.Archives.Index;
using Coffer.Blobs;
using Coffer.Blobs.Disk;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Devboxes;
using Coffer.Devboxes.Execution;
using Coffer.LocalFiles;
using Coffer.Objects;
using Coffer.Policies;
using Coffer.Server.Bootstrap;
using Coffer.Server.Configuration;
using Coffer.Server.Secrets;
using Coffer.Upkeep;
using Coffer.Uploads;
using Microsoft.Extensions.Logging;

namespace Coffer.Server;

/// <summary>Everything that one server process keeps open: engines, secrets, the core on top of them, and its background work.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseGrace = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly ArchiveIndexes _archiveIndexes;
    private Task _upkeep = Task.CompletedTask;

    private Installation(DataFolder folder, ICatalog catalog, IBlobStore blobs, InstallationSecrets secrets, Sandbox? sandbox,
        CofferOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        Folder = folder;
        Catalog = catalog;
        Blobs = blobs;
        Secrets = secrets;
        StoreLimits limits = LimitsOf(options);
        var use = new CoarseUse(catalog);
        Policies = new PolicyStore(catalog);
        Decisions = new DecisionLog(catalog, time, loggers.CreateLogger<DecisionLog>());
        Gate = new PolicyGate(Policies, Decisions);
        Objects = new ObjectStore(catalog, blobs, Gate, limits, use);
        _archiveIndexes = new ArchiveIndexes(
            new ArchiveIndexOptions
            {
                Folder = folder.ArchiveIndexesDirectory,
                MaxBytes = options.ArchiveIndexMaxBytes,
                MinFreeBytes = options.MinFreeBytes,
            },
            loggers.CreateLogger<ArchiveIndexes>(), time);
        Archives = new ObjectArchives(Objects, _archiveIndexes);
        Keys = new AccessKeys(catalog, use, AccessKey.HashOf(secrets.OperatorKey));
        Callers = new Callers(catalog, Keys);
        Links = new LinkTokens(catalog);
        Accounts = new Accounts(catalog);
        Buckets = new BucketStore(catalog, Gate, limits);
        BucketObjects = new BucketObjects(catalog, blobs, Gate, limits, use);
        Uploads = new ResumableUploads(catalog, blobs, BucketObjects, limits);
        Urls = new SignedUrls(secrets.SigningKey);
        Executions = new Executions(sandbox, time, loggers.CreateLogger<Executions>());
        Devboxes = new DevboxStore(catalog, Objects, DevboxOptionsOf(options, folder), time, loggers.CreateLogger<DevboxStore>());
        Devboxes.BeforeRemoval(devbox => Executions.EndAsync(devbox.Id));
        Reaper = new Reaper(catalog, limits, time, loggers.CreateLogger<Reaper>());
        Upkeep = new UpkeepLoop(
            catalog,
            Reaper,
            new Sweep(catalog, blobs, ReleaseGrace, loggers.CreateLogger<Sweep>(), _archiveIndexes),
            new Scrub(catalog, blobs, time, loggers.CreateLogger<Scrub>()),
            use,
            new UpkeepTimes(),
            time,
            loggers.CreateLogger<UpkeepLoop>());
    }

    public DataFolder Folder { get; }

    public ICatalog Catalog { get; }

    public IBlobStore Blobs { get; }

    public InstallationSecrets Secrets { get; }

    public PolicyStore Policies { get; }

    public DecisionLog Decisions { get; }

    public PolicyGate Gate { get; }

    public ObjectStore Objects { get; }

    public ObjectArchives Archives { get; }

    public AccessKeys Keys { get; }

    public Callers Callers { get; }

    public LinkTokens Links { get; }

    public Accounts Accounts { get; }

    public BucketStore Buckets { get; }

    public BucketObjects BucketObjects { get; }

    public ResumableUploads Uploads { get; }

    public SignedUrls Urls { get; }

    public Reaper Reaper { get; }

    public DevboxStore Devboxes { get; }

    public Executions Executions { get; }

    private UpkeepLoop Upkeep { get; }

    /// <summary>Opens the engines that the options name, settles the secrets and applies the bootstrap file.</summary>
    /// <exception cref="DataFolderException">The folder is owned by another process, cannot be written, or is full.</exception>
    /// <exception cref="ConfigurationException">A setting, or an entry of the bootstrap file, cannot be honoured.</exception>
    public static async Task<Installation> OpenAsync(
        CofferOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        BootstrapFile? bootstrap = options.Bootstrap is { } path ? BootstrapFile.Read(path) : null;
        DataFolder folder = DataFolder.Open(options.Data);
        foreach (string open in folder.OpenToOthers)
        {
            Log.OpenToOthers(loggers.CreateLogger<Installation>(), open);
        }

        ICatalog? catalog = null;
        IBlobStore? blobs = null;
        Sandbox? sandbox = null;
        try
        {
            RequireCatalogOfBlobs(folder);
            catalog = await OpenCatalogAsync(options, folder, loggers, time, cancellationToken);
            blobs = OpenBlobs(options, folder, loggers, time);
            InstallationSecrets secrets = await InstallationSecrets.SettleAsync(catalog, options, cancellationToken);
            if (bootstrap is not null)
            {
                await new BootstrapApplier(catalog, LimitsOf(options), loggers.CreateLogger<BootstrapApplier>())
                    .ApplyAsync(bootstrap, cancellationToken);
            }

            await Accounts.CompleteSecretsAsync(catalog, cancellationToken);
            sandbox = options.DevboxExec ? await OpenSandboxAsync(options, folder, loggers, cancellationToken) : null;
            return new Installation(folder, catalog, blobs, secrets, sandbox, options, loggers, time);
        }
        catch (Exception failed)
        {
            sandbox?.Dispose();
            (blobs as IDisposable)?.Dispose();
            if (catalog is not null)
            {
                await catalog.DisposeAsync();
            }

            folder.Dispose();
            if (RefusalOf(failed, folder.Root) is { } refusal)
            {
                throw refusal;
            }

            throw;
        }
    }

    /// <summary>Takes up the devboxes that an earlier run left.</summary>
    /// <exception cref="DataFolderException">Their folder cannot be used.</exception>
    public async Task RestoreDevboxesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Executions.EndLeftAsync(Folder.DevboxesDirectory);
            IReadOnlyList<RunningDevbox> running = await Devboxes.StartAsync(cancellationToken);
            Executions.Restore(running.Select(static devbox => (devbox.Id, devbox.Folder)));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw DataFolderException.Of(Folder.Root, failed);
        }
    }

    /// <summary>Begins the background work.</summary>
    public void Start() => _upkeep = Task.Run(() => Upkeep.RunAsync(_ending.Token));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _upkeep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Executions.DisposeAsync();
        await Devboxes.DisposeAsync();
        await Decisions.DisposeAsync();
        _archiveIndexes.Dispose();
        (Blobs as IDisposable)?.Dispose();
        await Catalog.DisposeAsync();
        Folder.Dispose();
        _ending.Dispose();
    }

    /// <exception cref="ConfigurationException">Commands cannot run in a sandbox here.</exception>
    private static async Task<Sandbox> OpenSandboxAsync(
        CofferOptions options, DataFolder folder, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        OwnerOnly.MakeFolder(folder.DevboxesDirectory);
        var sandbox = new SandboxOptions
        {
            Folder = folder.DevboxesDirectory,
            FirstUid = options.DevboxUids.First,
            CommandTime = options.DevboxCommandTime,
            MemoryBytes = options.DevboxMemoryBytes,
            Processes = options.DevboxProcesses,
            MaxBytes = options.DevboxMaxBytes,
            MaxFiles = options.DevboxMaxFiles,
            MaxFileBytes = options.DevboxMaxBytes,
            MinFreeBytes = options.MinFreeBytes,
        };
        try
        {
            return await Sandbox.OpenAsync(sandbox, loggers.CreateLogger<Sandbox>(), cancellationToken);
        }
        catch (SandboxException refused)
        {
            throw new ConfigurationException(refused.Message, refused);
        }
    }

    private static DevboxOptions DevboxOptionsOf(CofferOptions options, DataFolder folder) => new()
    {
        Folder = folder.DevboxesDirectory,
        MaxBytes = options.DevboxMaxBytes,
        MaxFiles = options.DevboxMaxFiles,
        SharedMaxBytes = options.DevboxSharedMaxBytes,
        Uids = options.DevboxUids,
        MinFreeBytes = options.MinFreeBytes,
    };

    private static StoreLimits LimitsOf(CofferOptions options) => new()
    {
        MaxObjectBytes = options.MaxObjectBytes,
        MaxEmptiedObjects = options.MaxEmptiedObjects,
        AllowUnicodeKeys = options.AllowUnicodeKeys,
        UploadUrlLife = options.UploadUrlLife,
    };

    /// <summary>One line for what the disk does not allow; null for everything else.</summary>
    private static DataFolderException? RefusalOf(Exception failed, string root) => failed switch
    {
        StoreException { Code: StoreErrorCode.OutOfSpace } => new(
            $"the volume of the data folder {root} is full; make room on it, or choose another with --data", failed),
        StoreException or IOException or UnauthorizedAccessException => DataFolderException.Of(root, failed),
        _ => null,
    };

    /// <summary>Nothing refers to the blobs of a catalog that got lost, and what nothing refers to is cleared.</summary>
    private static void RequireCatalogOfBlobs(DataFolder folder)
    {
        if (!File.Exists(folder.CatalogPath) && Directory.Exists(folder.BlobsDirectory)
            && Directory.EnumerateFiles(folder.BlobsDirectory, "*", SearchOption.AllDirectories).Any())
        {
            throw new DataFolderException(
                $"the data folder {folder.Root} holds blobs but no catalog.db: restore that file, or move the folder blobs away");
        }
    }

    private static async Task<ICatalog> OpenCatalogAsync(
        CofferOptions options, DataFolder folder, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken) =>
        await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions
            {
                Path = folder.CatalogPath,
                BallastPath = folder.BallastPath,
                InlineMaxBytes = (int?)options.InlineMaxBytes ?? SqliteCatalogOptions.DefaultInlineMaxBytes,
                MinFreeBytes = options.MinFreeBytes,
            },
            loggers, time, cancellationToken);

    private static DiskBlobStore OpenBlobs(CofferOptions options, DataFolder folder, ILoggerFactory loggers, TimeProvider time) => new(
        new DiskBlobOptions
        {
            BlobsDirectory = folder.BlobsDirectory,
            StagingDirectory = folder.StagingDirectory,
            MinFreeBytes = options.MinFreeBytes,
        },
        loggers.CreateLogger<DiskBlobStore>(), time);
}
