using System.ComponentModel;
using System.Diagnostics;

namespace Coffer.Devboxes.Execution;

/// <summary>A command that was started in its sandbox.</summary>
internal sealed class SandboxedCommand(Process process) : IDisposable
{
    /// <summary>Of the process outside of the sandbox that waits for the command; all others of the sandbox descend from it.</summary>
    public int ProcessId { get; } = process.Id;

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Errors => process.StandardError.BaseStream;

    /// <summary>Ends everything that the command started: the sandbox dies with the process that watches it.</summary>
    public void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }

    /// <returns>The command's exit status; 128 + n when signal n ended it.</returns>
    public async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    public void Dispose() => process.Dispose();
}
