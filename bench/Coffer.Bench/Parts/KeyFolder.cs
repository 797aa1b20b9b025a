using System.Diagnostics;
using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;
using Coffer.Buckets;
using Coffer.Objects;

namespace Coffer.Bench.Parts;

/// <summary>
/// A data folder for lists of the Storage API, made once and kept, in the two shapes that folders come in: as many files directly
/// in one folder, and as many in the folders of 1000 users. Keys are written in an order that is not theirs, as uploads are. They
/// share one content, because lists do not look at it and it would fill the disk.
/// </summary>
/// <param name="Path">The data folder.</param>
/// <param name="Keys">Number of keys in each shape.</param>
internal sealed record KeyFolder(string Path, int Keys)
{
    public const string FlatBucket = "flat";

    /// <summary>The folder in <see cref="FlatBucket"/> that holds every key of it directly.</summary>
    public const string FlatFolder = "reports";

    public const string UsersBucket = "users";
    public const int Users = 1000;

    /// <summary>Holds 1 KiB objects, to compare a list with a download.</summary>
    public const string ObjectsBucket = "small";

    private const int Bytes = 64 << 10; // too large for the catalog, which would copy it into each row

    public static string FlatKey(int number) => string.Create(CultureInfo.InvariantCulture, $"{FlatFolder}/{FlatName(number)}");

    /// <summary>Name of a key in <see cref="FlatFolder"/>; numbers are in the order of names.</summary>
    public static string FlatName(int number) => string.Create(CultureInfo.InvariantCulture, $"report-{number:D7}.csv");

    public static string ObjectKey(int number) => string.Create(CultureInfo.InvariantCulture, $"object-{number}");

    public static KeyFolder Prepare(Setup setup, int keys)
    {
        string name = keys.ToString(CultureInfo.InvariantCulture);
        string folder = setup.Folder("folders", name);
        string data = System.IO.Path.Combine(folder, "coffer-data");
        string made = System.IO.Path.Combine(folder, "made");
        if (!File.Exists(made))
        {
            setup.FreshFolder("folders", name);
            CofferServer.Start(setup, data).Dispose(); // makes the account and its key
            Fill(data, keys, setup.Objects);
            File.WriteAllText(made, "");
            Libc.SyncAll();
        }

        return new KeyFolder(data, keys);
    }

    private static void Fill(string data, int keys, int objects)
    {
        Console.Error.WriteLine($"making a folder with {keys:#,0} keys in one folder and {keys:#,0} in the folders of {Users:#,0} users");
        long start = Stopwatch.GetTimestamp();
        using var store = EmbeddedStore.Open(data);
        BucketId flat = Bucket(FlatBucket), users = Bucket(UsersBucket);
        Bucket(ObjectsBucket);
        ManyAtOnce.Run(objects, index => store.PutAsync(ObjectKey(index), Incompressible.Make(1 << 10, index), ObjectsBucket));
        ObjectId content = store.PutAsync("report.csv", Incompressible.Make(Bytes, 1)).GetAwaiter().GetResult().Id;
        ManyAtOnce.Run(keys, index => store.CopyAsync(content, flat, FlatKey(Scattered(index))));
        ManyAtOnce.Run(keys, index =>
        {
            int number = Scattered(index);
            string key = string.Create(CultureInfo.InvariantCulture, $"{UserTokens.UserName(number % Users)}/file-{number / Users:D4}.csv");
            return store.CopyAsync(content, users, key);
        });
        Console.Error.WriteLine($"made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");

        BucketId Bucket(string name) => store.OpenBucketAsync(name).GetAwaiter().GetResult();

        // An odd factor without 5 shares none with a power of ten, so each number comes once.
        int Scattered(int index) => (int)(index * 618_033L % keys);
    }
}
