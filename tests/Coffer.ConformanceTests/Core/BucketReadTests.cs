using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;
using static Coffer.ConformanceTests.Core.KeyedStore;

namespace Coffer.ConformanceTests.Core;

/// <summary>Objects by bucket and key over the embedded engines: who reads and who deletes.</summary>
public sealed class BucketReadTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_private_bucket_shows_nothing_to_strangers_and_nothing_hidden_to_its_own_users()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "x");
        Caller stranger = await store.Engines.AddAccountAsync("other");

        foreach (Caller caller in (Caller[])[stranger, stranger with { Right = Right.Anon }, Caller.Nobody, Caller.Operator])
        {
            await AssertUnreadable(StoreErrorCode.BucketNotFound, caller, At("a"));
        }

        foreach (Right right in (Right[])[Right.Anon, Right.Authenticated])
        {
            Caller user = store.Owner with { Right = right, Subject = "someone" };
            foreach (string key in (string[])["a", "missing"])
            {
                StoreException refused = await AssertUnreadable(StoreErrorCode.ObjectNotFound, user, At(key));
                Assert.Equal("there is no such object", refused.Message);
            }
        }

        await AssertUnreadable(StoreErrorCode.ObjectNotFound, store.Owner, At("missing"));
        await AssertUnreadable(StoreErrorCode.BucketNotFound, store.Owner, At("a", "missing"));
        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.Objects.GetPublicAsync(At("a"), None).AsTask());
        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.Objects.OpenPublicAsync(At("a"), None).AsTask());

        async Task<StoreException> AssertUnreadable(StoreErrorCode code, Caller caller, ObjectAddress address)
        {
            await RefusedAsync(code, () => store.Objects.OpenAsync(caller, address, None).AsTask());
            await RefusedAsync(code, () => store.Objects.DeleteAsync(caller, address, None));
            await RefusedAsync(code, () => store.Objects.MoveAsync(caller, address, At("b"), None));
            await RefusedAsync(code, () => store.Objects.CopyAsync(caller, new CopyRequest(address, At("b")), None));
            Assert.Empty(await store.Objects.DeleteManyAsync(caller, address.Bucket, [address.Key], None).ToListAsync(None));
            Assert.Equal([false], await store.Objects.AreReadableAsync(caller, address.Bucket, [address.Key], None));
            return await RefusedAsync(code, () => store.Objects.GetAsync(caller, address, None).AsTask());
        }
    }

    [Fact]
    public async Task A_public_bucket_is_read_by_anybody_and_changed_by_none_of_them()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("open", isPublic: true);
        await store.PutAsync("a", "public", bucket: "open");
        Caller stranger = await store.Engines.AddAccountAsync("other");
        Caller user = store.Owner with { Right = Right.Authenticated, Subject = "someone" };

        foreach (Caller caller in (Caller[])[Caller.Nobody, stranger, user, store.Owner])
        {
            Assert.Equal("public"u8.ToArray(), await store.ReadAsync("a", "open", caller));
            Assert.Equal("a", (await store.Objects.GetAsync(caller, At("a", "open"), None)).Key);
            await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(caller, At("b", "open"), None).AsTask());
        }

        using (OpenObject open = await store.Objects.OpenPublicAsync(At("a", "open"), None))
        {
            Assert.Equal("public"u8.ToArray(), await KeyedStore.ReadAsync(open));
        }

        Assert.Equal("a", (await store.Objects.GetPublicAsync(At("a", "open"), None)).Key);
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetPublicAsync(At("b", "open"), None).AsTask());
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.OpenPublicAsync(At("b", "open"), None).AsTask());

        foreach ((Caller caller, StoreErrorCode read, StoreErrorCode write) in ((Caller, StoreErrorCode, StoreErrorCode)[])[
            (stranger, StoreErrorCode.BucketNotFound, StoreErrorCode.BucketNotFound),
            (user, StoreErrorCode.ObjectNotFound, StoreErrorCode.AccessDenied)])
        {
            await RefusedAsync(write, () => store.PutAsync("b", "x", bucket: "open", caller: caller));
            await RefusedAsync(read, () => store.Objects.DeleteAsync(caller, At("a", "open"), None));
            await RefusedAsync(read, () => store.Objects.MoveAsync(caller, At("a", "open"), At("b", "open"), None));
            await RefusedAsync(read, () => store.Objects.CopyAsync(caller, new CopyRequest(At("a", "open"), At("b", "open")), None));
            Assert.Equal([false], await store.Objects.AreReadableAsync(caller, "open", ["a"], None));
        }
    }

    [Fact]
    public async Task A_bucket_made_private_opens_nothing_from_the_answer_on()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("open", isPublic: true);
        await store.PutAsync("a", "public", bucket: "open");

        await store.Engines.Buckets.UpdateAsync(store.Owner, "open", new BucketChange { IsPublic = false }, None);

        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.Objects.OpenPublicAsync(At("a", "open"), None).AsTask());
        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.Objects.OpenAsync(Caller.Nobody, At("a", "open"), None).AsTask());
        await store.Engines.Buckets.UpdateAsync(store.Owner, "open", new BucketChange { IsPublic = true }, None);
        Assert.Equal("public"u8.ToArray(), await store.ReadAsync("a", "open", Caller.Nobody));
    }

    [Theory]
    [InlineData(4), InlineData(LargeBytes)]
    public async Task A_signed_link_leads_to_what_is_under_its_key(int length)
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync(new PutRequest(At("a")), Bytes(length, 1));
        AccountId account = store.Owner.Account!.Value;
        AccountId other = (await store.Engines.AddAccountAsync("other")).Account!.Value;
        var link = new DownloadLink(At("a"), account, long.MaxValue);

        using (OpenObject open = await store.Objects.OpenSignedAsync(link, None))
        {
            Assert.Equal(Bytes(length, 1), await KeyedStore.ReadAsync(open));
        }

        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.Objects.OpenSignedAsync(new DownloadLink(At("a"), other, long.MaxValue), None).AsTask());
        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.Objects.OpenSignedAsync(new DownloadLink(At("a", "no"), account, 1), None).AsTask());
        await store.Objects.DeleteAsync(store.Owner, At("a"), None);
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.OpenSignedAsync(link, None).AsTask());
    }

    [Fact]
    public async Task A_deletion_gives_what_was_there_and_comes_once()
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject put = await store.PutAsync("a", "x");

        Assert.Equivalent(put, await store.Objects.DeleteAsync(store.Owner, At("a"), None), strict: true);

        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.DeleteAsync(store.Owner, At("a"), None));
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.OpenAsync(store.Owner, At("a"), None).AsTask());
    }

    [Fact]
    public async Task Deletions_that_race_with_writes_leave_whole_objects_or_none()
    {
        await using KeyedStore store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            for (int round = 0; round < 20; round++)
            {
                await store.PutAsync("a", $"{n}", upsert: true);
                try
                {
                    await store.Objects.DeleteAsync(store.Owner, At("a"), None);
                }
                catch (StoreException gone) when (gone.Code is StoreErrorCode.ObjectNotFound)
                {
                    // another was quicker
                }
            }
        })));

        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("a"), None).AsTask());
    }

    [Fact]
    public async Task Many_are_deleted_by_exact_keys_in_their_order()
    {
        await using KeyedStore store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 600).Select(n => store.PutAsync($"many/{n}", "x")));
        await store.PutAsync("many", "not one of them");
        string[] keys = [.. Enumerable.Range(0, 600).Select(n => $"many/{599 - n}")];

        List<StoredObject> deleted = await store.Objects.DeleteManyAsync(
            store.Owner, "docs", ["missing", .. keys, keys[0], "many/", "a[1]"], None).ToListAsync(None);

        Assert.Equal(keys, deleted.Select(gone => gone.Key));
        Assert.All(deleted, gone => Assert.Equal((ObjectState.ReadOnly, 1), (gone.State, gone.SizeBytes)));
        Assert.Equal("not one of them", await store.ReadTextAsync("many"));
        Assert.Empty(await store.Objects.DeleteManyAsync(store.Owner, "docs", keys, None).ToListAsync(None));
        Assert.Empty(await store.Objects.DeleteManyAsync(store.Owner, "missing", keys, None).ToListAsync(None));
        Assert.Empty(await store.Objects.DeleteManyAsync(store.Owner, "docs", [], None).ToListAsync(None));
    }

    [Fact]
    public async Task Objects_with_much_metadata_are_judged_and_deleted_some_at_a_time()
    {
        await using KeyedStore store = await OpenAsync();
        string[] keys = [.. Enumerable.Range(0, 12).Select(n => $"large/{n}")];
        foreach (string key in keys)
        {
            await store.PutAsync(
                new PutRequest(At(key)) { Metadata = ObjectMetadata.FromStored($$"""{"a":"{{new string('v', 1_000_000)}}"}""") }, [1]);
        }

        SmallStore engines = store.Engines;
        ICatalog watched = WatchedCatalog.Of(engines.Catalog);
        var objects = new BucketObjects(watched, engines.Blobs, engines.Gate, engines.Limits, engines.Use);

        Assert.Equal([.. keys.Select(_ => true), false], await objects.AreReadableAsync(store.Owner, "docs", [.. keys, "missing"], None));
        Assert.InRange(WatchedCatalog.Calls(watched, nameof(ICatalog.FindObjectsAsync)), 2, 13);
        Assert.Equal(keys, (await objects.DeleteManyAsync(store.Owner, "docs", keys, None).ToListAsync(None)).Select(gone => gone.Key));
        Assert.Equal(keys.Select(_ => false), await objects.AreReadableAsync(store.Owner, "docs", keys, None));
    }

    [Fact]
    public async Task Which_keys_can_be_read_is_told_in_their_order()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "x");
        await store.PutAsync("b", "x");

        Assert.Equal(
            [true, false, true, true], await store.Objects.AreReadableAsync(store.Owner, "docs", ["b", "missing", "a", "b"], None));
        Assert.Equal([false, false], await store.Objects.AreReadableAsync(store.Owner, "missing", ["a", "b"], None));
    }

    [Fact]
    public async Task A_read_is_noted()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "x");
        Assert.Null((await store.Objects.GetAsync(store.Owner, At("a"), None)).LastReadAtMs);

        await store.ReadAsync("a");
        await store.Engines.Use.WriteBackAsync(None);

        Assert.Equal(store.Engines.Catalog.NowMs, (await store.Objects.GetAsync(store.Owner, At("a"), None)).LastReadAtMs);
    }
}
