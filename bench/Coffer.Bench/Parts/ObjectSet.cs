using System.Globalization;
using System.Security.Cryptography;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>Objects of one size in both servers, made through the Objects API and kept between runs.</summary>
internal sealed class ObjectSet
{
    private const int SampleSize = 100;
    private readonly string _folder;
    private readonly int _size;

    private ObjectSet(string folder, int size, string[] ids)
    {
        _folder = folder;
        _size = size;
        Ids = ids;
        NginxTargets = Targets.Write(
            Path.Combine(folder, $"nginx-{size}.txt"),
            Enumerable.Range(0, ids.Length).Select(index => string.Create(CultureInfo.InvariantCulture, $"/{size}/{index}")));
    }

    public IReadOnlyList<string> Ids { get; }

    public Targets NginxTargets { get; }

    /// <summary>The folder that both parts about downloads keep their objects in.</summary>
    public static string FolderOf(Setup setup) => setup.Folder("get");

    public static string CofferData(string folder) => Path.Combine(folder, "coffer-data");

    public static ObjectSet Prepare(Setup setup, string folder, int size, CofferServer coffer)
    {
        string idsFile = Path.Combine(folder, $"ids-{size}.txt");
        string[] ids = File.Exists(idsFile) ? File.ReadAllLines(idsFile) : [];
        if (ids.Length != setup.Objects)
        {
            ids = StoreAll(setup, folder, size, coffer);
            File.WriteAllLines(idsFile, ids);
            Libc.SyncAll();
        }

        return new ObjectSet(folder, size, ids);
    }

    /// <summary>The same bytes must come from both servers, and be those that were stored.</summary>
    /// <param name="ours">One target an object, in the order of <see cref="Ids"/>.</param>
    public void CompareSample(CofferServer coffer, Targets ours, NginxServer nginx)
    {
        using HttpConnection fromCoffer = coffer.Connect(), fromNginx = nginx.Connect();
        for (int sample = 0; sample < SampleSize; sample++)
        {
            int index = sample * Ids.Count / SampleSize;
            byte[] stored = SHA256.HashData(Incompressible.Make(_size, SeedOf(_size, index)));
            if (!stored.AsSpan().SequenceEqual(SHA256.HashData(ours.Get(fromCoffer, index).Body.Span))
                || !stored.AsSpan().SequenceEqual(SHA256.HashData(NginxTargets.Get(fromNginx, index).Body.Span)))
            {
                throw new InvalidRunException($"object {index} of {_size} bytes differs between the servers");
            }
        }
    }

    /// <summary>Random GETs of the same objects by both sides, in turn.</summary>
    public Comparison Compare(Setup setup, (ServerProcess Server, Targets Targets) ours, (ServerProcess Server, Targets Targets) theirs)
    {
        bool tooMuchForMemory = 2L * _size * setup.Objects > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3;
        return Measure.Compare(setup, duration => OneRound(ours, duration), duration => OneRound(theirs, duration));

        Round OneRound((ServerProcess Server, Targets Targets) side, TimeSpan duration)
        {
            if (tooMuchForMemory)
            {
                string blobs = Path.Combine(CofferData(_folder), "blobs"), files = FilesFolder(_folder, _size);
                Disk.Forget(side.Server is CofferServer ? files : blobs);
                Disk.Load(side.Server is CofferServer ? blobs : files);
            }

            Round round = Measure.Once(() => side.Server.Cpu, () => Wrk.Run(side.Server.Url, side.Targets.Path, Setup.Connections, duration));
            (side.Server as CofferServer)?.RequireLogged(round.Load.Requests);
            return round;
        }
    }

    private static string[] StoreAll(Setup setup, string folder, int size, CofferServer coffer)
    {
        Console.Error.WriteLine($"storing {setup.Objects:#,0} objects of {size:#,0} bytes in both servers");
        string files = FilesFolder(folder, size);
        Directory.CreateDirectory(files);
        string[] ids = new string[setup.Objects];
        ParallelCalls.Run(coffer, setup.Objects, (connection, index) =>
        {
            byte[] bytes = Incompressible.Make(size, SeedOf(size, index));
            ids[index] = new ObjectsApi(connection).Store($"object-{index}", bytes);
            File.WriteAllBytes(Path.Combine(files, index.ToString(CultureInfo.InvariantCulture)), bytes);
        });
        return ids;
    }

    private static string FilesFolder(string folder, int size) => Path.Combine(folder, "www", size.ToString(CultureInfo.InvariantCulture));

    private static long SeedOf(int size, int index) => ((long)size << 32) + index;
}
