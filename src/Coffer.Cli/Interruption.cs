using System.Runtime.InteropServices;

namespace Coffer.Cli;

/// <summary>
/// Turns the first Ctrl-C, SIGTERM or SIGHUP (the terminal was closed) into a cancelled token; a second one ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _overdue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _cleanUpTime;
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption(TimeSpan cleanUpTime)
    {
        _cleanUpTime = cleanUpTime;
        _registrations =
        [
            Listen(PosixSignal.SIGINT, ExitCodes.Interrupted), Listen(PosixSignal.SIGTERM, 128 + 15), Listen(PosixSignal.SIGHUP, 128 + 1),
        ];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Ends when the time for cleaning up after a signal is over.</summary>
    public Task Overdue => _overdue.Task;

    /// <summary>128 and the number of the signal that came, as shells have it.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private PosixSignalRegistration Listen(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        ExitCode = exitCode;
        _ = Task.Delay(_cleanUpTime).ContinueWith(_ => _overdue.TrySetResult(), TaskScheduler.Default);
        _source.Cancel();
    });
}
