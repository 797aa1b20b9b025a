using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>Looks at a running store from outside and says what is not as the ledger allows.</summary>
internal static class StoreCheck
{
    private static readonly string[] States = [View.Uploading, View.ReadOnly, View.Deleted, "ERROR"];

    /// <summary>
    /// Every object against what it may look like, then lists and counters against the objects. Objects that wait for their
    /// completion are completed, so that their bytes can be read; what was found is written into the ledger.
    /// </summary>
    /// <param name="isAnswered">See <see cref="TrackedObject.Allowed"/>.</param>
    /// <param name="readQuiet">
    /// Which of the objects that nobody touched since the last look are read again, by their number; the lists show all. Null
    /// for every one.
    /// </param>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(
        CofferProcess server, Ledger ledger, Func<Step, bool>? isAnswered = null, Func<int, bool>? readQuiet = null)
    {
        var problems = new ConcurrentQueue<string>();
        var found = new ConcurrentDictionary<string, View>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            ledger.Objects.Where(tracked => tracked.Id is not null).Index(), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (numbered, _) =>
            {
                (int number, TrackedObject tracked) = numbered;
                if (tracked.Steps.Count == 0 && readQuiet?.Invoke(number) == false)
                {
                    View known = tracked.Allowed().Single();
                    if (known.State != View.Absent) found[tracked.Id!] = known;
                    return;
                }

                IReadOnlyCollection<View> allowed = tracked.Allowed(isAnswered);
                (View? view, string problem) = await LookAsync(server, tracked, allowed);
                if (view is null)
                {
                    problems.Enqueue($"{tracked.Name} ({tracked.Id}) {problem}; allowed: {string.Join(" or ", allowed)}; "
                        + $"asked: {string.Join(", ", tracked.Steps.Select(step => $"{step.Verb} ({step.Outcome})"))}");
                    return;
                }

                tracked.Found(view);
                if (view.State != View.Absent) found[tracked.Id!] = view;
            });
        if (problems.IsEmpty) await CompareListsAsync(server, ledger, found, problems);
        return [.. problems];
    }

    private static async Task<(View? View, string Problem)> LookAsync(
        CofferProcess server, TrackedObject tracked, IReadOnlyCollection<View> allowed)
    {
        Answer answer = await server.Api.RetrieveAsync(tracked.Id!);
        if ((int)answer.Status == 404)
        {
            return (allowed.FirstOrDefault(view => view.State == View.Absent), "is lost");
        }

        answer.Expect(200);
        string state = answer.Json.Text("state")!;
        string name = answer.Json.Text("name")!;
        View[] possible = [.. allowed.Where(view => view.State == state && view.Name == name)];
        if (possible.Length == 0) return (null, $"is {state} under the name {name}");
        switch (state)
        {
            case View.Deleted:
                answer = await server.Api.GetAsync($"/v1/objects/{tracked.Id}/download");
                return ((int)answer.Status == 410 ? possible[0] : null, $"is deleted, but its download is answered {(int)answer.Status}");
            case View.Uploading:
                answer = await server.Api.CompleteAsync(tracked.Id!);
                if ((int)answer.Status == 400) return (possible.FirstOrDefault(view => view.Content is null), "has lost its bytes");
                if ((int)answer.Status != 200) return (null, $"cannot be completed: {answer.Text}");
                break;
        }

        (View? view, string problem) = await DownloadAsync(server, tracked, possible);
        if (view is not null && answer.Json.Number("size_bytes") != view.Content!.SizeBytes) return (null, "says another size than it has");
        return (view is null ? null : view with { State = View.ReadOnly }, problem);
    }

    private static async Task<(View? View, string Problem)> DownloadAsync(CofferProcess server, TrackedObject tracked, View[] possible)
    {
        Answer answer;
        try
        {
            answer = await server.Api.DownloadAsync(tracked.Id!);
        }
        catch (HttpRequestException broken)
        {
            return (null, $"breaks off: {broken.Message}");
        }

        if ((int)answer.Status != 200) return (null, $"cannot be read: {(int)answer.Status} {answer.Text}");
        View? same = possible.FirstOrDefault(view => view.Content?.SizeBytes == answer.Body.Length
            && view.Content.Bytes().AsSpan().SequenceEqual(answer.Body));
        return (same, $"has {answer.Body.Length} bytes that nobody uploaded whole");
    }

    private static async Task CompareListsAsync(
        CofferProcess server, Ledger ledger, ConcurrentDictionary<string, View> found, ConcurrentQueue<string> problems)
    {
        // Creations that were not answered may have happened; their ids are seen here for the first time.
        HashSet<string> nameless = [.. ledger.Objects.Where(tracked => tracked.Id is null).Select(tracked => tracked.Name)];
        var counted = new Dictionary<string, (long Objects, long Bytes)>(StringComparer.Ordinal);
        foreach (string state in States)
        {
            List<JsonElement> listed = await ListAsync(server, $"state={state}&", problems);
            counted[state] = (listed.Count, listed.Sum(item => item.Number("size_bytes") ?? 0));
            HashSet<string> ids = [.. listed.Select(item => item.Text("id")!)];
            problems.EnqueueAll(found.Where(pair => pair.Value.State == state && !ids.Contains(pair.Key))
                .Select(pair => $"{pair.Value.Name} is {state} and missing in the list"));
            problems.EnqueueAll(listed.Where(item => found.TryGetValue(item.Text("id")!, out View? view) && view.State != state)
                .Select(item => $"{item.Text("name")} is listed as {state}"));
            problems.EnqueueAll(listed
                .Where(item => !found.ContainsKey(item.Text("id")!)
                    && !(state == View.Uploading && nameless.Contains(item.Text("name")!) && item.IsNullOrAbsent("size_bytes")))
                .Select(item => $"{item.Text("name")} ({item.Text("id")}) is {state} in the list, and nobody made it so"));
        }

        List<JsonElement> live = await ListAsync(server, "", problems);
        if (live.Count != counted.Where(pair => pair.Key != View.Deleted).Sum(pair => pair.Value.Objects))
        {
            problems.Enqueue($"the list of live objects has {live.Count} of them");
        }

        Dictionary<string, double> metrics = await MetricsAsync(server);
        foreach ((string state, (long objects, long bytes)) in counted)
        {
            Compare("coffer_objects", state, objects);
            if (state == View.ReadOnly) Compare("coffer_bytes", state, bytes);
        }

        void Compare(string metric, string state, long expected)
        {
            double value = metrics.GetValueOrDefault($"{metric}{{state=\"{state}\"}}");
            if (value != expected) problems.Enqueue($"the counter {metric} of {state} is {value}, the lists have {expected}");
        }
    }

    private static void EnqueueAll(this ConcurrentQueue<string> problems, IEnumerable<string> more)
    {
        foreach (string problem in more) problems.Enqueue(problem);
    }

    /// <summary>Every page of a list; each must say the same total, and that must be true.</summary>
    private static async Task<List<JsonElement>> ListAsync(CofferProcess server, string filter, ConcurrentQueue<string> problems)
    {
        var items = new List<JsonElement>();
        var totals = new HashSet<long?>();
        string after = "";
        while (true)
        {
            JsonElement page = (await server.Api.GetAsync($"/v1/objects?{filter}limit=200{after}")).Expect(200).Json;
            totals.Add(page.Number("total_count"));
            items.AddRange(page.Items("objects"));
            if (!page.Flag("has_more")) break;
            after = $"&starting_after={items[^1].Text("id")}";
        }

        if (totals.Count != 1 || totals.Single() != items.Count)
        {
            problems.Enqueue($"the list ?{filter} has {items.Count} objects and says {string.Join(", ", totals)}");
        }

        return items;
    }

    /// <summary>The figures of /metrics by name and labels.</summary>
    public static async Task<Dictionary<string, double>> MetricsAsync(CofferProcess server) =>
        (await server.Operator.GetAsync("/metrics")).Expect(200).Text.Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
}
