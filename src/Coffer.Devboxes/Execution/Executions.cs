using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Execution;

/// <summary>The commands of all devboxes: begins them, keeps what they write, ends them.</summary>
public sealed class Executions : IAsyncDisposable
{
    /// <summary>A command that writes more to one stream is ended.</summary>
    internal const long MaxOutputBytes = 64L << 20;

    private const int MaxRunning = 32;
    private const int MaxKept = 200;
    private const long MaxKeptBytes = 256L << 20;
    private const int MaxIdLength = 300; // a request's id of 255, with the name of the call
    private const string FolderName = "executions";

    private readonly Sandbox? _sandbox;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, DevboxExecutions> _devboxes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _supervision;

    /// <param name="sandbox">Null where commands are switched off.</param>
    public Executions(Sandbox? sandbox, TimeProvider time, ILogger<Executions> logger)
    {
        (_sandbox, _time, _logger) = (sandbox, time, logger);
        _supervision = sandbox is null
            ? Task.CompletedTask
            : Task.Run(() => new Supervisor(sandbox.Options, boundsMemory: sandbox.Cgroups is null, logger).RunAsync(Running, _ending.Token));
    }

    /// <summary>Ends what an earlier run of the server left running in devboxes of this folder. Comes before anything is done to them.</summary>
    public async Task EndLeftAsync(string folder)
    {
        if (OperatingSystem.IsLinux() && await LeftCommands.EndAsync(folder) is > 0 and var count)
        {
            Log.CommandsLeft(_logger, count);
        }
    }

    /// <summary>Takes up what an earlier run of the server left in the folders of these devboxes. What ran then counts as killed.</summary>
    public void Restore(IEnumerable<(string DevboxId, string Folder)> devboxes)
    {
        int cutOff = 0;
        foreach ((string devboxId, string folder) in devboxes)
        {
            string executions = Path.Combine(folder, FolderName);
            if (Directory.Exists(executions))
            {
                DevboxExecutions kept = _devboxes.GetOrAdd(devboxId, static _ => new DevboxExecutions());
                foreach (string one in Directory.EnumerateDirectories(executions).Order(StringComparer.Ordinal))
                {
                    cutOff += Restore(kept, one) ? 1 : 0;
                }
            }
        }

        if (cutOff > 0)
        {
            Log.ExecutionsCutOff(_logger, cutOff);
        }
    }

    /// <summary>Begins a command, or finds the one that was begun under the same command id.</summary>
    /// <exception cref="StoreException">
    /// ExecutionDisabled; InvalidArgument; RequestIdReused when the id came with another command; Busy when too many run; OutOfSpace.
    /// </exception>
    public async Task<CommandExecution> StartAsync(RunningDevbox devbox, CommandRequest request)
    {
        Sandbox sandbox = RequireSandbox();
        Validate(request);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Command)));
        DevboxExecutions kept = _devboxes.GetOrAdd(devbox.Id, static _ => new DevboxExecutions());
        CommandExecution execution;
        lock (kept.Gate)
        {
            if (request.CommandId is { } commandId && kept.ByCommand(commandId) is { } known)
            {
                return known.Record.CommandHash == hash
                    ? known
                    : throw new StoreException(StoreErrorCode.RequestIdReused, "command_id came before with another command");
            }

            if (kept.IsEnded || _ending.IsCancellationRequested || kept.All.Count(static one => one.ExitStatus is null) >= MaxRunning)
            {
                throw new StoreException(StoreErrorCode.Busy, $"the devbox is ending, or runs {MaxRunning} commands already");
            }

            string id = Guid.CreateVersion7(_time.GetUtcNow()).ToString();
            kept.MakeRoom(MaxKept - 1, MaxKeptBytes);
            execution = Create(devbox, new ExecutionRecord(id, request.CommandId, hash, null));
            kept.RootPath = devbox.RootPath;
            kept.Add(execution);
        }

        try
        {
            SandboxedCommand command = await sandbox.StartAsync(devbox, request.Command);
            execution.Began(command);
            _ = Task.Run(() => FollowAsync(devbox, execution, command, sandbox.Options.CommandTime), CancellationToken.None);
            return execution;
        }
        catch (Exception refused)
        {
            Complete(devbox, execution, CommandExecution.Killed);
            lock (kept.Gate)
            {
                kept.Remove(execution);
            }

            if (refused is IOException or UnauthorizedAccessException)
            {
                throw Unstarted(refused);
            }

            throw;
        }
    }

    /// <exception cref="StoreException">ExecutionDisabled, ExecutionNotFound.</exception>
    public CommandExecution Get(RunningDevbox devbox, string id)
    {
        RequireSandbox();
        if (_devboxes.TryGetValue(devbox.Id, out DevboxExecutions? kept))
        {
            lock (kept.Gate)
            {
                if (kept.ById(id) is { } found)
                {
                    return found;
                }
            }
        }

        throw new StoreException(StoreErrorCode.ExecutionNotFound, "there is no such execution in this devbox");
    }

    /// <summary>Ends a command with everything that it started, and waits until it has. One that has ended stays as it is.</summary>
    public static Task KillAsync(CommandExecution execution, CancellationToken cancellationToken)
    {
        execution.End(reason: null);
        return execution.Completed.WaitAsync(cancellationToken);
    }

    /// <summary>Ends all commands of a devbox and forgets them. Once it returns, nothing of them runs and its folder can be removed.</summary>
    public async Task EndAsync(string devboxId)
    {
        DevboxExecutions kept = _devboxes.GetOrAdd(devboxId, static _ => new DevboxExecutions());
        CommandExecution[] running;
        lock (kept.Gate)
        {
            kept.IsEnded = true; // one that is about to begin finds it, or is in the list
            running = [.. kept.All];
        }

        await Task.WhenAll(running.Select(static one => KillAsync(one, CancellationToken.None)));
        lock (kept.Gate)
        {
            kept.Clear();
        }

        _sandbox?.Cgroups?.Remove(devboxId);
        _ = ForgetAsync(devboxId);
    }

    /// <summary>Ends all commands, because the server ends: whoever waits for one or reads along is answered.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        CommandExecution[] running = [.. Running().SelectMany(static devbox => devbox.Commands)];
        foreach (CommandExecution execution in running)
        {
            execution.End("the server was stopped");
        }

        await Task.WhenAll(running.Select(static one => one.Completed));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _supervision.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sandbox?.Dispose();
        _ending.Dispose();
    }

    /// <summary>A call that found the devbox running a moment ago must find that it has ended, so that this is remembered for a while.</summary>
    private async Task ForgetAsync(string devboxId)
    {
        await Task.Delay(TimeSpan.FromMinutes(1), _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _devboxes.TryRemove(devboxId, out _);
    }

    private static void Validate(CommandRequest request)
    {
        if (request.Command.Length == 0 || request.Command.Contains('\0', StringComparison.Ordinal))
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "command is empty, or holds a NUL");
        }

        if (Encoding.UTF8.GetByteCount(request.Command) > Sandbox.MaxCommandBytes)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument,
                $"command is longer than {Sandbox.MaxCommandBytes} bytes: write it to a file, and run that");
        }

        if (request.CommandId is { Length: > MaxIdLength } or { Length: 0 })
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, $"command_id has 1 to {MaxIdLength} characters");
        }
    }

    private static CommandExecution Create(RunningDevbox devbox, ExecutionRecord record)
    {
        try
        {
            return CommandExecution.Create(Path.Combine(devbox.Folder, FolderName, record.Id), record);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unstarted(refused);
        }
    }

    private static StoreException Unstarted(Exception refused) =>
        new(StoreErrorCode.OutOfSpace, "there is no room to keep what the command writes", refused);

    /// <returns>Whether it was running when the server ended.</returns>
    private bool Restore(DevboxExecutions kept, string folder)
    {
        ExecutionRecord? record = ExecutionRecord.Read(folder);
        if (record is null)
        {
            Directory.Delete(folder, recursive: true); // nobody was told of it yet
            return false;
        }

        bool wasRunning = record.ExitStatus is null;
        if (wasRunning)
        {
            record = record with { ExitStatus = CommandExecution.Killed };
            try
            {
                File.AppendAllText(CommandExecution.PathOf(folder, "stderr"), Note("the server ended while the command ran"));
                record.Write(folder);
            }
            catch (IOException full)
            {
                Log.ExecutionFailed(_logger, full, record.Id, ""); // it counts as killed all the same; the server starts without room, too
            }
        }

        kept.Add(CommandExecution.Restore(folder, record));
        return wasRunning;
    }

    private static string Note(string reason) => $"\ncoffer: ended, because {reason}\n";

    private Sandbox RequireSandbox() => _sandbox ?? throw new StoreException(
        StoreErrorCode.ExecutionDisabled, "commands are switched off: start the server with COFFER_DEVBOX_EXEC=bubblewrap to run them");

    private List<RunningCommands> Running()
    {
        List<RunningCommands> all = [];
        foreach ((_, DevboxExecutions devbox) in _devboxes)
        {
            lock (devbox.Gate)
            {
                CommandExecution[] running = [.. devbox.All.Where(static one => one.ExitStatus is null)];
                if (running.Length > 0)
                {
                    all.Add(new RunningCommands(devbox.RootPath!, running));
                }
            }
        }

        return all;
    }

    private async Task FollowAsync(RunningDevbox devbox, CommandExecution execution, SandboxedCommand command, TimeSpan longest)
    {
        int status = CommandExecution.Killed;
        try
        {
            using (command)
            await using (_time.CreateTimer(_ => execution.End($"it ran longer than {longest.TotalSeconds:0} s"), null, longest, Timeout.InfiniteTimeSpan))
            {
                // A sandbox whose first process has gone has no other, so that both streams end.
                await Task.WhenAll(KeepAsync(command.Output, execution.Output), KeepAsync(command.Errors, execution.Errors));
                status = await command.WaitAsync();
            }

            if (execution.Reason is { } reason)
            {
                status = CommandExecution.Killed;
                execution.Errors.Append(Encoding.UTF8.GetBytes(Note(reason)));
                Log.ExecutionEnded(_logger, execution.Id, devbox.Id, reason);
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Log.ExecutionFailed(_logger, failed, execution.Id, devbox.Id);
        }
        finally
        {
            Complete(devbox, execution, status);
        }

        async Task KeepAsync(Stream from, ExecutionOutput to)
        {
            byte[] buffer = new byte[64 << 10];
            while (await from.ReadAsync(buffer, CancellationToken.None) is var read and > 0)
            {
                int kept = (int)Math.Min(read, MaxOutputBytes - to.Length);
                try
                {
                    to.Append(buffer.AsSpan(0, kept)); // behind the limit read on, so that nobody waits for a full pipe
                }
                catch (IOException full)
                {
                    Log.ExecutionFailed(_logger, full, execution.Id, devbox.Id);
                    execution.End("there is no room to keep what it writes");
                }

                if (kept < read)
                {
                    execution.End($"it wrote more than {MaxOutputBytes} bytes");
                }
            }
        }
    }

    private void Complete(RunningDevbox devbox, CommandExecution execution, int status)
    {
        try
        {
            execution.Complete(status);
        }
        catch (Exception unkept) when (unkept is IOException or UnauthorizedAccessException)
        {
            Log.ExecutionFailed(_logger, unkept, execution.Id, devbox.Id);
        }
    }
}
