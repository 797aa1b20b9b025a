using System.Text.Json;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Policies;

namespace Coffer.ConformanceTests.Policies;

/// <summary>The rules that people write, asked through the gate over a real catalog.</summary>
public sealed class CasesTests
{
    public static TheoryData<string> Names => [.. Cases.List.Select(one => one.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Each_case_allows_what_it_is_for_and_nothing_else(string name)
    {
        PolicyCase one = Cases.List.Single(one => one.Name == name);
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, one.Policies);

        foreach (PolicyCall call in one.Allowed)
        {
            Assert.True((await DecideAsync(store, call)).IsAllowed, $"refused: {call}");
        }

        foreach (PolicyCall call in one.Refused)
        {
            Decision decision = await DecideAsync(store, call);
            Assert.False(decision.IsAllowed, $"allowed: {call}");
            Assert.StartsWith("dec_", decision.DecisionId, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_suggested_rule_allows_the_refused_call_and_no_other(string name)
    {
        PolicyCase one = Cases.List.Single(one => one.Name == name);
        foreach (PolicyCall call in one.Refused)
        {
            await using SmallStore store = await SmallStore.OpenAsync();
            await PutAsync(store, one.Policies);
            PolicyCall[] others =
            [
                call.NewKey is null ? call with { Key = call.Key + "x" } : call with { NewKey = call.NewKey + "x" },
                call with { Subject = "somebody else", Owner = call.Row().Owner },
                call with { Operation = "object.other" },
            ];
            var refused = new List<PolicyCall>();
            foreach (PolicyCall other in others)
            {
                if (!(await DecideAsync(store, other)).IsAllowed)
                {
                    refused.Add(other);
                }
            }

            Decision decision = await DecideAsync(store, call);
            JsonElement told = await ExplainAsync(store, decision.DecisionId!);
            JsonElement[] suggested = [.. told.GetProperty("suggested").EnumerateArray()];
            Assert.NotEmpty(suggested);
            await store.Policies.PutAsync(store.Owner, null, PolicyReader.ReadList(suggested), replaceAll: false, CancellationToken.None);

            Assert.True((await DecideAsync(store, call)).IsAllowed, $"still refused: {call} by {told}");
            foreach (PolicyCall other in refused)
            {
                Assert.False((await DecideAsync(store, other)).IsAllowed, $"allowed too: {other} by {told}");
            }
        }
    }

    [Fact]
    public async Task A_filter_shows_what_single_decisions_allow()
    {
        foreach (PolicyCase one in Cases.List)
        {
            await using SmallStore store = await SmallStore.OpenAsync();
            await PutAsync(store, one.Policies);
            foreach (PolicyCall call in one.Allowed.Concat(one.Refused))
            {
                PolicyCall select = call with { Verbs = PolicyVerbs.Select };
                Bucket bucket = BucketOf(store, call.Bucket);
                RowFilter? filter = await store.Gate.FilterAsync(call.CallerOf(store.Owner.Account!.Value), bucket, CancellationToken.None);
                Objects.StoredObject row = Rows.Of(select);

                bool isShown = filter is null
                    || (filter.Shows(row) && (filter.Prefixes?.Any(prefix => row.Key.StartsWith(prefix, StringComparison.Ordinal)) ?? true));

                Assert.True(
                    (await DecideAsync(store, select)).IsAllowed == isShown, $"{one.Name}: {(isShown ? "shown" : "hidden")} although decided otherwise: {select}");
            }
        }
    }

    internal static Task PutAsync(SmallStore store, string policies) => store.Policies.PutAsync(
        store.Owner, account: null, PolicyReader.ReadList(JsonElement.Parse(policies)), replaceAll: true, CancellationToken.None);

    internal static Task<Decision> DecideAsync(SmallStore store, PolicyCall call)
    {
        PolicyRow row = call.Row();
        return store.Gate.DecideAsync(
            call.CallerOf(store.Owner.Account!.Value), BucketOf(store, call.Bucket), call.Verbs, row,
            call.NewKey is null ? null : row with { Key = call.NewKey }, CancellationToken.None).AsTask();
    }

    internal static async Task<JsonElement> ExplainAsync(SmallStore store, string id) =>
        JsonElement.Parse((await store.Decisions.FindAsync(store.Owner, id, CancellationToken.None)).Json);

    internal static Bucket BucketOf(SmallStore store, string name) =>
        new() { Account = store.Owner.Account!.Value, Name = name, CreatedAtMs = 0, UpdatedAtMs = 0 };
}
