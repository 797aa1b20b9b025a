using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json;

namespace Coffer.Devboxes.Execution;

/// <summary>A command that was started in its sandbox.</summary>
internal sealed class SandboxedCommand : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);
    private readonly Process _process;
    private readonly Task<(int Id, long Start)?> _first;

    /// <param name="news">Where bubblewrap tells which process is the first in the sandbox.</param>
    public SandboxedCommand(Process process, AnonymousPipeServerStream news)
    {
        _process = process;
        ProcessId = process.Id;
        _first = FirstAsync(news);
    }

    /// <summary>Of the process outside of the sandbox that waits for the command; all others of the sandbox descend from it.</summary>
    public int ProcessId { get; }

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Errors => _process.StandardError.BaseStream;

    /// <summary>Ends everything that the command started. Does not wait for it.</summary>
    public void Kill() => _ = KillAsync();

    /// <summary>Waits until nothing of the sandbox runs any more.</summary>
    /// <remarks>
    /// The process that watches ends as soon as it knows the command's status. The first process in the sandbox's pid namespace is the
    /// one that ends last: the kernel lets it go when all others have.
    /// </remarks>
    /// <returns>The command's exit status; 128 + n when signal n ended it.</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        if (await _first is { } first)
        {
            ProcessTable.Kill(first.Id, first.Start); // that the command has ended was told by a process which the command can write to
            while (ProcessTable.Runs(first.Id, first.Start))
            {
                await Task.Delay(Glance);
            }
        }

        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();

    /// <remarks>
    /// The first process inside takes all others with it. It dies with the process that watches, too, but only once it has asked for
    /// that, late in its start: were the one that watches ended before, the first would wait for it for ever.
    /// </remarks>
    private async Task KillAsync()
    {
        try
        {
            if (await _first.WaitAsync(Patience) is { } first)
            {
                ProcessTable.Kill(first.Id, first.Start);
            }
        }
        catch (TimeoutException)
        {
            // It hangs before there is a sandbox.
        }

        try
        {
            _process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }

    private static async Task<(int Id, long Start)?> FirstAsync(AnonymousPipeServerStream news)
    {
        await using (news)
        {
            try
            {
                using JsonDocument told = await JsonDocument.ParseAsync(news);
                int id = told.RootElement.GetProperty("child-pid").GetInt32();
                return ProcessTable.StartOf(id) is { } start ? (id, start) : null;
            }
            catch (Exception none) when (none is JsonException or IOException)
            {
                return null; // it did not come so far
            }
        }
    }
}
