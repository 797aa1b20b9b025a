using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>One connection a worker, opened before the clock starts.</summary>
internal sealed class Connections(ServerProcess server) : IDisposable
{
    private readonly HttpConnection[] _all = [.. Enumerable.Range(0, Setup.Connections).Select(_ => server.Connect())];

    public HttpConnection this[int worker] => _all[worker];

    public void Dispose() => Array.ForEach(_all, connection => connection.Dispose());
}
