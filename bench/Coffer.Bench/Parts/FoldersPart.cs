using System.Diagnostics;
using System.Globalization;
using Coffer.Bench.Load;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>
/// Lists of the Storage API under 1,000,000 keys, against the same lists under 10,000, against a download, against the first page,
/// and, by a user who sees one folder, against those of the service key.
/// </summary>
internal static class FoldersPart
{
    private const int Few = 10_000;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        KeyFolder many = KeyFolder.Prepare(setup, setup.ManyObjects), few = KeyFolder.Prepare(setup, Few);
        using CofferServer big = CofferServer.Start(setup, many.Path);
        using CofferServer small = CofferServer.Start(setup, few.Path);
        OpenOwnFolders(big);
        FolderCall browse = FolderCall.Browse(KeyFolder.FlatBucket, KeyFolder.FlatFolder);
        FolderCall walk = FolderCall.Walk(KeyFolder.FlatBucket, $"{KeyFolder.FlatFolder}/");
        string[] firstFiles = [.. Enumerable.Range(0, FolderCall.Page).Select(KeyFolder.FlatName)];
        string[] firstFolders = [.. Enumerable.Range(0, FolderCall.Page).Select(user => $"{UserTokens.UserName(user)}/")];

        foreach ((string what, FolderCall call, string[] shown) in new[]
        {
            ("`list`, all keys in the folder", browse, firstFiles),
            ("`list-v2`, all keys in the folder", walk, firstFiles),
            ("`list`, keys in 1,000 folders", FolderCall.Browse(KeyFolder.UsersBucket, ""), firstFolders),
            ("`list-v2`, keys in 1,000 folders", FolderCall.Walk(KeyFolder.UsersBucket, "user-"), firstFolders),
        })
        {
            Check(big, call, shown);
            Check(small, call, shown);
            Comparison comparison = Measure.Compare(setup, duration => Lists(big, _ => call, duration), duration => Lists(small, _ => call, duration));
            yield return Finding.OfTimes(what, 1.5, comparison);
        }

        yield return AgainstDownload(setup, big, "`list`", browse);
        yield return AgainstDownload(setup, big, "`list-v2`", walk);
        foreach (Finding found in FarPages(setup, big, many.Keys / 2, browse, walk))
        {
            yield return found;
        }

        foreach (Finding found in OwnFolders(setup, big))
        {
            yield return found;
        }
    }

    private static Finding AgainstDownload(Setup setup, CofferServer server, string what, FolderCall call)
    {
        Comparison comparison = Measure.Compare(
            setup, duration => Lists(server, _ => call, duration), duration => Downloads(server, setup.Objects, duration));
        double ratio = comparison.OurMedian.CpuMs!.Value / comparison.TheirMedian.CpuMs!.Value;
        return new Finding
        {
            What = $"{what} against a GET of 1 KiB",
            Target = "≤ 10 × the CPU",
            Measured = string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0} ×{Finding.Others(comparison)}"),
            Ours = Finding.Rate(comparison.OurMedian),
            Theirs = $"GET: {Finding.Rate(comparison.TheirMedian)}",
            Verdict = Finding.Judge(ratio <= 10),
        };
    }

    /// <summary>Pages that cannot be sought; by one caller at a time, because the server takes a few such at once.</summary>
    private static IEnumerable<Finding> FarPages(Setup setup, CofferServer server, int offset, FolderCall browse, FolderCall walk)
    {
        FolderCall Browse(string column, int skipped) => FolderCall.Browse(KeyFolder.FlatBucket, KeyFolder.FlatFolder, column, skipped);
        FolderCall far = Browse("name", offset);
        string[] expected = [.. Enumerable.Range(offset, FolderCall.Page).Select(KeyFolder.FlatName)];
        string skipped = offset.ToString("#,0", CultureInfo.InvariantCulture);
        foreach ((string what, FolderCall call, FolderCall first) in new[]
        {
            ("`list` by created_at", Browse("created_at", 0), browse),
            ($"`list` by name, offset {skipped}", far, browse),
            ($"`list` by created_at, offset {skipped}", Browse("created_at", offset), browse),
            ("`list-v2` by created_at", FolderCall.Walk(KeyFolder.FlatBucket, $"{KeyFolder.FlatFolder}/", "created_at"), walk),
        })
        {
            // The server may remember where a page begins, so the first call is told apart from those that are repeated.
            long start = Stopwatch.GetTimestamp();
            string[] shown = Show(server, call);
            double firstMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (shown.Length != FolderCall.Page || (call == far && !shown.SequenceEqual(expected, StringComparer.Ordinal)))
            {
                throw new InvalidRunException($"{what} shows {shown.Length} entries, or others than it should");
            }

            Comparison comparison = Measure.Compare(
                setup, duration => Lists(server, _ => call, duration, callers: 1), duration => Lists(server, _ => first, duration, callers: 1));
            Finding found = Finding.OfTimes($"{what}, 1 connection", 20, comparison);
            yield return found with
            {
                Measured = string.Create(CultureInfo.InvariantCulture, $"{found.Measured}; first call {firstMs:0} ms"),
                Theirs = $"first page by name: {found.Theirs}",
            };
        }
    }

    /// <summary>Sixteen users, each with the preset own-folder, among the keys of all others.</summary>
    private static IEnumerable<Finding> OwnFolders(Setup setup, CofferServer server)
    {
        foreach ((string what, Func<int, FolderCall> call, Func<int, int> entries) in new (string, Func<int, FolderCall>, Func<int, int>)[]
        {
            ("`list` of the own folder", user => FolderCall.Browse(KeyFolder.UsersBucket, UserTokens.UserName(user)), all => all),
            ("`list-v2` of the own folder", user => FolderCall.Walk(KeyFolder.UsersBucket, $"{UserTokens.UserName(user)}/"), all => all),
            ("`list` above all folders", _ => FolderCall.Browse(KeyFolder.UsersBucket, ""), _ => 1),
            ("`list-v2` above all folders", _ => FolderCall.Walk(KeyFolder.UsersBucket, ""), _ => 1),
        })
        {
            FolderCall[] ours = [.. Enumerable.Range(0, Setup.Connections).Select(worker => call(UserOf(worker)).By(UserOf(worker)))];
            FolderCall[] theirs = [.. Enumerable.Range(0, Setup.Connections).Select(worker => call(UserOf(worker)))];
            int shown = Show(server, theirs[1]).Length;
            if (shown == 0 || Show(server, ours[1]).Length != entries(shown))
            {
                throw new InvalidRunException($"{what} shows {Show(server, ours[1]).Length} entries to a user and {shown} to the service key");
            }

            Comparison comparison = Measure.Compare(
                setup, duration => Lists(server, worker => ours[worker], duration), duration => Lists(server, worker => theirs[worker], duration));
            Finding found = Finding.OfTimes($"{what}, by users", 2, comparison);
            yield return found with { Theirs = $"service key: {found.Theirs}" };
        }

        static int UserOf(int worker) => worker * (KeyFolder.Users / Setup.Connections);
    }

    private static Round Lists(CofferServer server, Func<int, FolderCall> call, TimeSpan duration, int callers = Setup.Connections) =>
        OneRound(server, callers, duration, (connection, worker) =>
        {
            FolderCall mine = call(worker);
            return () => mine.Send(connection);
        });

    private static Round Downloads(CofferServer server, int objects, TimeSpan duration) =>
        OneRound(server, Setup.Connections, duration, (connection, worker) =>
        {
            var random = new Random(worker);
            return () => ObjectsApi.Expect(
                connection.Get(
                    StorageApi.ObjectTarget(KeyFolder.ObjectsBucket, KeyFolder.ObjectKey(random.Next(objects))), ObjectsApi.Authorization),
                "the download");
        });

    private static Round OneRound(CofferServer server, int callers, TimeSpan duration, Func<HttpConnection, int, Action> makeOperation)
    {
        using var connections = new Connections(server);
        Round round = Measure.Once(
            () => server.Cpu, () => ClosedLoop.Run(callers, duration, worker => makeOperation(connections[worker], worker)));
        server.RequireLogged(round.Load.Requests);
        return round;
    }

    private static void OpenOwnFolders(CofferServer server)
    {
        using HttpConnection connection = server.Connect();
        new StorageApi(connection).OpenOwnFolders(KeyFolder.UsersBucket);
    }

    private static string[] Show(CofferServer server, FolderCall call)
    {
        using HttpConnection connection = server.Connect();
        return call.NamesIn(call.Send(connection));
    }

    /// <exception cref="InvalidRunException">The list shows something else.</exception>
    private static void Check(CofferServer server, FolderCall call, string[] expected)
    {
        string[] shown = Show(server, call);
        if (!shown.SequenceEqual(expected, StringComparer.Ordinal))
        {
            throw new InvalidRunException(
                $"{call.Version} of {call.Bucket} shows {shown.Length} entries from {(shown is [var first, ..] ? first : "none")} on, not {expected[0]} and what follows");
        }
    }
}
