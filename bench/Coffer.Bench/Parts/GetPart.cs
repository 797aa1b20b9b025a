using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>GET of 1 KiB, 64 KiB and 1 MiB by presigned URL, against nginx's static files.</summary>
internal static class GetPart
{
    private const int SampleSize = 100;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = setup.Folder("get");
        using CofferServer coffer = CofferServer.Start(setup, Path.Combine(folder, "coffer-data"));
        using NginxServer nginx = NginxServer.Start(folder);
        foreach ((int size, string name, double atLeast) in new[] { (1 << 10, "1 KiB", 0.6), (64 << 10, "64 KiB", 0.6), (1 << 20, "1 MiB", 0.7) })
        {
            var objects = new Data(setup, folder, size);
            objects.Prepare(coffer);
            objects.CompareSample(coffer, nginx);
            coffer.TakeLoggedRequests();

            bool tooMuchForMemory = 2L * size * setup.Objects > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3;
            Comparison comparison = Measure.Compare(
                setup,
                duration => OneRound(coffer, objects.CofferTargets, duration, () =>
                {
                    if (tooMuchForMemory)
                    {
                        Disk.Forget(objects.NginxFolder);
                        Disk.Load(Path.Combine(folder, "coffer-data", "blobs"));
                    }
                }),
                duration => OneRound(nginx, objects.NginxTargets, duration, () =>
                {
                    if (tooMuchForMemory)
                    {
                        Disk.Forget(Path.Combine(folder, "coffer-data", "blobs"));
                        Disk.Load(objects.NginxFolder);
                    }
                }));
            yield return Finding.OfRates($"GET {name}", atLeast, comparison);
        }
    }

    private static Round OneRound(ServerProcess server, string targets, TimeSpan duration, Action prepareMemory)
    {
        prepareMemory();
        Round round = Measure.Once(() => server.Cpu, () => Wrk.Run(server.Url, targets, Setup.Connections, duration));
        if (server is CofferServer coffer && coffer.TakeLoggedRequests() is var logged && logged < round.Load.Requests)
        {
            throw new InvalidRunException($"the request log has {logged} lines for {round.Load.Requests} requests");
        }

        return round;
    }

    /// <summary>Objects of one size in both servers, kept between runs.</summary>
    private sealed class Data(Setup setup, string folder, int size)
    {
        private readonly string _idsFile = Path.Combine(folder, $"ids-{size}.txt");

        public string NginxFolder { get; } = Path.Combine(folder, "www", size.ToString(CultureInfo.InvariantCulture));

        public string CofferTargets { get; } = Path.Combine(folder, $"coffer-{size}.txt");

        public string NginxTargets { get; } = Path.Combine(folder, $"nginx-{size}.txt");

        public void Prepare(CofferServer coffer)
        {
            string[] ids = File.Exists(_idsFile) ? File.ReadAllLines(_idsFile) : [];
            if (ids.Length != setup.Objects)
            {
                ids = StoreAll(coffer);
                File.WriteAllLines(_idsFile, ids);
                Libc.SyncAll();
            }

            using HttpConnection connection = coffer.Connect();
            var api = new ObjectsApi(connection);
            File.WriteAllLines(CofferTargets, ids.Select(api.DownloadTarget));
            File.WriteAllLines(NginxTargets, Enumerable.Range(0, ids.Length).Select(index => $"/{size}/{index}"));
        }

        /// <summary>The same bytes must come from both servers, and be those that were stored.</summary>
        public void CompareSample(CofferServer coffer, NginxServer nginx)
        {
            string[] ours = File.ReadAllLines(CofferTargets), theirs = File.ReadAllLines(NginxTargets);
            using HttpConnection fromCoffer = coffer.Connect(), fromNginx = nginx.Connect();
            for (int sample = 0; sample < SampleSize; sample++)
            {
                int index = sample * ours.Length / SampleSize;
                byte[] stored = SHA256.HashData(Incompressible.Make(size, SeedOf(index)));
                if (!stored.AsSpan().SequenceEqual(SHA256.HashData(fromCoffer.Get(ours[index]).Body.Span))
                    || !stored.AsSpan().SequenceEqual(SHA256.HashData(fromNginx.Get(theirs[index]).Body.Span)))
                {
                    throw new InvalidRunException($"object {index} of {size} bytes differs between the servers");
                }
            }
        }

        private string[] StoreAll(CofferServer coffer)
        {
            Console.Error.WriteLine($"storing {setup.Objects:#,0} objects of {size:#,0} bytes in both servers");
            Directory.CreateDirectory(NginxFolder);
            string[] ids = new string[setup.Objects];
            var connections = new ConcurrentBag<HttpConnection>();
            Parallel.For(
                0, setup.Objects, new ParallelOptions { MaxDegreeOfParallelism = Setup.Connections },
                () =>
                {
                    HttpConnection connection = coffer.Connect();
                    connections.Add(connection);
                    return new ObjectsApi(connection);
                },
                (index, _, api) =>
                {
                    byte[] bytes = Incompressible.Make(size, SeedOf(index));
                    ids[index] = api.Store($"object-{index}", bytes);
                    File.WriteAllBytes(Path.Combine(NginxFolder, index.ToString(CultureInfo.InvariantCulture)), bytes);
                    return api;
                },
                _ => { });
            foreach (HttpConnection connection in connections)
            {
                connection.Dispose();
            }

            return ids;
        }

        private long SeedOf(int index) => ((long)size << 32) + index;
    }
}
