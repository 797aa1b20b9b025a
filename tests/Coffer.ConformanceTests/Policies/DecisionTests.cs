using System.Text.Json;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;
using Coffer.Policies;
using Coffer.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;
using static Coffer.ConformanceTests.Policies.CasesTests;

namespace Coffer.ConformanceTests.Policies;

public sealed class DecisionTests
{
    [Fact]
    public async Task A_refusal_tells_what_rules_saw_and_which_term_failed()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, """
            [{"preset":"own-folder","bucket":"avatars"},
             {"name":"admins","operations":["insert"],"roles":["admin"],"bucket":"avatars"},
             {"name":"elsewhere","operations":["insert"],"bucket":"other"}]
            """);

        Decision refused = await DecideAsync(store, PolicyCall.Upload("u2/a.png") with { Claims = """{"secret":"not to be shown"}""" });

        JsonElement told = await ExplainAsync(store, refused.DecisionId!);
        Assert.False(told.GetProperty("allowed").GetBoolean());
        Assert.Equal("object.upload", told.GetProperty("operation").GetString());
        Assert.Equal("u1", told.GetProperty("caller").GetProperty("subject").GetString());
        Assert.Equal("authenticated", told.GetProperty("caller").GetProperty("role").GetString());
        Assert.Equal("u2", told.GetProperty("facts").GetProperty("folder[1]").GetString());
        JsonElement[] rules = [.. told.GetProperty("verdicts")[0].GetProperty("rules").EnumerateArray()];
        Assert.Equal(["own-folder: avatars", "admins", "elsewhere"], rules.Select(rule => rule.GetProperty("name").GetString()));
        Assert.Equal(
            """{"term":{"folder":1,"eq":"$uid"},"fact":"folder[1]","value":"u2","expected":"u1"}""", rules[0].GetProperty("failed")[0].GetRawText());
        Assert.Equal("""{"term":{"roles":["admin"]},"fact":"role","value":"authenticated"}""", rules[1].GetProperty("failed")[0].GetRawText());
        Assert.Equal("""{"term":{"bucket":["other"]},"fact":"bucket_id","value":"avatars"}""", rules[2].GetProperty("failed")[0].GetRawText());
        Assert.Equal(
            $$$"""
            {"table":"objects","name":"allow {{{refused.DecisionId}}}","effect":"allow","operations":["insert"],"roles":["authenticated"],"bucket":"avatars","when":{"all":[{"name":{"eq":"u2/a.png"}},{"uid":{"eq":"u1"}},{"operation":{"eq":"object.upload"}}]}}
            """,
            told.GetProperty("suggested")[0].GetRawText());
        Assert.DoesNotContain("not to be shown", told.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_kept_over_a_restart_and_forgotten_after_a_week()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string id = (await DecideAsync(store, PolicyCall.Upload("a"))).DecisionId!;
        string before = (await ExplainAsync(store, id)).GetRawText();

        await store.ReopenAsync();

        Assert.Equal(before, (await ExplainAsync(store, id)).GetRawText());
        var reaper = new Reaper(store.Catalog, new StoreLimits(), store.Clock, NullLogger<Reaper>.Instance);
        store.Clock.Pass(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        await reaper.RunAsync(CancellationToken.None);
        Assert.Equal(before, (await ExplainAsync(store, id)).GetRawText());
        store.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await reaper.RunAsync(CancellationToken.None));
        await ExpectNotFoundAsync(store, store.Owner, id);
    }

    [Fact]
    public async Task Refusals_are_written_behind_the_requests()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string id = (await DecideAsync(store, PolicyCall.Upload("a"))).DecisionId!;
        Assert.True(DecisionId.TryParse(id, out UInt128 number));

        for (int i = 0; i < 200 && await store.Catalog.FindDecisionAsync(number, CancellationToken.None) is null; i++)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        Assert.Equal(store.Owner.Account, (await store.Catalog.FindDecisionAsync(number, CancellationToken.None))!.Account);
        Assert.NotNull(await store.Decisions.FindAsync(store.Owner, id, CancellationToken.None));
    }

    [Fact]
    public async Task A_writing_that_was_cancelled_elsewhere_is_done_again()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        int failures = 0;
        ICatalog watched = WatchedCatalog.Of(store.Catalog, method =>
        {
            if (method == nameof(ICatalog.AddDecisionsAsync) && Interlocked.Increment(ref failures) == 1)
            {
                throw new OperationCanceledException();
            }
        });
        await using var log = new DecisionLog(watched, TimeProvider.System, NullLogger<DecisionLog>.Instance);
        Assert.True(DecisionId.TryParse(log.Note(store.Owner.Account!.Value, static _ => "{}")!, out UInt128 number));

        for (int i = 0; i < 400 && await store.Catalog.FindDecisionAsync(number, CancellationToken.None) is null; i++)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        Assert.NotNull(await store.Catalog.FindDecisionAsync(number, CancellationToken.None));
    }

    [Fact]
    public async Task Only_the_account_and_the_operator_see_its_refusals()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string id = (await DecideAsync(store, PolicyCall.Upload("a"))).DecisionId!;

        Assert.NotNull(await store.Decisions.FindAsync(Caller.Operator, id, CancellationToken.None));
        await ExpectNotFoundAsync(store, Caller.Service(new AccountId(77)), id);
        await ExpectNotFoundAsync(store, store.Owner, DecisionId.TextOf(DecisionId.New()));
        await ExpectNotFoundAsync(store, store.Owner, "dec_!");
        foreach (Caller other in (Caller[])[Caller.Nobody, new Caller { Account = store.Owner.Account, Right = Right.Authenticated }])
        {
            var denied = await Assert.ThrowsAsync<StoreException>(async () => await store.Decisions.FindAsync(other, id, CancellationToken.None));
            Assert.Equal(StoreErrorCode.AccessDenied, denied.Code);
        }
    }

    [Fact]
    public async Task A_flood_of_refusals_is_bounded()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        using var release = new ManualResetEventSlim();
        Task held = store.Catalog.RunOnWriterAsync(_ => release.Wait()); // so that nothing is written meanwhile
        int named = 0;
        for (int i = 0; i < DecisionLog.MaxWaiting + 500; i++)
        {
            Decision decision = await DecideAsync(store, PolicyCall.Upload($"a{i}"));
            Assert.False(decision.IsAllowed);
            named += decision.DecisionId is null ? 0 : 1;
        }

        release.Set();
        await held;
        Assert.Equal(DecisionLog.MaxWaiting, named);
        await store.Decisions.WriteBackAsync(CancellationToken.None);
        Assert.NotNull((await DecideAsync(store, PolicyCall.Upload("a"))).DecisionId);
    }

    [Fact]
    public async Task However_many_and_long_the_rules_are_an_explanation_is_short()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string values = string.Join(',', Enumerable.Range(0, 400).Select(n => $"\"{n}{new string('v', 1000)}\""));
        string[] rules =
        [
            .. Enumerable.Range(0, 150).Select(n => $$$$"""{"name":"other {{{{n}}}}","operations":["insert"],"roles":["admin"],"bucket":"*","when":{"name":{"in":["a","b"]}}}"""),
            $$$$"""{"name":"long","operations":["insert"],"bucket":"*","when":{"name":{"in":[{{{{values}}}}]}}}""",
            $$$$"""{"name":"not","effect":"restrict","operations":["insert"],"bucket":"*","when":{"name":{"in":[{{{{values}}}}]}}}""",
            """{"name":"last","operations":["insert"],"bucket":"avatars","when":{"folder":1,"eq":"$uid"}}""",
        ];
        await PutAsync(store, $"[{string.Join(',', rules)}]");

        JsonElement told = await ExplainAsync(store, (await DecideAsync(store, PolicyCall.Upload("u2/a.png"))).DecisionId!);

        Assert.InRange(told.GetRawText().Length, 1000, Explanation.MaxLength);
        Assert.Equal("the policy 'not' restricts insert on objects of bucket 'avatars'", told.GetProperty("reason").GetString());
        JsonElement verdict = told.GetProperty("verdicts")[0];
        Assert.True(verdict.GetProperty("cut").GetBoolean());
        JsonElement[] told3 = [.. verdict.GetProperty("rules").EnumerateArray().Take(3)]; // those that apply come first
        Assert.Equal(["long", "not", "last"], told3.Select(rule => rule.GetProperty("name").GetString()));
        JsonElement quoted = told3[0].GetProperty("failed")[0].GetProperty("term").GetProperty("name").GetProperty("in");
        Assert.Equal((9, "… 392 more"), (quoted.GetArrayLength(), quoted[8].GetString()));
        Assert.Equal("""{"folder":1,"eq":"$uid"}""", told3[2].GetProperty("failed")[0].GetProperty("term").GetRawText());
        Assert.Equal(0, told.GetProperty("suggested").GetArrayLength()); // the restricting rule with an exception would be as long as it is
    }

    [Fact]
    public async Task A_caller_with_long_facts_is_told_the_reason()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        PolicyCall call = PolicyCall.Upload("a") with { Subject = new string('s', Explanation.MaxLength) };

        JsonElement told = await ExplainAsync(store, (await DecideAsync(store, call)).DecisionId!);

        Assert.InRange(told.GetRawText().Length, 100, Explanation.MaxLength);
        Assert.Equal("no policy is about insert on objects of bucket 'avatars'", told.GetProperty("reason").GetString());
        Assert.Equal(256, told.GetProperty("caller").GetProperty("subject").GetString()!.Length);
        Assert.Equal(0, told.GetProperty("verdicts").GetArrayLength());
    }

    [Fact]
    public async Task The_texts_of_refusals_that_wait_are_bounded()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string text = $$"""{"a":"{{new string('x', DecisionLog.MaxWaitingText / 8)}}"}""";
        int named = 0;
        for (int i = 0; i < 20; i++)
        {
            named += store.Decisions.Note(store.Owner.Account!.Value, _ => text) is null ? 0 : 1;
        }

        Assert.InRange(named, 7, 15); // more than wait, if some were written meanwhile
        await store.Decisions.WriteBackAsync(CancellationToken.None);
        Assert.NotNull(store.Decisions.Note(store.Owner.Account!.Value, _ => text));
    }

    [Fact]
    public async Task Of_each_account_the_newest_are_kept()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        DecisionEntry[] first = [.. Enumerable.Range(1, 5).Select(n => new DecisionEntry((UInt128)n, new AccountId(1), n, "{}"))];
        var other = new DecisionEntry(100, new AccountId(2), 1, "{}");
        await store.Catalog.AddDecisionsAsync([.. first, other], keep: 3, CancellationToken.None);
        await store.Catalog.AddDecisionsAsync([new DecisionEntry(6, new AccountId(1), 6, "{}")], keep: 3, CancellationToken.None);

        foreach ((UInt128 id, bool isKept) in new (UInt128, bool)[] { (1, false), (3, false), (4, true), (5, true), (6, true), (100, true) })
        {
            Assert.Equal(isKept, await store.Catalog.FindDecisionAsync(id, CancellationToken.None) is not null);
        }
    }

    private static async Task ExpectNotFoundAsync(SmallStore store, Caller caller, string id)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(async () => await store.Decisions.FindAsync(caller, id, CancellationToken.None));
        Assert.Equal(StoreErrorCode.DecisionNotFound, refused.Code);
    }
}
