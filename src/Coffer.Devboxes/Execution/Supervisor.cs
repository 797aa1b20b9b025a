using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Execution;

/// <summary>Where no cgroup bounds devboxes: looks at what their processes use, and ends the command that uses most of too much.</summary>
internal sealed class Supervisor(SandboxOptions options, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <param name="running">What runs at a moment, by devbox.</param>
    public async Task RunAsync(Func<ILookup<string, CommandExecution>> running, CancellationToken cancellationToken)
    {
        using var ticks = new PeriodicTimer(Period);
        while (await ticks.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                Look(running());
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or FormatException)
            {
                Log.SupervisionFailed(logger, failed);
            }
        }
    }

    private void Look(ILookup<string, CommandExecution> running)
    {
        if (running.Count == 0)
        {
            return;
        }

        ProcessTable table = ProcessTable.Read();
        foreach (IGrouping<string, CommandExecution> devbox in running)
        {
            Dictionary<CommandExecution, ProcessTable.Row[]> uses = devbox
                .Where(execution => execution.ProcessId is not null)
                .ToDictionary(execution => execution, execution => table.TreeOf(execution.ProcessId!.Value).ToArray());
            if (uses.Values.Sum(static rows => rows.Sum(static row => row.Threads)) > options.Processes)
            {
                uses.MaxBy(static use => use.Value.Sum(static row => row.Threads)).Key
                    .End($"the devbox ran more than {options.Processes} processes and threads");
            }

            // Forked processes share pages. Only when even counting them whole gives too much, the exact and slow figure is asked for.
            if (uses.Values.Sum(static rows => rows.Sum(static row => row.Bytes)) > options.MemoryBytes)
            {
                Dictionary<CommandExecution, long> exact = uses.ToDictionary(
                    static use => use.Key, static use => use.Value.Sum(static row => ProcessTable.ProportionalBytes(row.Id) ?? row.Bytes));
                if (exact.Values.Sum() > options.MemoryBytes)
                {
                    exact.MaxBy(static use => use.Value).Key.End($"the devbox used more than {options.MemoryBytes} bytes of memory");
                }
            }
        }
    }
}
