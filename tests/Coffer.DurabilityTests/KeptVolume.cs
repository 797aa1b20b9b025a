using System.Diagnostics;
using System.Globalization;

namespace Coffer.DurabilityTests;

/// <summary>Keeps the file system of a <see cref="TinyVolume"/> when the process on it ends, so that a later one finds what it left.</summary>
internal sealed class KeptVolume : IDisposable
{
    private readonly Process _sleeper;

    /// <param name="pid">A process that runs on the volume.</param>
    public KeptVolume(int pid)
    {
        _sleeper = Process.Start("nsenter", ["-t", Text(pid), "-m", "sleep", "600"]);
        for (int i = 0; Namespace(_sleeper.Id) != Namespace(pid); i++)
        {
            Assert.True(i < 1_000 && !_sleeper.HasExited, "nsenter does not get into the server's mount namespace");
            Thread.Sleep(10);
        }
    }

    /// <summary>The same command on the volume. The process that starts is the command itself.</summary>
    public ProcessStartInfo Enter(ProcessStartInfo command) => command.Under("nsenter", "-t", Text(_sleeper.Id), "-m");

    public void Dispose()
    {
        _sleeper.Kill();
        _sleeper.WaitForExit();
        _sleeper.Dispose();
    }

    private static string? Namespace(int pid) => new FileInfo($"/proc/{Text(pid)}/ns/mnt").LinkTarget;

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
