using System.IO.Pipelines;
using System.Text.Json;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Objects;
using Coffer.Policies;
using static Coffer.ConformanceTests.Core.KeyedStore;

namespace Coffer.ConformanceTests.Core;

/// <summary>Which rights each verb asks for, how it looks when one is missing, and that a judgement still holds at the commit.</summary>
public sealed class BucketPolicyTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_first_write_asks_for_insert_and_a_replacing_one_for_select_and_update_too()
    {
        await using KeyedStore store = await OpenAsync();
        Caller user = User(store, "u");
        await AllowAsync(store, "insert");
        StoredObject put = await store.PutAsync("a", "x", caller: user);
        Assert.Equal("u", put.Owner);
        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.PutAsync("a", "x", caller: user));

        foreach (string[] some in (string[][])[["insert"], ["insert", "select"], ["insert", "update"], ["select", "update"]])
        {
            await AllowAsync(store, some);
            foreach (string key in (string[])["a", "absent"])
            {
                await DeniedAsync(() => store.PutAsync(key, "y", upsert: true, caller: user));
                await DeniedAsync(() => store.Objects.CheckPutAsync(user, new PutRequest(At(key)) { Upsert = true }, 1, None));
            }
        }

        await AllowAsync(store, "insert", "select", "update");
        await store.PutAsync("a", "y", upsert: true, caller: user);
        await store.PutAsync("absent", "y", upsert: true, caller: user);
    }

    [Fact]
    public async Task What_a_policy_says_of_the_new_object_is_judged_by_the_new_object()
    {
        await using KeyedStore store = await OpenAsync();
        await PoliciesAsync(store, """
            [{"name":"p","table":"objects","operations":["insert","select","update"],"roles":["authenticated"],"bucket":"docs",
              "when":{"all":[{"folder[1]":{"eq":"$uid"}},{"metadata.mimetype":{"eq":"text/plain"}},{"user_metadata.kind":{"eq":"note"}}]}}]
            """);
        Caller user = User(store, "u");
        ObjectMetadata note = ObjectMetadata.From([new("kind", "note")]);
        PutRequest wanted = new(At("u/a")) { MediaType = "text/plain", Metadata = note };

        await store.PutAsync(wanted, [1], user);
        await store.PutAsync(wanted with { Upsert = true }, [2], user);
        foreach (PutRequest other in (PutRequest[])[
            wanted with { Address = At("v/a") },
            wanted with { MediaType = "text/html", Upsert = true },
            wanted with { Metadata = null, Upsert = true }])
        {
            await DeniedAsync(() => store.PutAsync(other, [3], user));
        }

        Assert.Equal([2], await store.ReadAsync("u/a"));
    }

    [Fact]
    public async Task What_is_hidden_and_what_is_missing_look_the_same_down_to_the_decision()
    {
        await using KeyedStore store = await OpenAsync();
        await PoliciesAsync(store, Preset("owner-only"));
        Caller user = User(store, "u");
        await store.PutAsync("mine", "x", caller: user);
        await store.PutAsync("theirs", "x", caller: User(store, "v"));

        Assert.Equal("mine", (await store.Objects.GetAsync(user, At("mine"), None)).Key);
        foreach (string key in (string[])["theirs", "missing"])
        {
            await HiddenAsync(() => store.Objects.GetAsync(user, At(key), None).AsTask());
            await HiddenAsync(() => store.Objects.OpenAsync(user, At(key), None).AsTask());
            await HiddenAsync(() => store.Objects.CheckReadableAsync(user, At(key), None).AsTask());
            await HiddenAsync(() => store.Objects.DeleteAsync(user, At(key), None));
            await HiddenAsync(() => store.Objects.MoveAsync(user, At(key), At("b"), None));
            await HiddenAsync(() => store.Objects.CopyAsync(user, new CopyRequest(At(key), At("b")), None));
        }

        Assert.Equal([true, false, false], await store.Objects.AreReadableAsync(user, "docs", ["mine", "theirs", "missing"], None));
        Assert.Equal(["mine"], (await store.Objects.DeleteManyAsync(user, "docs", ["theirs", "mine", "missing"], None).ToListAsync(None)).Select(gone => gone.Key));
        Assert.Equal("x", await store.ReadTextAsync("theirs"));

        static async Task HiddenAsync(Func<Task> call)
        {
            StoreException refused = await RefusedAsync(StoreErrorCode.ObjectNotFound, call);
            Assert.Equal("there is no such object", refused.Message);
            Assert.NotNull(refused.DecisionId);
        }
    }

    [Fact]
    public async Task What_may_be_seen_but_not_deleted_is_refused_by_name()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "x");
        Caller user = User(store, "u");

        await AllowAsync(store, "select");
        await DeniedAsync(() => store.Objects.DeleteAsync(user, At("a"), None));
        Assert.Empty(await store.Objects.DeleteManyAsync(user, "docs", ["a"], None).ToListAsync(None));
        await AllowAsync(store, "delete");
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.DeleteAsync(user, At("a"), None));
        Assert.Empty(await store.Objects.DeleteManyAsync(user, "docs", ["a"], None).ToListAsync(None));
        await AllowAsync(store, "select", "delete");
        await store.Objects.DeleteAsync(user, At("a"), None);
    }

    [Fact]
    public async Task A_move_asks_for_select_and_update_of_the_old_place_and_the_new()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("other");
        await store.PutAsync("u/a", "x");
        Caller user = User(store, "u");
        await AllowAsync(store, "select", "insert");
        await DeniedAsync(() => store.Objects.MoveAsync(user, At("u/a"), At("u/b"), None));

        await PoliciesAsync(store, Preset("own-folder"));
        await DeniedAsync(() => store.Objects.MoveAsync(user, At("u/a"), At("v/a"), None));
        await DeniedAsync(() => store.Objects.MoveAsync(user, At("u/a"), At("u/a", "other"), None));
        StoredObject moved = await store.Objects.MoveAsync(user, At("u/a"), At("u/b"), None);
        Assert.Equal("u", moved.Owner);
        await store.PutAsync("v/a", "x");
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.MoveAsync(user, At("v/a"), At("u/c"), None));
    }

    [Fact]
    public async Task A_copy_asks_for_select_of_the_source_and_a_write_of_the_destination()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("v/a", "x");
        await store.PutAsync("u/taken", "x");
        Caller user = User(store, "u");
        CopyRequest wanted = new(At("v/a"), At("u/a"));

        await AllowAsync(store, "insert");
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.CopyAsync(user, wanted, None));
        await AllowAsync(store, "select");
        await DeniedAsync(() => store.Objects.CopyAsync(user, wanted, None));
        await AllowAsync(store, "select", "insert");
        Assert.Equal("u", (await store.Objects.CopyAsync(user, wanted, None)).Owner);
        await DeniedAsync(() => store.Objects.CopyAsync(user, new CopyRequest(At("v/a"), At("u/taken")) { Upsert = true }, None));
        await AllowAsync(store, "select", "insert", "update");
        await store.Objects.CopyAsync(user, new CopyRequest(At("v/a"), At("u/taken")) { Upsert = true }, None);
    }

    [Fact]
    public async Task A_policy_on_the_size_is_judged_by_the_size_that_came()
    {
        await using KeyedStore store = await OpenAsync();
        await PoliciesAsync(store, """
            [{"name":"p","table":"objects","operations":["insert"],"roles":["authenticated"],"bucket":"docs",
              "when":{"metadata.contentLength":{"lt":100000}}}]
            """);
        Caller user = User(store, "u");

        await DeniedAsync(() => SendAsync("announced", 100_000, announced: true));
        await DeniedAsync(() => SendAsync("not announced", 100_000, announced: false));
        Assert.Equal(0, store.Engines.BlobFiles());
        await SendAsync("small", 99_999, announced: true);
        Assert.Equal(99_999, (await SendAsync("small too", 99_999, announced: false)).SizeBytes);
        await DeniedAsync(() => store.Objects.CheckPutAsync(user, new PutRequest(At("a")), length: null, None)); // nobody judges again

        Task<StoredObject> SendAsync(string key, int length, bool announced) => store.Objects.PutAsync(
            user, new PutRequest(At(key)), PipeReader.Create(new MemoryStream(Bytes(length, 1))), announced ? length : null, None);
    }

    [Theory]
    [InlineData(10, true), InlineData(10, false), InlineData(LargeBytes, true), InlineData(LargeBytes, false)]
    public async Task A_version_that_came_while_the_body_was_read_is_judged_before_it_is_replaced(int length, bool isTheirs)
    {
        await using KeyedStore store = await OpenAsync();
        await PoliciesAsync(store, Preset("owner-only"));
        Caller user = User(store, "u");
        await store.PutAsync("a", "mine", caller: user);
        var body = new Pipe();
        Task<StoredObject> put = store.Objects.PutAsync(user, new PutRequest(At("a")) { Upsert = true }, body.Reader, length, None);
        await body.Writer.WriteAsync(Bytes(1, 1));

        StoredObject between = await store.PutAsync("a", "between", upsert: true, caller: store.Owner with { Subject = isTheirs ? "v" : "u" });
        await body.Writer.WriteAsync(Bytes(length - 1, 1));
        await body.Writer.CompleteAsync();

        if (isTheirs)
        {
            await DeniedAsync(() => put);
            Assert.Equal(between.Id, (await store.Objects.GetAsync(store.Owner, At("a"), None)).Id);
            Assert.Equal(0, store.Engines.BlobFiles());
        }
        else
        {
            Assert.Equal((await put).Id, (await store.Objects.GetAsync(user, At("a"), None)).Id);
            Assert.Equal(Bytes(length, 1), await store.ReadAsync("a"));
        }
    }

    [Fact]
    public async Task Users_that_race_to_replace_a_key_leave_one_whole_body()
    {
        await using KeyedStore store = await OpenAsync();
        await PoliciesAsync(store, Preset("open"));

        StoredObject[] puts = await Task.WhenAll(Enumerable.Range(1, 12).Select(n =>
            Task.Run(() => store.PutAsync(new PutRequest(At("a")) { Upsert = true }, Bytes(LargeBytes, (byte)n), User(store, $"{n}")))));

        StoredObject live = await store.Objects.GetAsync(store.Owner, At("a"), None);
        Assert.Contains(puts, put => put.Id == live.Id);
        Assert.Single((await store.ReadAsync("a")).Distinct());
    }

    [Fact]
    public async Task Buckets_have_policies_of_their_own()
    {
        await using KeyedStore store = await OpenAsync();
        await store.Engines.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = "other" }, None);
        Caller user = User(store, "u");
        BucketStore buckets = store.Engines.Buckets;

        await AllowBucketsAsync("select");
        Assert.Equal(["docs"], (await buckets.ListAsync(user, new BucketQuery(), None)).Select(bucket => bucket.Name));
        await buckets.GetAsync(user, "docs", None);
        Assert.NotNull((await RefusedAsync(StoreErrorCode.AccessDenied, () => buckets.CreateAsync(user, new BucketDraft { Name = "new" }, None))).DecisionId);
        await HiddenAsync(() => buckets.GetAsync(user, "other", None).AsTask());
        await HiddenAsync(() => buckets.GetAsync(user, "missing", None).AsTask());
        await HiddenAsync(() => buckets.UpdateAsync(user, "docs", new BucketChange { IsPublic = true }, None));
        await HiddenAsync(() => buckets.DeleteAsync(user, "docs", None));

        await AllowBucketsAsync("select", "update", "delete");
        Assert.True((await buckets.UpdateAsync(user, "docs", new BucketChange { IsPublic = true }, None)).IsPublic);
        await RefusedAsync(StoreErrorCode.AccessDenied, () => buckets.EmptyAsync(user, "docs", None));
        await store.PutAsync("a", "x");
        await RefusedAsync(StoreErrorCode.BucketNotEmpty, () => buckets.DeleteAsync(user, "docs", None));
        await store.Objects.DeleteAsync(store.Owner, At("a"), None);
        await buckets.DeleteAsync(user, "docs", None);
        await AllowBucketsAsync("insert");
        Assert.Equal("u", (await buckets.CreateAsync(user, new BucketDraft { Name = "docs" }, None)).Owner);

        Task AllowBucketsAsync(params string[] operations) => PoliciesAsync(store, $$"""
            [{"name":"p","table":"buckets","operations":{{JsonSerializer.Serialize(operations)}},"roles":["authenticated"],"bucket":"docs"}]
            """);

        static async Task HiddenAsync(Func<Task> call) => Assert.NotNull((await RefusedAsync(StoreErrorCode.BucketNotFound, call)).DecisionId);
    }

    private static Caller User(KeyedStore store, string subject) =>
        store.Owner with { Right = Right.Authenticated, Subject = subject };

    /// <summary>Lets signed-in users do these things with the objects of <c>docs</c>, and nothing else.</summary>
    private static Task AllowAsync(KeyedStore store, params string[] operations) => PoliciesAsync(store, $$"""
        [{"name":"p","table":"objects","operations":{{JsonSerializer.Serialize(operations)}},"roles":["authenticated"],"bucket":"docs"}]
        """);

    private static string Preset(string name) => $$"""[{"preset":"{{name}}","bucket":"docs"}]""";

    private static async Task PoliciesAsync(KeyedStore store, string json)
    {
        using var policies = JsonDocument.Parse(json);
        await store.Engines.Policies.PutAsync(
            store.Owner, account: null, PolicyReader.ReadList(policies.RootElement), replaceAll: true, None);
    }

    private static async Task DeniedAsync(Func<Task> call) =>
        Assert.NotNull((await RefusedAsync(StoreErrorCode.AccessDenied, call)).DecisionId);
}
