using System.Collections.Concurrent;
using Coffer.Bench.Load;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>Create, PUT and complete of durable 4 KiB objects over HTTP, against nginx's WebDAV PUT, which syncs nothing.</summary>
internal static class LifePart
{
    public const int Bytes = 4096;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = setup.FreshFolder("life");
        using CofferServer coffer = CofferServer.Start(setup, Path.Combine(folder, "coffer-data"));
        using NginxServer nginx = NginxServer.Start(folder);
        var webDav = new WebDav(nginx, folder);
        Comparison comparison = Measure.Compare(setup, duration => Lives(coffer, duration), duration => webDav.Put(Bytes, duration));
        yield return Finding.OfRates("create → PUT → complete, 4 KiB", 0.12, comparison, " objects/s");
        yield return new Finding
        {
            What = "the same, median and longest life",
            Ours = $"p50 {comparison.OurMedian.P50Ms:0.0} ms, max {comparison.OurMedian.MaxMs:0} ms",
            Theirs = $"p50 {comparison.TheirMedian.P50Ms:0.0} ms, max {comparison.TheirMedian.MaxMs:0} ms",
            Verdict = "",
        };
    }

    private static Round Lives(CofferServer server, TimeSpan duration)
    {
        var made = new ConcurrentBag<(string Id, long Seed)>();
        using var connections = new Connections(server);
        Round round = Measure.Once(() => server.Cpu, () => ClosedLoop.Run(Setup.Connections, duration, worker =>
        {
            var api = new ObjectsApi(connections[worker]);
            byte[] bytes = Incompressible.Make(Bytes, worker);
            long seed = worker;
            return () =>
            {
                Incompressible.Fill(bytes, seed += Setup.Connections);
                string id = api.Store("life", bytes);
                if (seed % 64 == worker)
                {
                    made.Add((id, seed));
                }
            };
        }));

        server.RequireLogged(3 * round.Load.Requests);
        var reader = new ObjectsApi(connections[0]);
        foreach ((string id, long seed) in made.Take(100))
        {
            string target = reader.DownloadTarget(id);
            if (!connections[0].Get(target).Body.Span.SequenceEqual(Incompressible.Make(Bytes, seed)))
            {
                throw new InvalidRunException($"{id} does not have the bytes that were stored");
            }
        }

        server.TakeLoggedRequests();
        return round;
    }
}
