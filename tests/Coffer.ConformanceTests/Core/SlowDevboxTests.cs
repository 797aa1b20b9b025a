using System.IO.Pipelines;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Devboxes;
using Coffer.Devboxes.Mounts;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Core;

/// <summary>Devboxes whose mounts take longer than a call may: the answer tells of them before it is known what becomes of them.</summary>
public sealed class SlowDevboxTests : IAsyncLifetime
{
    private static readonly DevboxStatus[] Ends = [DevboxStatus.Running, DevboxStatus.Failure, DevboxStatus.Shutdown];
    private readonly string _folder = Directory.CreateTempSubdirectory("coffer-devboxes-").FullName;
    private readonly ManualResetEventSlim _mayOpen = new();
    private SmallStore _store = null!;
    private DevboxStore _devboxes = null!;

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(DevboxStore.IsSupported, "devboxes are for Linux");
        _store = await SmallStore.OpenAsync();
        ICatalog slow = WatchedCatalog.Of(_store.Catalog, method =>
        {
            if (method == nameof(ICatalog.OpenObjectAsync))
            {
                _mayOpen.Wait(TimeSpan.FromMinutes(1));
            }
        });
        var objects = new ObjectStore(slow, _store.Blobs, _store.Gate, _store.Limits, _store.Use);
        var options = new DevboxOptions { Folder = _folder, CreatePatience = TimeSpan.FromMilliseconds(10), MinFreeBytes = 0 };
        _devboxes = new DevboxStore(_store.Catalog, objects, options, TimeProvider.System, NullLogger<DevboxStore>.Instance);
        await _devboxes.StartAsync(None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_devboxes is not null)
        {
            _mayOpen.Set();
            await _devboxes.DisposeAsync();
            await _store.DisposeAsync();
        }

        _mayOpen.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_slow_devbox_is_provisioning_until_all_of_it_is_there()
    {
        DevboxDraft draft = Mounting(await StoreAsync("text"u8.ToArray(), ContentClass.Text), "/f");
        Devbox told = await _devboxes.CreateAsync(_store.Owner, draft, once: null, None);
        Assert.Equal(DevboxStatus.Provisioning, told.Status);
        await RefusedAsync(StoreErrorCode.DevboxNotRunning, () => _devboxes.RequireRunningAsync(_store.Owner, told.Id, None).AsTask());
        Task<Devbox> waiting = _devboxes.WaitAsync(_store.Owner, told.Id, Ends, TimeSpan.FromSeconds(30), None);

        _mayOpen.Set();

        Assert.Equal(DevboxStatus.Running, (await waiting).Status);
        RunningDevbox running = await _devboxes.RequireRunningAsync(_store.Owner, told.Id, None);
        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(running.RootPath, "f"), None));
    }

    [Fact]
    public async Task A_slow_devbox_that_cannot_be_made_has_failed_because_its_caller_knows_of_it()
    {
        DevboxDraft draft = Mounting(await StoreAsync(new byte[] { 1, 2, 3 }, ContentClass.Tgz), "/f");
        (string, byte[]) once = ("POST /v1/devboxes 1", [1]);
        Devbox told = await _devboxes.CreateAsync(_store.Owner, draft, once, None);
        Task<Devbox> waiting = _devboxes.WaitAsync(_store.Owner, told.Id, Ends, TimeSpan.FromSeconds(30), None);

        _mayOpen.Set();

        Devbox failed = await waiting;
        Assert.Equal((DevboxStatus.Failure, DevboxFailureReason.ExecutionFailed), (failed.Status, failed.FailureReason));
        Assert.Equal((told.Id, DevboxStatus.Failure), await StateAsync(_devboxes.CreateAsync(_store.Owner, draft, once, None)));
        Assert.False(Directory.Exists(Path.Combine(_folder, told.Id.ToString())));
    }

    [Fact]
    public async Task A_slow_devbox_whose_caller_went_away_is_made_all_the_same_and_found_by_its_repeated_call()
    {
        DevboxDraft draft = Mounting(await StoreAsync("text"u8.ToArray(), ContentClass.Text), "/f");
        (string, byte[]) once = ("POST /v1/devboxes 1", [1]);
        Devbox told = await _devboxes.CreateAsync(_store.Owner, draft, once, None);

        Assert.Equal((told.Id, DevboxStatus.Provisioning), await StateAsync(_devboxes.CreateAsync(_store.Owner, draft, once, None)));
        _mayOpen.Set();
        await _devboxes.WaitAsync(_store.Owner, told.Id, Ends, TimeSpan.FromSeconds(30), None);

        Assert.Equal((told.Id, DevboxStatus.Running), await StateAsync(_devboxes.CreateAsync(_store.Owner, draft, once, None)));
    }

    [Fact]
    public async Task A_store_that_ends_leaves_what_is_being_made_to_the_next_start()
    {
        DevboxDraft draft = Mounting(await StoreAsync("text"u8.ToArray(), ContentClass.Text), "/f");
        Devbox told = await _devboxes.CreateAsync(_store.Owner, draft, once: null, None);
        ValueTask ending = _devboxes.DisposeAsync();
        _mayOpen.Set();
        await ending;
        Assert.Equal(DevboxStatus.Provisioning, (await _store.Catalog.FindDevboxAsync(told.Id, None))!.Status);

        _devboxes = new DevboxStore(_store.Catalog, _store.Objects, _devboxes.Options, TimeProvider.System, NullLogger<DevboxStore>.Instance);
        Assert.Empty(await _devboxes.StartAsync(None));

        Assert.Equal(DevboxFailureReason.HealthCheckFailed, (await _devboxes.GetAsync(_store.Owner, told.Id, None)).FailureReason);
    }

    private static async Task<(DevboxId, DevboxStatus)> StateAsync(Task<Devbox> devbox) => ((await devbox).Id, (await devbox).Status);

    private static async Task RefusedAsync(StoreErrorCode code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<StoreException>(call)).Code);

    private static DevboxDraft Mounting(ObjectId id, string path) =>
        new() { Mounts = [new ObjectMountRequest("mounts[0]", id.ToString(), MountPath.Parse(path, "path"))] };

    private async Task<ObjectId> StoreAsync(byte[] bytes, ContentClass contentClass)
    {
        CreatedObject made = await _store.Objects.CreateAsync(_store.Owner, new ObjectDraft { Name = "a", Class = contentClass }, once: null, None);
        await _store.UploadAsync(made.Object.Id, bytes);
        return (await _store.Objects.CompleteAsync(_store.Owner, made.Object.Id, None)).Id;
    }
}
