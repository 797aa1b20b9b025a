namespace Coffer.Devboxes.Execution;

/// <summary>The executions that are known of one devbox, oldest first. Whoever uses it holds the gate.</summary>
internal sealed class DevboxExecutions
{
    private readonly List<CommandExecution> _all = [];

    public Lock Gate { get; } = new();

    public IReadOnlyList<CommandExecution> All => _all;

    /// <summary>The devbox's root on the host; null until a command began.</summary>
    public string? RootPath { get; set; }

    /// <summary>Whether the devbox ends, so that no command may begin.</summary>
    public bool IsEnded { get; set; }

    public CommandExecution? ById(string id) => _all.Find(one => one.Id == id);

    public CommandExecution? ByCommand(string commandId) => _all.Find(one => one.Record.CommandId == commandId);

    public void Add(CommandExecution execution) => _all.Add(execution);

    /// <summary>Forgets an execution that has ended, with what it wrote.</summary>
    public void Remove(CommandExecution execution)
    {
        _all.Remove(execution);
        if (Directory.Exists(execution.Folder))
        {
            Directory.Delete(execution.Folder, recursive: true);
        }
    }

    /// <summary>Forgets the oldest that have ended, until no more are kept than these.</summary>
    public void MakeRoom(int count, long bytes)
    {
        long kept = _all.Sum(static one => one.Output.Length + one.Errors.Length);
        foreach (CommandExecution oldest in _all.Where(static one => one.Completed.IsCompleted).ToArray())
        {
            if (_all.Count <= count && kept <= bytes)
            {
                return;
            }

            kept -= oldest.Output.Length + oldest.Errors.Length;
            Remove(oldest);
        }
    }
}
