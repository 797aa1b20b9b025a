using System.Collections.Concurrent;
using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>
/// Durable uploads by POST under unique names: 1 KiB against nginx's WebDAV PUT, which syncs nothing, and 1 MiB against that PUT
/// and a sync of its file. Coffer counts the MD5 of each.
/// </summary>
internal static class PostPart
{
    private const string Bucket = "posts";
    private const int SampleSize = 100;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = setup.FreshFolder("post");
        using (CofferServer coffer = CofferServer.Start(setup, Path.Combine(folder, "coffer-data")))
        using (NginxServer nginx = NginxServer.Start(folder))
        {
            using (HttpConnection connection = coffer.Connect())
            {
                new StorageApi(connection).OpenBucket(Bucket, isPublic: false);
            }

            coffer.TakeLoggedRequests();
            var webDav = new WebDav(nginx, folder);
            int run = 0;
            Comparison small = Measure.Compare(
                setup, duration => Posts(coffer, 1 << 10, run++, duration), duration => webDav.Put(1 << 10, duration));
            yield return Finding.OfRates("POST 1 KiB, durable; nginx syncs nothing", 1, small);
            Comparison large = Measure.Compare(
                setup, duration => Posts(coffer, 1 << 20, run++, duration), duration => webDav.Put(1 << 20, duration, thenSync: true));
            yield return Finding.OfRates("POST 1 MiB, durable; nginx and a sync of the file", 0.5, large);
        }

        setup.FreshFolder("post"); // some 10 GB that nobody needs again
    }

    private static Round Posts(CofferServer server, int size, int run, TimeSpan duration)
    {
        var made = new ConcurrentBag<(string Target, long Seed)>();
        using var connections = new Connections(server);
        Round round = Measure.Once(() => server.Cpu, () => ClosedLoop.Run(Setup.Connections, duration, worker =>
        {
            byte[] bytes = Incompressible.Make(size, worker);
            long seed = worker;
            return () =>
            {
                Incompressible.Fill(bytes, seed += Setup.Connections);
                string target = StorageApi.ObjectTarget(Bucket, string.Create(CultureInfo.InvariantCulture, $"{run}/object-{seed}.bin"));
                ObjectsApi.Expect(connections[worker].Send("POST", target, ObjectsApi.Authorization, bytes), "the upload");
                if (seed % 64 == worker)
                {
                    made.Add((target, seed));
                }
            };
        }));

        server.RequireLogged(round.Load.Requests);
        foreach ((string target, long seed) in made.Take(SampleSize))
        {
            if (!connections[0].Get(target, ObjectsApi.Authorization).Body.Span.SequenceEqual(Incompressible.Make(size, seed)))
            {
                throw new InvalidRunException($"{target} does not have the bytes that were stored");
            }
        }

        server.TakeLoggedRequests();
        return round;
    }
}
