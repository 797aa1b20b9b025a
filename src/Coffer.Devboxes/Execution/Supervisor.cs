using System.Diagnostics;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Execution;

/// <summary>
/// Looks at what the commands of each devbox use together, and ends the one that uses most of too much: room on the disk always,
/// memory and processes where no cgroup bounds them.
/// </summary>
internal sealed class Supervisor(SandboxOptions options, bool boundsMemory, ILogger logger)
{
    private const int DiskShare = 20;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DiskPeriod = TimeSpan.FromSeconds(1);

    private readonly VolumeSpace _volume = new(options.Folder, options.MinFreeBytes, TimeProvider.System);

    // Counting a tree takes time in proportion to its files, and may take a twentieth of one processor's.
    private TimeSpan _diskRest = DiskPeriod;
    private long _diskLooked = Stopwatch.GetTimestamp();

    /// <param name="running">What runs at a moment; one group a devbox, none of them empty.</param>
    public async Task RunAsync(Func<IReadOnlyList<RunningCommands>> running, CancellationToken cancellationToken)
    {
        // Apart: a devbox of many files, which take long to count, must not keep memory from being looked at.
        await Task.WhenAll(LoopAsync(LookAtMemory, boundsMemory), LoopAsync(LookAtDisk, isWanted: true));

        async Task LoopAsync(Action<IReadOnlyList<RunningCommands>> look, bool isWanted)
        {
            using var ticks = new PeriodicTimer(Period);
            while (isWanted && await ticks.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    look(running());
                }
                catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or FormatException)
                {
                    Log.SupervisionFailed(logger, failed);
                }
            }
        }
    }

    private void LookAtMemory(IReadOnlyList<RunningCommands> running)
    {
        if (running.Count > 0)
        {
            ProcessTable table = ProcessTable.Read();
            foreach (RunningCommands devbox in running)
            {
                LookAtMemory(devbox, table);
            }
        }
    }

    private void LookAtDisk(IReadOnlyList<RunningCommands> running)
    {
        if (running.Count == 0 || Stopwatch.GetElapsedTime(_diskLooked) < _diskRest)
        {
            return;
        }

        var watch = Stopwatch.StartNew();
        if (_volume.FreeBytes < _volume.ReserveBytes)
        {
            // Who took it nobody knows; the server's own writes are refused below it, and objects come first.
            foreach (CommandExecution command in running.SelectMany(static devbox => devbox.Commands))
            {
                command.End("the volume has less room than its reserve");
            }
        }

        ProcessTable table = ProcessTable.Read();
        foreach (RunningCommands devbox in running)
        {
            try
            {
                LookAtDisk(devbox, table);
            }
            catch (RootedPathException gone) when (gone.Reason == RootedPathReason.Missing)
            {
                // The devbox is ending.
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                Log.SupervisionFailed(logger, failed); // of this devbox alone
            }
        }

        _diskLooked = Stopwatch.GetTimestamp();
        _diskRest = watch.Elapsed * DiskShare is var rest && rest > DiskPeriod ? rest : DiskPeriod;
    }

    private void LookAtMemory(RunningCommands devbox, ProcessTable table)
    {
        Dictionary<CommandExecution, ProcessTable.Row[]> uses = devbox.Commands
            .Where(command => command.ProcessId is not null)
            .ToDictionary(command => command, command => table.TreeOf(command.ProcessId!.Value).ToArray());
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

    /// <summary>Which of the commands wrote what is too much nobody knows, so that all are ended.</summary>
    private void LookAtDisk(RunningCommands devbox, ProcessTable table)
    {
        using var root = RootedDirectory.Open(devbox.RootPath);
        TreeSize size = root.Measure(new TreeSize(options.MaxBytes, options.MaxFiles));
        if (size.Bytes <= options.MaxBytes && size.Files <= options.MaxFiles)
        {
            RootedEntry[] unnamed = [.. devbox.Commands.Where(static command => command.ProcessId is not null)
                .SelectMany(command => table.TreeOf(command.ProcessId!.Value))
                .SelectMany(static row => row.Threads > 1 ? ProcessTable.ThreadFoldersOf(row.Id) : [ProcessTable.FolderOf(row.Id)])
                .SelectMany(UnnamedFiles.Of)
                .DistinctBy(static file => file.Inode)];
            size = new TreeSize(size.Bytes + unnamed.Sum(static file => file.AllocatedBytes), size.Files + unnamed.Length);
        }

        if (size.Bytes > options.MaxBytes || size.Files > options.MaxFiles)
        {
            foreach (CommandExecution command in devbox.Commands)
            {
                command.End($"the devbox held more than {options.MaxBytes} bytes or {options.MaxFiles} files");
            }
        }
    }
}

/// <summary>The commands that run in a devbox, at least one.</summary>
internal sealed record RunningCommands(string RootPath, IReadOnlyList<CommandExecution> Commands);
