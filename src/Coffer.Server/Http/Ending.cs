using Coffer.Server.Configuration;
using Microsoft.Extensions.Hosting;

namespace Coffer.Server.Http;

/// <summary>The end of the server: how many requests it has yet to wait for, and whether it has begun to cut them off.</summary>
internal sealed class Ending
{
    private const long ClockStep = 50;
    private readonly long _graceMilliseconds;
    private long _cutsAt = long.MaxValue;
    private int _running;

    public Ending(IHostApplicationLifetime lifetime, CofferOptions options)
    {
        _graceMilliseconds = (long)options.ShutdownGrace.TotalMilliseconds;
        lifetime.ApplicationStopping.Register(
            () => Volatile.Write(ref _cutsAt, Environment.TickCount64 + _graceMilliseconds - ClockStep));
    }

    /// <summary>Requests that have begun and not yet ended.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>True once requests that break off do so because the server wants to end, and not their clients.</summary>
    public bool CutsOff => Environment.TickCount64 >= Volatile.Read(ref _cutsAt);

    /// <summary>Says that from here on nobody waits for requests.</summary>
    public void CutOff() => Volatile.Write(ref _cutsAt, 0);

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);
}
