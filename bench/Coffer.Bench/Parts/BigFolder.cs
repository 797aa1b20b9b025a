using System.Diagnostics;
using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Servers;
using Coffer.Objects;

namespace Coffer.Bench.Parts;

/// <summary>
/// A data folder with many objects and then as many tombstones, made once and kept. It is filled through the catalog, so rows,
/// indexes and counters are the product's own.
/// </summary>
/// <param name="Path">The data folder.</param>
/// <param name="Middle">Id of the object in the middle of the list.</param>
/// <param name="Some">Ids of a few objects.</param>
internal sealed record BigFolder(string Path, string Middle, IReadOnlyList<string> Some)
{
    private const int Bytes = 64;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(20); // tombstones leave after 30 days

    public static BigFolder Prepare(Setup setup, int objects, int tombstones)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{objects}-{tombstones}");
        string folder = setup.Folder("list", name);
        string data = System.IO.Path.Combine(folder, "coffer-data");
        string idsFile = System.IO.Path.Combine(folder, "ids.txt");
        if (!File.Exists(idsFile) || DateTime.UtcNow - File.GetLastWriteTimeUtc(idsFile) > KeptFor)
        {
            setup.FreshFolder("list", name);
            CofferServer.Start(setup, data).Dispose(); // makes the account and its key
            File.WriteAllLines(idsFile, Fill(data, objects, tombstones));
        }

        string[] ids = File.ReadAllLines(idsFile);
        return new BigFolder(data, ids[ids.Length / 2], ids);
    }

    private static List<string> Fill(string data, int objects, int tombstones)
    {
        Console.Error.WriteLine($"making a folder with {objects:#,0} objects and {tombstones:#,0} newer tombstones");
        long start = Stopwatch.GetTimestamp();
        using var store = EmbeddedStore.Open(data);
        List<ObjectId> made = ManyAtOnce.Run(objects, index => store.PutNamedAsync($"report-{index}.csv", Incompressible.Make(Bytes, index)));
        List<ObjectId> gone = ManyAtOnce.Run(tombstones, index => store.PutNamedAsync($"gone-{index}.csv", Incompressible.Make(Bytes, index)));
        ManyAtOnce.Run(tombstones, async index =>
        {
            await store.DeleteAsync(gone[index]);
            return gone[index];
        });
        Console.Error.WriteLine($"made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        made.Sort();
        return [.. made.Where((_, index) => index % (objects / 1000) == 0).Select(id => id.ToString())];
    }
}
