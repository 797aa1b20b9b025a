using Coffer.Access;
using Coffer.Buckets;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Core;

public sealed class BucketStoreTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_bucket_is_as_it_was_made_and_belongs_to_who_made_it()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Caller maker = store.Owner with { Subject = "someone" };

        Bucket made = await store.Buckets.CreateAsync(
            maker,
            new BucketDraft { Name = "avatars", IsPublic = true, SizeLimitBytes = 0, AllowedMediaTypes = ["", "image/*", "text/plain; charset=utf-8"] },
            None);

        Bucket found = await store.Buckets.GetAsync(store.Owner, "avatars", None);
        Assert.Equivalent(made, found, strict: true);
        Assert.Equal(("avatars", "someone", true, 0), (found.Name, found.Owner, found.IsPublic, found.SizeLimitBytes));
        Assert.Equal(["image/*", "text/plain; charset=utf-8"], found.AllowedMediaTypes!);
    }

    [Theory]
    [InlineData(""), InlineData("."), InlineData(".."), InlineData(" a"), InlineData("a "), InlineData("a/b"), InlineData("ä"), InlineData("a#b")]
    [InlineData("a--table-s3"), InlineData("objects-team-b"), InlineData("a\nb"), InlineData("a%2Fb")]
    public async Task A_name_that_breaks_a_rule_is_refused(string name)
    {
        await using SmallStore store = await SmallStore.OpenAsync();

        Assert.Equal(StoreErrorCode.InvalidBucketName, await RefusalAsync(() => store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = name }, None)));
    }

    [Fact]
    public async Task A_name_has_up_to_100_characters_of_the_alphabet_of_keys()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        foreach (string name in (string[])["_!.*'() &$=@;:+,?-", new string('b', 100), "objects-Archive", "public"])
        {
            Assert.Equal(name, (await store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = name }, None)).Name);
        }

        Assert.Equal(
            StoreErrorCode.InvalidBucketName,
            await RefusalAsync(() => store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = new string('b', 101) }, None)));
    }

    [Fact]
    public async Task Limits_and_types_that_cannot_be_are_refused()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        BucketDraft wanted = new() { Name = "a" };
        await RefusedAsync(StoreErrorCode.InvalidArgument, wanted with { SizeLimitBytes = -1 });
        await RefusedAsync(StoreErrorCode.TooLarge, wanted with { SizeLimitBytes = new StoreLimits().MaxObjectBytes + 1 });
        foreach (string type in (string[])["png", "image/", "/png", "image/p_g", "text/plain; level=1", "a b/c", "text/plain\n", new string('a', 1001) + "/*"])
        {
            await RefusedAsync(StoreErrorCode.InvalidMediaType, wanted with { AllowedMediaTypes = [type] });
        }

        Assert.Null((await store.Buckets.CreateAsync(store.Owner, wanted with { AllowedMediaTypes = [""] }, None)).AllowedMediaTypes);

        async Task RefusedAsync(StoreErrorCode code, BucketDraft draft) =>
            Assert.Equal(code, await RefusalAsync(() => store.Buckets.CreateAsync(store.Owner, draft, None)));
    }

    [Fact]
    public async Task A_name_is_taken_whoever_has_it()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Caller other = await store.AddAccountAsync("other");
        await store.Buckets.CreateAsync(other, new BucketDraft { Name = "taken" }, None);

        foreach (string name in (string[])["taken", "objects"])
        {
            Assert.Equal(StoreErrorCode.BucketExists, await RefusalAsync(() => store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = name }, None)));
        }
    }

    [Fact]
    public async Task Another_accounts_bucket_looks_missing_to_every_verb()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Caller other = await store.AddAccountAsync("other");
        await store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = "mine", IsPublic = true }, None);

        foreach (string name in (string[])["mine", "missing"])
        {
            foreach (Caller caller in (Caller[])[other, Caller.Nobody, Caller.Operator])
            {
                await RefusedAsync(() => store.Buckets.GetAsync(caller, name, None).AsTask());
                await RefusedAsync(() => store.Buckets.UpdateAsync(caller, name, new BucketChange { IsPublic = false }, None));
                await RefusedAsync(() => store.Buckets.DeleteAsync(caller, name, None));
            }

            await RefusedAsync(() => store.Buckets.EmptyAsync(other, name, None));
        }

        Assert.DoesNotContain(await store.Buckets.ListAsync(other, new BucketQuery(), None), bucket => bucket.Name == "mine");
        Assert.True((await store.Buckets.GetAsync(store.Owner, "mine", None)).IsPublic);

        static async Task RefusedAsync(Func<Task> call)
        {
            var refused = await Assert.ThrowsAsync<StoreException>(call);
            Assert.Equal((StoreErrorCode.BucketNotFound, "there is no such bucket", null), (refused.Code, refused.Message, refused.DecisionId));
        }
    }

    [Fact]
    public async Task Without_a_policy_only_the_service_right_makes_sees_and_empties_buckets()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = "mine" }, None);
        foreach (Right right in (Right[])[Right.Anon, Right.Authenticated])
        {
            Caller caller = store.Owner with { Right = right, Subject = "someone" };
            Assert.Equal(StoreErrorCode.AccessDenied, await RefusalAsync(() => store.Buckets.CreateAsync(caller, new BucketDraft { Name = "b" }, None)));
            Assert.Equal(StoreErrorCode.BucketNotFound, await RefusalAsync(() => store.Buckets.GetAsync(caller, "mine", None).AsTask()));
            Assert.Equal(StoreErrorCode.BucketNotFound, await RefusalAsync(() => store.Buckets.DeleteAsync(caller, "mine", None)));
            Assert.Equal(StoreErrorCode.AccessDenied, await RefusalAsync(() => store.Buckets.EmptyAsync(caller, "mine", None)));
            Assert.Empty(await store.Buckets.ListAsync(caller, new BucketQuery(), None));
        }

        foreach (Caller caller in (Caller[])[Caller.Nobody, Caller.Operator])
        {
            Assert.Equal(StoreErrorCode.AccessDenied, await RefusalAsync(() => store.Buckets.CreateAsync(caller, new BucketDraft { Name = "b" }, None)));
            Assert.Equal(StoreErrorCode.AccessDenied, await RefusalAsync(() => store.Buckets.EmptyAsync(caller, "mine", None)));
            Assert.Empty(await store.Buckets.ListAsync(caller, new BucketQuery(), None));
        }
    }

    [Fact]
    public async Task Buckets_are_listed_by_name_or_time_page_by_page()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        foreach (string name in (string[])["pics", "Pictures", "a_b", "axb"])
        {
            store.Clock.Pass(TimeSpan.FromSeconds(1));
            await store.Buckets.CreateAsync(store.Owner, new BucketDraft { Name = name }, None);
        }

        store.Clock.Pass(TimeSpan.FromSeconds(1));
        await store.Buckets.UpdateAsync(store.Owner, "pics", new BucketChange { IsPublic = true }, None);

        Assert.Equal(["objects", "pics", "Pictures", "a_b", "axb"], await NamesAsync(new BucketQuery()));
        Assert.Equal(["axb", "a_b"], await NamesAsync(new BucketQuery { Descending = true, Limit = 2 }));
        Assert.Equal(["Pictures", "a_b", "axb", "objects", "pics"], await NamesAsync(new BucketQuery { Sort = BucketSort.Name }));
        Assert.Equal(["axb", "objects"], await NamesAsync(new BucketQuery { Sort = BucketSort.Name, Offset = 2, Limit = 2 }));
        Assert.Equal(["axb", "pics"], await NamesAsync(new BucketQuery { Sort = BucketSort.UpdatedAt, Offset = 3 }));
        Assert.Equal(["pics", "Pictures"], await NamesAsync(new BucketQuery { NameContains = "PIC" }));
        Assert.Equal(["a_b"], await NamesAsync(new BucketQuery { NameContains = "_" }));
        Assert.Empty(await NamesAsync(new BucketQuery { NameContains = "%" }));

        async Task<IEnumerable<string>> NamesAsync(BucketQuery query) =>
            (await store.Buckets.ListAsync(store.Owner, query, None)).Select(bucket => bucket.Name);
    }

    [Fact]
    public async Task A_change_keeps_what_it_does_not_name_and_an_empty_list_restricts_nothing()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await store.Buckets.CreateAsync(
            store.Owner, new BucketDraft { Name = "a", SizeLimitBytes = 5, AllowedMediaTypes = ["image/png"] }, None);

        Bucket now = await store.Buckets.UpdateAsync(store.Owner, "a", new BucketChange { IsPublic = true }, None);
        Assert.Equal((true, 5), (now.IsPublic, now.SizeLimitBytes));
        Assert.Equal(["image/png"], now.AllowedMediaTypes!);
        now = await store.Buckets.UpdateAsync(store.Owner, "a", new BucketChange { AllowedMediaTypes = [], ClearSizeLimit = true }, None);
        Assert.Null(now.AllowedMediaTypes);
        Assert.Null(now.SizeLimitBytes);
        Assert.True(now.IsPublic);
        Assert.Equal(
            StoreErrorCode.InvalidMediaType,
            await RefusalAsync(() => store.Buckets.UpdateAsync(store.Owner, "a", new BucketChange { AllowedMediaTypes = ["x"] }, None)));
        Assert.Equal(
            StoreErrorCode.TooLarge,
            await RefusalAsync(() => store.Buckets.UpdateAsync(store.Owner, "a", new BucketChange { SizeLimitBytes = long.MaxValue }, None)));
    }

    [Fact]
    public async Task The_accounts_bucket_of_the_Objects_dialect_cannot_be_deleted()
    {
        await using SmallStore store = await SmallStore.OpenAsync();

        Assert.Equal(StoreErrorCode.AccessDenied, await RefusalAsync(() => store.Buckets.DeleteAsync(store.Owner, "objects", None)));

        await store.StoreAsync([1]);
    }

    internal static async Task<StoreErrorCode> RefusalAsync(Func<Task> call) => (await Assert.ThrowsAsync<StoreException>(call)).Code;
}
