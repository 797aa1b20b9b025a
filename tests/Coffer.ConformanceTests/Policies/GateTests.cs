using System.Text.Json;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;
using Coffer.Policies;
using static Coffer.ConformanceTests.Policies.CasesTests;

namespace Coffer.ConformanceTests.Policies;

public sealed class GateTests
{
    [Fact]
    public async Task The_service_right_passes_and_other_accounts_never_do()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, """[{"preset":"open","bucket":"*"},{"name":"nobody","effect":"restrict","operations":["select"],"bucket":"*","when":{"role":"none"}}]""");
        Bucket bucket = BucketOf(store, "avatars");
        var row = new PolicyRow { Bucket = "avatars", Key = "a" };
        Caller[] others =
        [
            Caller.Nobody, Caller.Operator, Caller.Service(new AccountId(77)), new Caller { Account = new AccountId(77), Right = Right.Authenticated },
        ];

        Assert.True((await store.Gate.DecideAsync(store.Owner, bucket, PolicyVerbs.Select, row, null, CancellationToken.None)).IsAllowed);
        Assert.Null(await store.Gate.FilterAsync(store.Owner, bucket, CancellationToken.None));
        foreach (Caller other in others)
        {
            Decision decision = await store.Gate.DecideAsync(other, bucket, PolicyVerbs.Insert, row, null, CancellationToken.None);
            Assert.False(decision.IsAllowed);
            Assert.Null(decision.DecisionId);
            Assert.False((await store.Gate.DecideAsync(other, bucket, PolicyVerbs.Select, CancellationToken.None)).IsAllowed);
            Assert.Same(RowFilter.Nothing, await store.Gate.FilterAsync(other, bucket, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_change_counts_from_its_answer_on()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        PolicyCall call = PolicyCall.Download("a");
        for (int i = 0; i < 20; i++)
        {
            await PutAsync(store, """[{"preset":"public-read","bucket":"avatars"}]""");
            Assert.True((await DecideAsync(store, call)).IsAllowed);
            Assert.Equal(1, await store.Policies.RemoveAsync(store.Owner, null, ["public-read: avatars", "unknown"], CancellationToken.None));
            Assert.False((await DecideAsync(store, call)).IsAllowed);
        }
    }

    [Theory]
    [InlineData("""{"owner_id":{"ne":"u2"}}""", false)] // missing, as in SQL
    [InlineData("""{"not":{"owner_id":{"eq":"u2"}}}""", false)]
    [InlineData("""{"any":[{"owner_id":{"ne":"u2"}},{"name":"a"}]}""", true)]
    [InlineData("""{"owner_id":{"exists":false}}""", true)]
    [InlineData("""{"not":{"owner_id":{"exists":true}}}""", true)]
    [InlineData("""{"name":{"ne":"$jwt.nothing"}}""", false)]
    [InlineData("""{"name":{"in":["b","$jwt.nothing"]}}""", false)]
    [InlineData("""{"not":{"name":{"in":["b","$jwt.nothing"]}}}""", false)]
    [InlineData("""{"metadata.contentLength":{"ge":0}}""", false)]
    public async Task What_is_missing_never_matches(string when, bool matches)
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, $$"""[{"name":"r","operations":["select"],"bucket":"avatars","when":{{when}}}]""");
        PolicyCall call = PolicyCall.Download("a");

        Assert.Equal(matches, (await DecideAsync(store, call)).IsAllowed);
        RowFilter? filter = await store.Gate.FilterAsync(call.CallerOf(store.Owner.Account!.Value), BucketOf(store, "avatars"), CancellationToken.None);
        Assert.Equal(matches, filter is null || filter.Shows(Rows.Of("a")));
    }

    [Theory]
    [InlineData("""{"owner_id":{"exists":false}}""", false)]
    [InlineData("""{"not":{"owner_id":{"exists":true}}}""", false)]
    [InlineData("""{"user_metadata.draft":{"exists":false}}""", false)]
    [InlineData("""{"any":[{"metadata.mimetype":{"exists":false}},{"folder":2,"eq":"x"}]}""", false)]
    [InlineData("""{"name":{"exists":true}}""", true)]
    [InlineData("""{"folder[1]":{"exists":false}}""", true)]
    [InlineData("""{"jwt.aal":{"exists":false}}""", true)]
    public async Task A_row_that_is_not_there_is_allowed_only_what_any_row_would_be(string when, bool allowed)
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, $$$$"""
            [{"name":"r","operations":["select"],"bucket":"avatars","when":{{{{when}}}}},
             {"table":"buckets","name":"b","operations":["select"],"bucket":"*","when":{"owner_id":{"exists":false}}}]
            """);
        Caller caller = PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value);

        Decision decision = await store.Gate.DecideAsync(
            caller, BucketOf(store, "avatars"), PolicyVerbs.Select, PolicyRow.Missing("avatars", "a"), changed: null, CancellationToken.None);
        Decision ofBucket = await store.Gate.DecideMissingAsync(
            caller, store.Owner.Account!.Value, "missing", PolicyVerbs.Select, CancellationToken.None);

        Assert.Equal((allowed, allowed), (decision.IsAllowed, decision.DecisionId is null));
        Assert.NotNull(ofBucket.DecisionId);
    }

    [Theory]
    [InlineData("""{"folder":1,"eq":"$uid"}""", "u1/")]
    [InlineData("""{"folder":1,"eq":"private"}""", "private/")]
    [InlineData("""{"name":{"glob":"logs/2031-*"}}""", "logs/2031-")]
    [InlineData("""{"name":{"glob":"a\\*b*"}}""", "a*b")]
    [InlineData("""{"foldername":{"in":["b","a/c","b/d"]}}""", "a/c/|b/")]
    [InlineData("""{"any":[{"folder":1,"eq":"$uid"},{"name":"readme"}]}""", "readme|u1/")]
    [InlineData("""{"all":[{"folder":1,"eq":"u1"},{"name":{"glob":"u1/x*"}}]}""", "u1/x")]
    [InlineData("""{"all":[{"folder":1,"eq":"u1"},{"role":"authenticated"},{"extension":"png"}]}""", "u1/")]
    [InlineData("""{"folder":1,"in":["\uffff","\ud83d\ude00"]}""", "\uffff/|\ud83d\ude00/")] // in the order of bytes, not of UTF-16
    [InlineData("""{"any":[{"folder":1,"eq":"u1"},{"extension":"png"}]}""", null)]
    [InlineData("""{"not":{"folder":1,"eq":"u1"}}""", null)]
    [InlineData("""{"folder":2,"eq":"u1"}""", null)]
    [InlineData("""{"all":[{"folder":1,"eq":"u1"},{"folder":1,"eq":"u2"}]}""", "")]
    [InlineData("""{"all":[{"folder":1,"eq":"u1"},{"role":"other"}]}""", "")]
    [InlineData("""{"folder":1,"eq":"a/b"}""", "")]
    [InlineData("""{"folder":1,"eq":5}""", null)] // the folder 05 is equal too
    [InlineData("""{"name":{"in":["a",5]}}""", null)]
    [InlineData("""{"all":[{"foldername":5},{"folder":1,"eq":"5"}]}""", "5/")]
    public async Task A_list_seeks_to_what_rules_allow(string when, string? prefixes)
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, $$"""[{"name":"r","operations":["select"],"bucket":"avatars","when":{{when}}}]""");
        Caller caller = PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value);

        RowFilter? filter = await store.Gate.FilterAsync(caller, BucketOf(store, "avatars"), CancellationToken.None);

        Assert.Equal(prefixes?.Split('|', StringSplitOptions.RemoveEmptyEntries), filter!.Prefixes);
    }

    [Fact]
    public async Task A_pattern_is_not_read_anew_for_every_row()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string pattern = $"{new string('?', 200)}*";
        await PutAsync(store, $$$$"""[{"name":"r","operations":["select"],"bucket":"avatars","when":{"name":{"glob":"{{{{pattern}}}}"}}}]""");
        RowFilter filter = (await store.Gate.FilterAsync(
            PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value), BucketOf(store, "avatars"), CancellationToken.None))!;
        StoredObject found = Rows.Of(new string('k', 300));
        Assert.True(filter.Shows(found));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            filter.Shows(found);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 1500); // reading the pattern takes about 3000 each
    }

    [Fact]
    public async Task A_folder_that_equals_a_number_is_read_and_listed_alike()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, """[{"name":"r","operations":["select"],"bucket":"avatars","when":{"folder":1,"eq":5}}]""");
        PolicyCall call = PolicyCall.Download("05/a");

        Assert.True((await DecideAsync(store, call)).IsAllowed);
        RowFilter filter = (await store.Gate.FilterAsync(call.CallerOf(store.Owner.Account!.Value), BucketOf(store, "avatars"), CancellationToken.None))!;
        Assert.Null(filter.Prefixes);
        Assert.True(filter.Shows(Rows.Of("05/a")));
        Assert.False(filter.Shows(Rows.Of("6/a")));
    }

    [Fact]
    public async Task A_rule_without_a_condition_needs_no_filter_and_a_restricting_one_brings_it_back()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Caller caller = PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value);
        Bucket bucket = BucketOf(store, "avatars");
        await PutAsync(store, """[{"preset":"public-read","bucket":"avatars"},{"preset":"own-folder","bucket":"avatars"}]""");
        Assert.Null(await store.Gate.FilterAsync(caller, bucket, CancellationToken.None));

        await store.Policies.PutAsync(
            store.Owner, null, PolicyReader.ReadList(JsonElement.Parse("""{"name":"x","effect":"restrict","operations":"select","bucket":"*","when":{"folder":1,"eq":"a"}}""")),
            replaceAll: false, CancellationToken.None);

        RowFilter filter = (await store.Gate.FilterAsync(caller, bucket, CancellationToken.None))!;
        Assert.Equal(["a/"], filter.Prefixes);
        Assert.False(filter.Shows(Rows.Of("b/c")));
    }

    [Fact]
    public async Task A_filter_does_not_ask_the_request_again()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, """[{"name":"r","operations":["select"],"bucket":"avatars","when":{"all":[{"header.x-team":"red"},{"folder":1,"eq":"a"}]}}]""");
        bool isOver = false;
        Caller caller = PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value) with
        {
            Header = name => isOver ? throw new InvalidOperationException("the request is over") : name == "x-team" ? "red" : null,
        };

        RowFilter filter = (await store.Gate.FilterAsync(caller, BucketOf(store, "avatars"), CancellationToken.None))!;
        isOver = true;

        Assert.True(filter.Shows(Rows.Of("a/b")));
        Assert.False(filter.Shows(Rows.Of("b/b")));
    }

    [Fact]
    public async Task Buckets_have_rules_of_their_own()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, """
            [{"table":"buckets","name":"make","operations":["insert"],"roles":["authenticated"],"bucket":"*","when":{"name":{"glob":"team-*"}}},
             {"preset":"public-read","bucket":"team-a"}]
            """);
        Caller caller = PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value);

        Assert.True((await store.Gate.DecideAsync(caller, BucketOf(store, "team-a"), PolicyVerbs.Insert, CancellationToken.None)).IsAllowed);
        Assert.False((await store.Gate.DecideAsync(caller, BucketOf(store, "team-a"), PolicyVerbs.Select, CancellationToken.None)).IsAllowed);
        Decision refused = await store.Gate.DecideAsync(caller, BucketOf(store, "mine"), PolicyVerbs.Insert, CancellationToken.None);
        Assert.False(refused.IsAllowed);

        JsonElement told = await ExplainAsync(store, refused.DecisionId!);
        await store.Policies.PutAsync(store.Owner, null, PolicyReader.ReadList(told.GetProperty("suggested")), replaceAll: false, CancellationToken.None);
        Assert.True((await store.Gate.DecideAsync(caller, BucketOf(store, "mine"), PolicyVerbs.Insert, CancellationToken.None)).IsAllowed);
        Assert.False((await store.Gate.DecideAsync(caller, BucketOf(store, "mine2"), PolicyVerbs.Insert, CancellationToken.None)).IsAllowed);
        Assert.False((await store.Gate.DecideAsync(caller with { Subject = "u2" }, BucketOf(store, "mine"), PolicyVerbs.Insert, CancellationToken.None)).IsAllowed);
    }

    [Fact]
    public async Task A_check_looks_at_the_new_row_alone()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, """
            [{"name":"publish","operations":["select","update"],"bucket":"avatars",
              "when":{"folder":1,"eq":"drafts"},"check":{"folder":1,"eq":"public"}}]
            """);

        Assert.True((await DecideAsync(store, PolicyCall.Move("drafts/a", "public/a"))).IsAllowed);
        Assert.False((await DecideAsync(store, PolicyCall.Move("public/a", "drafts/a"))).IsAllowed);
        Assert.False((await DecideAsync(store, PolicyCall.Move("drafts/a", "drafts/b"))).IsAllowed);
    }

    [Fact]
    public async Task A_token_whose_role_is_an_asterisk_gets_no_rule_for_everyone_suggested()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        PolicyCall call = PolicyCall.Download("a") with { Role = "*" };
        JsonElement told = await ExplainAsync(store, (await DecideAsync(store, call)).DecisionId!);

        await store.Policies.PutAsync(store.Owner, null, PolicyReader.ReadList(told.GetProperty("suggested")), replaceAll: false, CancellationToken.None);

        Assert.True((await DecideAsync(store, call)).IsAllowed);
        Assert.False((await DecideAsync(store, call with { Role = "authenticated" })).IsAllowed);
    }

    [Fact]
    public async Task A_question_without_verbs_is_a_fault_and_no_permission()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => DecideAsync(store, PolicyCall.Download("a") with { Verbs = PolicyVerbs.None }));
    }

    [Fact]
    public async Task What_only_leaves_something_out_is_not_recorded()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Caller caller = PolicyCall.Download("a").CallerOf(store.Owner.Account!.Value);
        Bucket bucket = BucketOf(store, "avatars");
        var row = new PolicyRow { Bucket = "avatars", Key = "a" };
        for (int i = 0; i < DecisionLog.MaxWaiting + 1; i++)
        {
            Assert.False(await store.Gate.AllowsAsync(caller, bucket, PolicyVerbs.Select | PolicyVerbs.Delete, row, CancellationToken.None));
            Assert.False(await store.Gate.AllowsAsync(caller, bucket, PolicyVerbs.Select, CancellationToken.None));
        }

        Assert.NotNull((await DecideAsync(store, PolicyCall.Download("a"))).DecisionId); // there is room
        await PutAsync(store, """[{"preset":"open","bucket":"avatars"}]""");
        Assert.True(await store.Gate.AllowsAsync(caller, bucket, PolicyVerbs.Select | PolicyVerbs.Delete, row, CancellationToken.None));
        Assert.True(await store.Gate.AllowsAsync(caller, bucket, PolicyVerbs.Select, CancellationToken.None));
    }
}
