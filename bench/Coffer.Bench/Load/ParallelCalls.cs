using System.Collections.Concurrent;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>Makes things in a server before a measurement, over as many connections as a measurement has.</summary>
internal static class ParallelCalls
{
    /// <param name="call">Gets each number below <paramref name="count"/>.</param>
    public static void Run(ServerProcess server, int count, Action<HttpConnection, int> call)
    {
        var connections = new ConcurrentBag<HttpConnection>();
        Parallel.For(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = Setup.Connections },
            () =>
            {
                HttpConnection connection = server.Connect();
                connections.Add(connection);
                return connection;
            },
            (index, _, connection) =>
            {
                call(connection, index);
                return connection;
            },
            _ => { });
        foreach (HttpConnection connection in connections)
        {
            connection.Dispose();
        }
    }
}
