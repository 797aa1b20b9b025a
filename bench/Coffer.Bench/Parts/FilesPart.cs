using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>
/// GETs through the Storage API: 1 KiB with the service key, 1 KiB by 1000 users whom one policy lets into their own folders, and
/// 1 MiB in a public bucket. The objects are those of the part <c>get</c>, copied by rows into buckets, so they lie on the disk once.
/// </summary>
internal static class FilesPart
{
    private const string Users = "users";
    private const string Public = "public";
    private const int ManyUsers = 1000;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = ObjectSet.FolderOf(setup);
        using CofferServer coffer = CofferServer.Start(setup, ObjectSet.CofferData(folder));
        using NginxServer nginx = NginxServer.Start(folder);
        ObjectSet small = ObjectSet.Prepare(setup, folder, 1 << 10, coffer);
        Copy(coffer, folder, small, Users, isPublic: false, UsersKey);
        using (HttpConnection connection = coffer.Connect())
        {
            new StorageApi(connection).OpenOwnFolders(Users);
        }

        string[] tokens = [.. Enumerable.Range(0, ManyUsers).Select(UserTokens.Of)];
        Targets byKey = Write("service", small, index => (StorageApi.ObjectTarget(Users, UsersKey(index)), CofferServer.Key));
        Targets byUsers = Write("users", small, index => (StorageApi.ObjectTarget(Users, UsersKey(index)), tokens[index % ManyUsers]));
        small.CompareSample(coffer, byKey, nginx);
        small.CompareSample(coffer, byUsers, nginx);
        coffer.TakeLoggedRequests();
        yield return Finding.OfRates("GET 1 KiB, service key", 0.5, small.Compare(setup, (coffer, byKey), (nginx, small.NginxTargets)));
        Finding users = Finding.OfRates("GET 1 KiB, 1,000 users and a policy", 0.8, small.Compare(setup, (coffer, byUsers), (coffer, byKey)));
        yield return users with { Theirs = $"service key: {users.Theirs}" };

        ObjectSet large = ObjectSet.Prepare(setup, folder, 1 << 20, coffer);
        Copy(coffer, folder, large, Public, isPublic: true, PublicKey);
        Targets byAnybody = Write("public", large, index => (StorageApi.PublicTarget(Public, PublicKey(index)), null));
        large.CompareSample(coffer, byAnybody, nginx);
        coffer.TakeLoggedRequests();
        yield return Finding.OfRates("GET 1 MiB, public", 0.7, large.Compare(setup, (coffer, byAnybody), (nginx, large.NginxTargets)));

        Targets Write(string name, ObjectSet objects, Func<int, (string Target, string? Token)> target) =>
            Targets.Write(Path.Combine(folder, $"files-{name}.txt"), Enumerable.Range(0, objects.Ids.Count).Select(target));
    }

    private static string UsersKey(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{UserTokens.UserName(index % ManyUsers)}/object-{index}.bin");

    private static string PublicKey(int index) => string.Create(CultureInfo.InvariantCulture, $"pictures/object-{index}.bin");

    private static void Copy(CofferServer coffer, string folder, ObjectSet objects, string bucket, bool isPublic, Func<int, string> key)
    {
        string copied = Path.Combine(folder, $"copied-{bucket}");
        if (File.Exists(copied))
        {
            return;
        }

        using (HttpConnection connection = coffer.Connect())
        {
            new StorageApi(connection).OpenBucket(bucket, isPublic);
        }

        ParallelCalls.Run(
            coffer, objects.Ids.Count, (connection, index) => new StorageApi(connection).Copy("objects", objects.Ids[index], bucket, key(index)));
        File.WriteAllText(copied, "");
    }
}
