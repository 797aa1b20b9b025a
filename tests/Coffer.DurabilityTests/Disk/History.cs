namespace Coffer.DurabilityTests.Disk;

/// <summary>Changes to one file or directory, oldest first, and which of them are on the disk for certain.</summary>
internal sealed class History<TChange>
{
    private readonly List<Step> _steps = [];

    private enum State
    {
        /// <summary>In memory; the next sync covers it.</summary>
        Pending,

        /// <summary>A sync of it failed; no later one covers it, yet it may be on the disk.</summary>
        Lost,

        Durable,
    }

    public void Add(TChange change) => _steps.Add(new Step(change));

    /// <summary>Starts a sync. Call what comes back at its end, with true when it succeeded.</summary>
    /// <param name="failureLoses">Whether a failed one leaves its changes where no later one finds them.</param>
    public Action<bool> BeginSync(bool failureLoses)
    {
        Step[] covered = [.. _steps.Where(step => step.State == State.Pending)];
        return succeeded =>
        {
            foreach (Step step in covered.Where(step => step.State == State.Pending))
            {
                if (succeeded) step.State = State.Durable;
                else if (failureLoses) step.State = State.Lost;
            }
        };
    }

    /// <summary>All changes in order, with whether each is certain to be on the disk.</summary>
    public IEnumerable<(TChange Change, bool Durable)> Steps => _steps.Select(step => (step.Change, step.State == State.Durable));

    private sealed class Step(TChange change)
    {
        public TChange Change { get; } = change;

        public State State { get; set; }
    }
}
