namespace Coffer.Devboxes.Execution;

/// <summary>One command in a devbox: where it stands, and what it wrote.</summary>
public sealed class CommandExecution
{
    /// <summary>As a shell reports SIGKILL.</summary>
    internal const int Killed = 128 + 9;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SandboxedCommand? _command;
    private bool _isEnding;

    private CommandExecution(string folder, ExecutionRecord record, ExecutionOutput output, ExecutionOutput errors) =>
        (Folder, Record, Output, Errors) = (folder, record, output, errors);

    /// <summary>A UUID of version 7: ids sort by time.</summary>
    public string Id => Record.Id;

    /// <summary>Null until it has ended; 128 + n when signal n ended it.</summary>
    public int? ExitStatus => Record.ExitStatus;

    /// <summary>As the wire says it. Commands wait for nothing, so none is <c>queued</c>.</summary>
    public string Status => ExitStatus is null ? "running" : "completed";

    public ExecutionOutput Output { get; }

    public ExecutionOutput Errors { get; }

    /// <summary>Ends when the command has, and everything that it started.</summary>
    public Task Completed => _completed.Task;

    internal string Folder { get; }

    internal ExecutionRecord Record { get; private set; }

    /// <summary>Why the server ended it; null when it ended by itself or was killed by a call.</summary>
    internal string? Reason { get; private set; }

    /// <summary>The process from which all of the sandbox descend; null when none runs.</summary>
    internal int? ProcessId
    {
        get
        {
            lock (_gate)
            {
                return _command?.ProcessId;
            }
        }
    }

    /// <summary>A new one, on the disk before anything runs.</summary>
    internal static CommandExecution Create(string folder, ExecutionRecord record)
    {
        Directory.CreateDirectory(folder);
        record.Write(folder);
        return new(folder, record, ExecutionOutput.Create(PathOf(folder, "stdout")), ExecutionOutput.Create(PathOf(folder, "stderr")));
    }

    /// <summary>One of an earlier run of the server, which has ended.</summary>
    internal static CommandExecution Restore(string folder, ExecutionRecord record)
    {
        var execution = new CommandExecution(
            folder, record, ExecutionOutput.Of(PathOf(folder, "stdout")), ExecutionOutput.Of(PathOf(folder, "stderr")));
        execution._completed.SetResult();
        return execution;
    }

    internal static string PathOf(string folder, string stream) => Path.Combine(folder, stream);

    /// <summary>Begins to be able to be ended; ends at once when that was asked for before.</summary>
    internal void Began(SandboxedCommand command)
    {
        lock (_gate)
        {
            _command = command;
            if (_isEnding)
            {
                command.Kill();
            }
        }
    }

    /// <summary>Ends it. The first reason is kept.</summary>
    /// <param name="reason">Null when who asked knows why.</param>
    internal void End(string? reason)
    {
        lock (_gate)
        {
            if (!_isEnding)
            {
                (_isEnding, Reason) = (true, reason);
                _command?.Kill();
            }
        }
    }

    internal void Complete(int exitStatus)
    {
        lock (_gate)
        {
            _command = null;
            _isEnding = true;
        }

        Output.Complete();
        Errors.Complete();
        Record = Record with { ExitStatus = exitStatus };
        try
        {
            Record.Write(Folder);
        }
        finally
        {
            _completed.SetResult(); // also when the disk is full: whoever waits learns of the end
        }
    }
}
