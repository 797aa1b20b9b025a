using System.Text.Json;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.Devboxes.Mounts;
using Coffer.LocalFiles;

namespace Coffer.Devboxes;

public sealed partial class DevboxStore
{
    private const int MostProvisioning = 256;

    /// <summary>
    /// Makes a devbox and mounts what it is to have: all of it, or none and there is no devbox. It is made to its end whether or not
    /// the caller waits for it.
    /// </summary>
    /// <param name="once">Token and body digest of the request; null when the caller gave no request id.</param>
    /// <returns>The devbox, RUNNING; PROVISIONING when mounting takes longer than a call may. A repeated call gets the first one's.</returns>
    /// <exception cref="StoreException">
    /// AccessDenied, RequestIdReused, Busy; and why something cannot be mounted: ObjectNotFound, InvalidArgument, ArchiveInvalid,
    /// TooLarge, OutOfSpace, Corrupt.
    /// </exception>
    public async Task<Devbox> CreateAsync(
        Caller caller, DevboxDraft draft, (string Token, byte[] Digest)? once, CancellationToken cancellationToken)
    {
        AccountId account = RequireService(caller);
        Ground().Check(0);
        if (_provisioning.Count >= MostProvisioning)
        {
            throw new StoreException(StoreErrorCode.Busy, "too many devboxes are being made; try again later");
        }

        Devbox made = New(account, draft);
        var provisioning = new Provisioning(_ending.Token);
        _provisioning[made.Id] = provisioning; // before its row, which a repeated call may find at once
        CreatedDevbox created;
        try
        {
            OnceToken? token = once is { } given ? new OnceToken(account, given.Token, given.Digest) : null;
            created = await _catalog.AddDevboxAsync(made, token, cancellationToken);
        }
        catch
        {
            Forget(made, provisioning);
            throw;
        }

        if (created.WasMade)
        {
            _ = Task.Run(() => ProvisionAsync(made, draft, provisioning), CancellationToken.None);
        }
        else
        {
            Forget(made, provisioning);
        }

        return await SettledAsync(created.Devbox, created.WasMade ? provisioning : _provisioning.GetValueOrDefault(created.Devbox.Id), cancellationToken)
            ?? (created.WasMade ? throw NotFound() : await CreateAsync(caller, draft, once, cancellationToken)); // the first call was refused just now
    }

    /// <summary>The devbox once it is made, or as it is when that takes too long for one call; null when there is none after all.</summary>
    private async Task<Devbox?> SettledAsync(Devbox devbox, Provisioning? provisioning, CancellationToken cancellationToken)
    {
        if (provisioning is not null)
        {
            try
            {
                return await provisioning.Outcome.Task.WaitAsync(_options.CreatePatience, _time, cancellationToken);
            }
            catch (TimeoutException) when (!provisioning.TryAnswer())
            {
                return await provisioning.Outcome.Task; // it was refused at this moment
            }
            catch (TimeoutException)
            {
                // From here on a failure is the devbox's state, for this answer has told of it.
            }
        }

        return await _catalog.FindDevboxAsync(devbox.Id, cancellationToken);
    }

    private VolumeSpace Ground()
    {
        try
        {
            return OpenGround();
        }
        catch (IOException full) when (DevboxFileErrors.IsFull(full))
        {
            throw new StoreException(StoreErrorCode.OutOfSpace, "there is no room for devboxes on the volume", full);
        }
    }

    private async Task ProvisionAsync(Devbox made, DevboxDraft draft, Provisioning provisioning)
    {
        CancellationToken cancellation = provisioning.Cancellation;
        try
        {
            await BuildAsync(made, draft, cancellation);

            cancellation.ThrowIfCancellationRequested();
            (bool happened, Devbox? now) = await _catalog.MoveDevboxAsync(
                made.Id, new DevboxMove(DevboxStatus.Running, _catalog.NowMs), CancellationToken.None);
            if (!happened)
            {
                await RemoveFilesAsync(made); // it was shut down, or its time ran out, while it was made
            }

            _provisioning.TryRemove(made.Id, out _);
            provisioning.Outcome.SetResult(now ?? made);
        }
        catch (Exception) when (_ending.IsCancellationRequested)
        {
            _provisioning.TryRemove(made.Id, out _);
            provisioning.Outcome.SetException(new StoreException(StoreErrorCode.Busy, "the server is ending"));
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            await RemoveFilesAsync(made);
            Devbox? now = await _catalog.FindDevboxAsync(made.Id, CancellationToken.None);
            _provisioning.TryRemove(made.Id, out _);
            provisioning.Outcome.SetResult(now ?? made); // shut down
        }
        catch (Exception failure)
        {
            await FailAsync(made, provisioning, failure);
        }
        finally
        {
            _provisioning.TryRemove(made.Id, out _);
            provisioning.Outcome.TrySetException(new StoreException(StoreErrorCode.CatalogFailed, "the devbox could not be made")); // when even its failure failed
            _ = provisioning.Outcome.Task.Exception; // nobody may wait for it
            provisioning.Dispose();
            Changed();
        }
    }

    private async Task BuildAsync(Devbox made, DevboxDraft draft, CancellationToken cancellationToken)
    {
        await _building.WaitAsync(cancellationToken); // unpacking takes a thread, memory and the disk
        try
        {
            using OpenedMounts mounts = await OpenedMounts.OpenAsync(_objects, made.Account, draft.Mounts, cancellationToken);
            await Task.Factory.StartNew(
                () => Build(made, mounts, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _building.Release();
        }
    }

    private void Build(Devbox made, OpenedMounts mounts, CancellationToken cancellationToken)
    {
        DevboxFolder folder = FolderOf(made);
        folder.Make();
        using RootedDirectory root = folder.Open();
        new Mounting(root, RootOf(made), _archives!, _options, _space!, cancellationToken).Run(mounts);
        folder.NoteWhole();
        _archives!.SettleLater(RootOf(made), DevboxFolder.SettledMark);
    }

    /// <summary>Forgets a devbox that could not be made, or keeps it as failed when its caller was told of it.</summary>
    private async Task FailAsync(Devbox made, Provisioning provisioning, Exception failure)
    {
        try
        {
            await RemoveFilesAsync(made);
            if (failure is not StoreException)
            {
                Log.NotMade(_logger, made.Id, failure);
            }

            if (provisioning.TryRefuse())
            {
                await _catalog.RemoveDevboxAsync(made.Id, CancellationToken.None);
            }
            else
            {
                bool isFull = failure is StoreException { Code: StoreErrorCode.OutOfSpace or StoreErrorCode.TooLarge };
                await _catalog.MoveDevboxAsync(
                    made.Id,
                    new DevboxMove(DevboxStatus.Failure, _catalog.NowMs)
                    {
                        FailureReason = isFull ? DevboxFailureReason.OutOfDisk : DevboxFailureReason.ExecutionFailed,
                    },
                    CancellationToken.None);
            }
        }
        catch (Exception second)
        {
            Log.NotMade(_logger, made.Id, second); // its row says PROVISIONING still, which the next start ends
        }

        _provisioning.TryRemove(made.Id, out _);
        provisioning.Outcome.SetException(failure);
    }

    private void Forget(Devbox made, Provisioning provisioning)
    {
        _provisioning.TryRemove(made.Id, out _);
        provisioning.Dispose();
        ReturnUid(made);
    }

    private Devbox New(AccountId account, DevboxDraft draft)
    {
        var id = new DevboxId(_catalog.MintObjectId().Value);
        return new Devbox
        {
            Id = id,
            Account = account,
            Name = draft.Name,
            Metadata = draft.Metadata,
            EnvironmentJson = draft.Environment.Count == 0 ? null : JsonSerializer.Serialize(draft.Environment),
            LaunchJson = draft.LaunchJson,
            MountsJson = MountsJson.Of(draft.Mounts),
            Status = DevboxStatus.Provisioning,
            Transitions = [new DevboxTransition(DevboxStatus.Provisioning, id.CreatedAtMs)],
            KeepAliveEndMs = id.CreatedAtMs + (long)draft.KeepAlive.TotalMilliseconds,
            HostUid = _uids?.Take(id),
        };
    }

    /// <summary>A devbox that is being made, for those who wait for it.</summary>
    private sealed class Provisioning(CancellationToken ending) : IDisposable
    {
        private const int Open = 0, Answered = 1, Refused = 2;
        private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(ending);
        private int _state = Open;

        public TaskCompletionSource<Devbox> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Cancellation => _cancellation.Token;

        /// <summary>Notes that somebody is told of the devbox before it is made.</summary>
        /// <returns>False when it was refused before.</returns>
        public bool TryAnswer() => Interlocked.CompareExchange(ref _state, Answered, Open) != Refused;

        /// <summary>Notes that there will be no such devbox.</summary>
        /// <returns>False when somebody was told of it.</returns>
        public bool TryRefuse() => Interlocked.CompareExchange(ref _state, Refused, Open) == Open;

        public void Cancel()
        {
            try
            {
                _cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was made just now.
            }
        }

        public void Dispose() => _cancellation.Dispose();
    }
}
