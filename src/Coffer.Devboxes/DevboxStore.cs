using System.Collections.Concurrent;
using System.Text.Json;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.Devboxes.Roots;
using Coffer.LocalFiles;
using Coffer.Objects;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes;

/// <summary>
/// Devboxes: decides who may, and orders catalog and files. Only service keys use them, each account its own. A devbox is RUNNING only
/// when all that it mounts can be read; its files are gone once it has ended.
/// </summary>
/// <remarks>
/// What file calls wrote is synced before they answer. What a devbox is made with is synced after the answer: if the power fails before, the
/// devbox counts as failed. What commands write survives the end of the server; of the machine's power, when they sync it.
/// </remarks>
public sealed partial class DevboxStore : IAsyncDisposable
{
    private readonly ICatalog _catalog;
    private readonly ObjectStore _objects;
    private readonly DevboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<DevboxId, Provisioning> _provisioning = new();
    private readonly ConcurrentDictionary<DevboxId, DevboxUsage> _usage = new();
    private readonly ConcurrentDictionary<Task, byte> _removals = new();
    private readonly List<Func<RunningDevbox, Task>> _beforeRemoval = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _building = new(Math.Max(4, Environment.ProcessorCount * 2));
    private readonly Lock _groundGate = new();
    private readonly Lock _pulseGate = new();
    private TaskCompletionSource _pulse = NewPulse();
    private VolumeSpace? _space;
    private HostUids? _uids;
    private MountedArchives? _archives;
    private bool _isFull;
    private Task _sweeping = Task.CompletedTask;

    public DevboxStore(ICatalog catalog, ObjectStore objects, DevboxOptions options, TimeProvider time, ILogger<DevboxStore> logger) =>
        (_catalog, _objects, _options, _time, _logger) = (catalog, objects, options, time, logger);

    public DevboxOptions Options => _options;

    /// <summary>Whether this machine can hold devboxes; all calls are refused where it cannot.</summary>
    public static bool IsSupported => RootedDirectory.IsSupported;

    /// <summary>Something to be done before the files of a devbox are removed, in the order given; to be said before the start.</summary>
    public void BeforeRemoval(Func<RunningDevbox, Task> act) => _beforeRemoval.Add(act);

    /// <exception cref="StoreException">AccessDenied, DevboxNotFound.</exception>
    public async ValueTask<Devbox> GetAsync(Caller caller, DevboxId id, CancellationToken cancellationToken)
    {
        AccountId account = RequireService(caller);
        return await _catalog.FindDevboxAsync(id, cancellationToken) is { } found && found.Account == account ? found : throw NotFound();
    }

    /// <summary>One page of the account's devboxes, newest first.</summary>
    /// <param name="query">Its account is ignored.</param>
    /// <exception cref="StoreException">AccessDenied.</exception>
    public async ValueTask<DevboxPage> ListAsync(Caller caller, DevboxQuery query, CancellationToken cancellationToken) =>
        await _catalog.ListDevboxesAsync(query with { Account = RequireService(caller) }, cancellationToken);

    /// <summary>Waits until a devbox stands as asked, or not longer.</summary>
    /// <returns>The devbox as it is then; whether it stands as asked is the caller's to see.</returns>
    /// <exception cref="StoreException">AccessDenied, DevboxNotFound.</exception>
    public async Task<Devbox> WaitAsync(
        Caller caller, DevboxId id, IReadOnlyCollection<DevboxStatus> statuses, TimeSpan patience, CancellationToken cancellationToken)
    {
        long begun = _time.GetTimestamp();
        while (true)
        {
            Task pulse = Pulse(); // before the look, so that no change is missed between the two
            Devbox found = await GetAsync(caller, id, cancellationToken);
            TimeSpan left = patience - _time.GetElapsedTime(begun);
            if (statuses.Contains(found.Status) || found.HasEnded || left <= TimeSpan.Zero || _ending.IsCancellationRequested)
            {
                return found;
            }

            var untilEnd = TimeSpan.FromMilliseconds(Math.Max(1, found.KeepAliveEndMs - _catalog.NowMs));
            try
            {
                await pulse.WaitAsync(untilEnd < left ? untilEnd : left, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Look once more.
            }
        }
    }

    /// <summary>Ends a devbox; its files go. Again is no error.</summary>
    /// <exception cref="StoreException">AccessDenied, DevboxNotFound.</exception>
    public async Task<Devbox> ShutdownAsync(Caller caller, DevboxId id, CancellationToken cancellationToken)
    {
        await GetAsync(caller, id, cancellationToken);
        return await EndAsync(
            id, new DevboxMove(DevboxStatus.Shutdown, _catalog.NowMs) { ShutdownReason = DevboxShutdownReason.ApiShutdown })
            ?? throw NotFound();
    }

    /// <summary>The devbox, whose files are there and in which commands may run.</summary>
    /// <exception cref="StoreException">AccessDenied, DevboxNotFound, DevboxNotRunning.</exception>
    public async ValueTask<RunningDevbox> RequireRunningAsync(Caller caller, DevboxId id, CancellationToken cancellationToken)
    {
        Devbox found = await GetAsync(caller, id, cancellationToken);
        return found.Status switch
        {
            DevboxStatus.Running => RunningOf(found),
            DevboxStatus.Provisioning => throw new StoreException(StoreErrorCode.DevboxNotRunning, "the devbox is being made still: wait until it runs"),
            _ => throw new StoreException(StoreErrorCode.DevboxNotRunning, "the devbox has ended, and its files are gone"),
        };
    }

    /// <summary>Gives up what is being made, because the server ends: whoever waits for a devbox is answered.</summary>
    public void Stop()
    {
        _ending.Cancel();
        Changed();
    }

    /// <summary>Ends the background work. What is being made is left as it is, and counts as failed at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Provisioning provisioning in _provisioning.Values)
        {
            await ((Task)provisioning.Outcome.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_removals.Keys);
        _archives?.Dispose();
        _building.Dispose();
        _ending.Dispose();
    }

    private static StoreException NotFound() => new(StoreErrorCode.DevboxNotFound, "there is no such devbox");

    private AccountId RequireService(Caller caller)
    {
        AccountId account = caller.Right is Right.Service && caller.Account is { } own
            ? own
            : throw new StoreException(StoreErrorCode.AccessDenied, "devboxes are for service keys of an account");
        return !IsSupported ? throw new StoreException(StoreErrorCode.DevboxesUnavailable, "devboxes need a server on Linux, on x64 or arm64")
            : _isFull ? throw new StoreException(
                StoreErrorCode.OutOfSpace, "the volume was full when the server started, so there are no devboxes until it is started again with room")
            : account;
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change of any devbox.</summary>
    private Task Pulse()
    {
        lock (_pulseGate)
        {
            return _pulse.Task;
        }
    }

    private void Changed()
    {
        TaskCompletionSource before;
        lock (_pulseGate)
        {
            (before, _pulse) = (_pulse, NewPulse());
        }

        before.SetResult();
    }

    private DevboxFolder FolderOf(Devbox devbox) => new(Path.Combine(_options.Folder, devbox.Id.ToString()), devbox.HostUid);

    private DevboxRoot RootOf(Devbox devbox) => new(devbox.Id.ToString(), FolderOf(devbox).Path, devbox.HostUid);

    private RunningDevbox RunningOf(Devbox devbox)
    {
        DevboxFolder folder = FolderOf(devbox);
        var environment = devbox.EnvironmentJson is { } json ? JsonSerializer.Deserialize<Dictionary<string, string>>(json)! : [];
        return new RunningDevbox(devbox.Id.ToString(), folder.Path, folder.RootPath, devbox.HostUid, environment);
    }
}
