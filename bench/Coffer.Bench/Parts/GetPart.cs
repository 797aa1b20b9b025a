using Coffer.Bench.Load;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>GET of 1 KiB, 64 KiB and 1 MiB by presigned URL, against nginx's static files.</summary>
internal static class GetPart
{
    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = ObjectSet.FolderOf(setup);
        using CofferServer coffer = CofferServer.Start(setup, ObjectSet.CofferData(folder));
        using NginxServer nginx = NginxServer.Start(folder);
        foreach ((int size, string name, double atLeast) in new[] { (1 << 10, "1 KiB", 0.6), (64 << 10, "64 KiB", 0.6), (1 << 20, "1 MiB", 0.7) })
        {
            ObjectSet objects = ObjectSet.Prepare(setup, folder, size, coffer);
            Targets signed = Sign(coffer, objects, Path.Combine(folder, $"coffer-{size}.txt"));
            objects.CompareSample(coffer, signed, nginx);
            coffer.TakeLoggedRequests();
            yield return Finding.OfRates($"GET {name}", atLeast, objects.Compare(setup, (coffer, signed), (nginx, objects.NginxTargets)));
        }
    }

    private static Targets Sign(CofferServer coffer, ObjectSet objects, string path)
    {
        using HttpConnection connection = coffer.Connect();
        return Targets.Write(path, objects.Ids.Select(new ObjectsApi(connection).DownloadTarget));
    }
}
