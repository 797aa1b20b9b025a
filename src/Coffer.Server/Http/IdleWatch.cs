using System.Collections.Concurrent;

namespace Coffer.Server.Http;

/// <summary>Ends requests in which no byte has moved for the idle limit. Only requests that had to wait are looked at.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly ConcurrentDictionary<Exchange, bool> _waiting = new();
    private readonly long _limitMilliseconds;
    private readonly Timer _timer;

    public IdleWatch(TimeSpan limit)
    {
        _limitMilliseconds = (long)limit.TotalMilliseconds;
        TimeSpan period = limit / 20;
        _timer = new Timer(static watch => ((IdleWatch)watch!).Look(), this, period, period);
    }

    public void Add(Exchange exchange) => _waiting.TryAdd(exchange, true);

    public void Remove(Exchange exchange) => _waiting.TryRemove(exchange, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long now = Environment.TickCount64;
        foreach (var (exchange, _) in _waiting)
        {
            exchange.CutIfSilent(now, _limitMilliseconds);
        }
    }
}
