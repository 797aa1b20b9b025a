using System.Runtime.InteropServices;

namespace Coffer.Server;

/// <summary>Counts Ctrl-C and SIGTERM beside the host, which ends on the first and takes no notice of the others.</summary>
internal sealed class Signals : IDisposable
{
    /// <summary>Whoever starts programs for others often passes a signal on that the terminal has sent to all of them.</summary>
    private static readonly TimeSpan OneSignal = TimeSpan.FromMilliseconds(400);

    private readonly Action _onSecond;
    private readonly PosixSignalRegistration[] _registrations;
    private long _first;

    /// <param name="onSecond">Called when somebody does not want to wait.</param>
    public Signals(Action onSecond)
    {
        _onSecond = onSecond;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];
    }

    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    private void Take(PosixSignalContext signal)
    {
        signal.Cancel = true;
        long now = Environment.TickCount64;
        long first = Interlocked.CompareExchange(ref _first, now, 0);
        if (first != 0 && now - first >= OneSignal.TotalMilliseconds)
        {
            _onSecond();
        }
    }
}
