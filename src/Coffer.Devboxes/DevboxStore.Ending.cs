using Coffer.Devboxes.Roots;
using Coffer.LocalFiles;

namespace Coffer.Devboxes;

public sealed partial class DevboxStore
{
    private const int Turn = 256;
    private const string RemovedPrefix = ".removed-";

    /// <summary>
    /// Takes up what an earlier run left: devboxes that ran run on, those that were being made have failed, and files of those that
    /// ended are removed. Then begins to end devboxes whose time is over.
    /// </summary>
    /// <returns>Devboxes that run on.</returns>
    /// <exception cref="IOException">The folder of devboxes cannot be used.</exception>
    public async Task<IReadOnlyList<RunningDevbox>> StartAsync(CancellationToken cancellationToken)
    {
        if (!IsSupported)
        {
            return [];
        }

        try
        {
            return await TakeUpAsync(cancellationToken);
        }
        catch (IOException full) when (DevboxFileErrors.IsFull(full))
        {
            // Objects are served all the same, and their deletes make the room that devboxes lack.
            _isFull = true;
            Log.NoRoom(_logger, full);
            return [];
        }
    }

    private async Task<IReadOnlyList<RunningDevbox>> TakeUpAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_options.Folder) && (await _catalog.ListLiveDevboxesAsync(null, 1, cancellationToken)).Count == 0)
        {
            // Looking for the best way to mount takes as long as all the rest of a start, and many servers never make a devbox.
            _sweeping = Task.Run(SweepAsync, CancellationToken.None);
            return [];
        }

        OpenGround();
        var running = new List<Devbox>();
        int ended = 0;
        await foreach (Devbox devbox in LiveAsync(cancellationToken))
        {
            if (devbox.Status is DevboxStatus.Running && !devbox.At(_catalog.NowMs).HasEnded && FolderOf(devbox).IsWhole)
            {
                running.Add(devbox);
                continue;
            }

            ended++;
            await LoseAsync(devbox, cancellationToken);
        }

        HashSet<string> lost = [.. _archives!.Recover([.. running.Select(RootOf)]).Select(static devbox => devbox.Id)];
        foreach (Devbox devbox in running.Where(devbox => lost.Contains(devbox.Id.ToString())).ToArray())
        {
            ended++;
            running.Remove(devbox);
            await LoseAsync(devbox, cancellationToken);
        }

        foreach (Devbox devbox in running)
        {
            if (devbox.HostUid is { } uid)
            {
                _uids?.Keep(uid, devbox.Id);
            }

            DevboxFolder folder = FolderOf(devbox);
            folder.ClearIncoming();
            if (!folder.IsSettled)
            {
                _archives.SettleLater(RootOf(devbox), DevboxFolder.SettledMark);
            }
        }

        RemoveLeftovers([.. running.Select(static devbox => devbox.Id.ToString())]);
        if (running.Count + ended > 0)
        {
            Log.Restored(_logger, running.Count, ended);
        }

        _sweeping = Task.Run(SweepAsync, CancellationToken.None);
        return [.. running.Select(RunningOf)];
    }

    /// <summary>Opens the folder of devboxes, unless that was done before, and finds out what can be done in it.</summary>
    /// <exception cref="IOException">It cannot be used.</exception>
    private VolumeSpace OpenGround()
    {
        lock (_groundGate)
        {
            if (_space is { } open)
            {
                return open;
            }

            OwnerOnly.MakeFolder(_options.Folder);
            _uids = FindUids();
            _archives = MountedArchives.Open(_options.Folder, _uids is null ? null : _options.Uids.First, _options.SharedMaxBytes, _logger);
            return _space = new VolumeSpace(_options.Folder, _options.MinFreeBytes, _time);
        }
    }

    /// <summary>Notes that a devbox did not survive the end of the server.</summary>
    private async Task LoseAsync(Devbox devbox, CancellationToken cancellationToken) => await _catalog.MoveDevboxAsync(
        devbox.Id,
        new DevboxMove(DevboxStatus.Failure, _catalog.NowMs) { FailureReason = DevboxFailureReason.HealthCheckFailed },
        cancellationToken);

    private async Task<Devbox?> EndAsync(DevboxId id, DevboxMove move)
    {
        (bool happened, Devbox? now) = await _catalog.MoveDevboxAsync(id, move, CancellationToken.None);
        Changed();
        if (now is null)
        {
            return null;
        }

        if (happened)
        {
            Log.Ended(_logger, id, now.Status);
        }

        if (_provisioning.TryGetValue(id, out Provisioning? provisioning))
        {
            provisioning.Cancel();
            await ((Task)provisioning.Outcome.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await RemoveFilesAsync(now); // of one that ended before there are none, unless nobody came to it yet
        return now;
    }

    /// <summary>Takes the files of a devbox away. The name is free at once; what was under it is removed meanwhile.</summary>
    private async Task RemoveFilesAsync(Devbox devbox)
    {
        _usage.TryRemove(devbox.Id, out _);
        RunningDevbox running = RunningOf(devbox);
        string removed = RemovedPrefix + running.Id;
        if (!Directory.Exists(running.Folder))
        {
            if (!Directory.Exists(Path.Combine(_options.Folder, removed)))
            {
                ReturnUid(devbox);
            }

            return;
        }

        try
        {
            foreach (Func<RunningDevbox, Task> act in _beforeRemoval)
            {
                await act(running);
            }

            _archives!.Detach(RootOf(devbox));
            using RootedDirectory all = RootedDirectory.Open(_options.Folder);
            all.Rename(running.Id, removed);
        }
        catch (Exception failed) when (failed is IOException && !Directory.Exists(running.Folder))
        {
            return; // two ended it at once, and the other one removes the files
        }
        catch (Exception failed)
        {
            Log.NotRemoved(_logger, running.Id, failed);
            return;
        }

        Task removal = Task.Run(() => Remove(devbox, removed), CancellationToken.None);
        _removals.TryAdd(removal, 0);
        _ = removal.ContinueWith(
            done => _removals.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Remove(Devbox devbox, string name)
    {
        try
        {
            using RootedDirectory all = RootedDirectory.Open(_options.Folder);
            all.RemoveTree(name);
            ReturnUid(devbox); // nobody else gets it while there are files of its
        }
        catch (Exception failed)
        {
            Log.NotRemoved(_logger, devbox.Id.ToString(), failed);
        }
    }

    private void ReturnUid(Devbox devbox)
    {
        if (devbox.HostUid is { } uid)
        {
            _uids?.Return(uid, devbox.Id);
        }
    }

    private void RemoveLeftovers(HashSet<string> kept)
    {
        using RootedDirectory all = RootedDirectory.Open(_options.Folder);
        foreach (string path in Directory.EnumerateDirectories(_options.Folder))
        {
            string name = Path.GetFileName(path);
            bool isOurs = name.StartsWith(DevboxId.Prefix, StringComparison.Ordinal) || name.StartsWith(RemovedPrefix, StringComparison.Ordinal);
            if (!isOurs || kept.Contains(name))
            {
                continue;
            }

            try
            {
                all.RemoveTree(name);
            }
            catch (RootedPathException failed)
            {
                Log.NotRemoved(_logger, name, failed);
            }
        }
    }

    private async Task SweepAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(_options.SweepPause, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await foreach (Devbox devbox in LiveAsync(_ending.Token))
                {
                    if (devbox.At(_catalog.NowMs).HasEnded)
                    {
                        await EndAsync(devbox.Id, new DevboxMove(DevboxStatus.Shutdown, devbox.KeepAliveEndMs)
                        {
                            ShutdownReason = DevboxShutdownReason.KeepAliveTimeout,
                        });
                    }
                }
            }
            catch (Exception) when (_ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                Log.SweepFailed(_logger, failed);
            }
        }
    }

    private async IAsyncEnumerable<Devbox> LiveAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DevboxId? after = null;
        IReadOnlyList<Devbox> some;
        do
        {
            some = await _catalog.ListLiveDevboxesAsync(after, Turn, cancellationToken);
            foreach (Devbox devbox in some)
            {
                yield return devbox;
                after = devbox.Id;
            }
        }
        while (some.Count == Turn);
    }

    /// <summary>Users for devboxes, where this server is root and may give files away.</summary>
    private HostUids? FindUids()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Log.SharedUser(_logger, "not root");
            return null;
        }

        string name = $".trial-{Guid.NewGuid():N}";
        using RootedDirectory all = RootedDirectory.Open(_options.Folder);
        try
        {
            all.Create(name, FileMode.CreateNew, DevboxFolder.FileMode, Links.Refuse, _options.Uids.First).Dispose();
            return new HostUids(_options.Uids.First, _options.Uids.Last);
        }
        catch (RootedPathException refused) when (refused.Reason is not RootedPathReason.NoSpace)
        {
            Log.SharedUser(_logger, refused.Message);
            return null;
        }
        finally
        {
            all.RemoveTree(name);
        }
    }
}
