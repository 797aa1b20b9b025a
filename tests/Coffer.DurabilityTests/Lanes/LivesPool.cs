using System.Collections.Concurrent;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>Processes that serve, kept from one test of a class to the next because they are warm.</summary>
public sealed class LivesPool : IAsyncDisposable
{
    private readonly ConcurrentBag<Lives> _free = [];

    internal Lives Take() => _free.TryTake(out Lives? lives) ? lives : new Lives();

    /// <summary>Takes one back whose last server has ended.</summary>
    internal void Return(Lives lives) => _free.Add(lives);

    public async ValueTask DisposeAsync()
    {
        foreach (Lives lives in _free) await lives.DisposeAsync();
    }
}
