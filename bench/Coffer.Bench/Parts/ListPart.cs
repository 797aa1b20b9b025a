using Coffer.Bench.Load;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>Lists of a folder with 1,000,000 objects and 1,000,000 newer tombstones, against one with 10,000 objects.</summary>
internal static class ListPart
{
    private const double SlowestSearch = 2;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        const int few = 10_000;
        BigFolder many = BigFolder.Prepare(setup, setup.ManyObjects, setup.ManyObjects), fewer = BigFolder.Prepare(setup, few, 0);
        using CofferServer big = CofferServer.Start(setup, many.Path);
        using CofferServer small = CofferServer.Start(setup, fewer.Path);
        CheckPage(big, "/v1/objects", setup.ManyObjects);
        CheckPage(small, "/v1/objects", few);

        foreach (int connections in new[] { 1, Setup.Connections })
        {
            yield return Pages(setup, "first page", connections, (big, "/v1/objects"), (small, "/v1/objects"));
            yield return Pages(
                setup, "page in the middle", connections,
                (big, $"/v1/objects?starting_after={many.Middle}"),
                (small, $"/v1/objects?starting_after={fewer.Middle}"));
        }

        foreach (string query in new[] { "name=matches-nothing", "search=matches-nothing", "name=matches-nothing&state=DELETED" })
        {
            yield return Search(setup, big, query, many.Some);
        }
    }

    private static Finding Pages(
        Setup setup, string what, int connections, (CofferServer Server, string Target) big, (CofferServer Server, string Target) small)
    {
        Comparison comparison = Measure.Compare(setup, duration => Round(big, duration), duration => Round(small, duration));
        return Finding.OfTimes($"{what}, {connections} connection{(connections == 1 ? "" : "s")}", 1.5, comparison);

        Round Round((CofferServer Server, string Target) side, TimeSpan duration)
        {
            Round round = Measure.Once(() => side.Server.Cpu, () => ClosedLoop.Run(connections, duration, _ =>
            {
                HttpConnection connection = side.Server.Connect();
                return () => ObjectsApi.Expect(connection.Get(side.Target, ObjectsApi.Authorization), "the list");
            }));
            side.Server.RequireLogged(round.Load.Requests);
            return round;
        }
    }

    /// <summary>A search without a match, and what it does to readers who ask 4 × 50 times a second.</summary>
    private static Finding Search(Setup setup, CofferServer server, string query, IReadOnlyList<string> ids)
    {
        LoadResult alone = Others(server, setup.Round, ids);
        double slowest = 0;
        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string? wrong = null;
        bool done = false;
        var searching = new Thread(() =>
        {
            using HttpConnection connection = server.Connect();
            while (!Volatile.Read(ref done))
            {
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                Answer answer = connection.Get($"/v1/objects?{query}", ObjectsApi.Authorization);
                slowest = Math.Max(slowest, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
                string found = answer.Status == 503 && answer.Text.Contains("search_too_slow", StringComparison.Ordinal)
                    ? "503 search_too_slow" : $"{answer.Status}";
                answers[found] = answers.GetValueOrDefault(found) + 1;
                if (found is not ("200" or "503 search_too_slow"))
                {
                    wrong = $"`{query}` was answered {found}: {answer.Text[..Math.Min(answer.Text.Length, 80)].Replace('|', ' ')}";
                    return;
                }
            }
        });
        searching.Start();
        LoadResult meanwhile = Others(server, setup.Round, ids);
        Volatile.Write(ref done, true);
        searching.Join();
        server.TakeLoggedRequests();
        if (wrong is not null)
        {
            throw new InvalidRunException(wrong);
        }

        bool slowed = IsSlower(meanwhile.P50Ms, alone.P50Ms, noise: 2) || IsSlower(meanwhile.P99Ms, alone.P99Ms, noise: 20);
        return new Finding
        {
            What = $"`{query}`, one after another",
            Target = "≤ 2 s, others not slowed",
            Measured = $"{slowest:0.00} s at most; {string.Join(", ", answers.Select(pair => $"{pair.Value} × {pair.Key}"))}",
            Ours = $"others meanwhile p50 {meanwhile.P50Ms:0.0}, p99 {meanwhile.P99Ms:0.0}, max {meanwhile.MaxMs:0} ms",
            Theirs = $"others alone p50 {alone.P50Ms:0.0}, p99 {alone.P99Ms:0.0}, max {alone.MaxMs:0} ms",
            Verdict = Finding.Judge(slowest <= SlowestSearch && !slowed),
        };
    }

    /// <param name="noise">Milliseconds below which a time says more about the machine than about the server.</param>
    private static bool IsSlower(double meanwhileMs, double aloneMs, double noise) => meanwhileMs > 2 * aloneMs && meanwhileMs > noise;

    private static LoadResult Others(CofferServer server, TimeSpan duration, IReadOnlyList<string> ids) => ClosedLoop.Run(
        4, duration,
        worker =>
        {
            HttpConnection connection = server.Connect();
            var api = new ObjectsApi(connection);
            int turn = worker;
            return () =>
            {
                if (turn++ % 10 == 0)
                {
                    api.Create("meanwhile"); // writers too
                }
                else
                {
                    ObjectsApi.Expect(connection.Get($"/v1/objects/{ids[turn % ids.Count]}", ObjectsApi.Authorization), "a retrieval");
                }
            };
        },
        pause: TimeSpan.FromMilliseconds(20));

    private static void CheckPage(CofferServer server, string target, long total)
    {
        using HttpConnection connection = server.Connect();
        using var page = System.Text.Json.JsonDocument.Parse(
            ObjectsApi.Expect(connection.Get(target, ObjectsApi.Authorization), "the list").Body);
        long counted = page.RootElement.GetProperty("total_count").GetInt64();
        int shown = page.RootElement.GetProperty("objects").GetArrayLength();
        if (counted < total || shown != 20)
        {
            throw new InvalidRunException($"the list shows {shown} objects and counts {counted} of {total}");
        }
    }
}
