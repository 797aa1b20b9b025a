using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task Buckets_are_found_by_name_and_listed_by_account()
    {
        Account other = await AddAccountAsync("other");
        Bucket made = (await Catalog.AddBucketAsync(
            new Bucket
            {
                Account = other.Id,
                Name = "avatars",
                Owner = "someone",
                IsPublic = true,
                SizeLimitBytes = 1000,
                AllowedMediaTypes = ["image/*", "text/plain"],
                CreatedAtMs = 5,
                UpdatedAtMs = 6,
            },
            None))!;
        Assert.Equivalent(made, await Catalog.FindBucketAsync("avatars", None), strict: true);
        Assert.Null(await Catalog.AddBucketAsync(made with { Account = Account.Id }, None));
        Assert.Null(await Catalog.FindBucketAsync("AVATARS", None));

        Bucket changed = made with { IsPublic = false, SizeLimitBytes = null, AllowedMediaTypes = null, UpdatedAtMs = 7 };
        await Catalog.UpdateBucketAsync(changed, None);
        Assert.Equivalent(changed, await Catalog.FindBucketAsync("avatars", None), strict: true);
        Assert.Equal(["avatars", "objects-other"], (await Catalog.ListBucketsAsync(other.Id, None)).Select(bucket => bucket.Name));
    }

    [Fact]
    public async Task What_a_bucket_is_shown_as_is_unique_in_its_account_and_finds_nothing()
    {
        Account other = await AddAccountAsync("other");
        var wanted = new Bucket { Account = Account.Id, Name = "b1", Title = "Photos", CreatedAtMs = 5, UpdatedAtMs = 6 };
        Bucket made = (await Catalog.AddBucketAsync(wanted, None))!;
        Assert.Equal(("Photos", made), (made.ShownName, await Catalog.FindBucketAsync("b1", None)));
        Assert.Null(await Catalog.FindBucketAsync("Photos", None));

        Assert.Null(await Catalog.AddBucketAsync(wanted with { Name = "b2" }, None));
        Assert.Null(await Catalog.AddBucketAsync(wanted with { Name = "Photos", Title = null }, None));
        Assert.Null(await Catalog.AddBucketAsync(wanted with { Title = "Films" }, None));
        Assert.NotNull(await Catalog.AddBucketAsync(wanted with { Name = "b2", Title = "b1" }, None)); // b1 is not shown as b1
        Assert.NotNull(await Catalog.AddBucketAsync(wanted with { Account = other.Id, Name = "b3" }, None));

        Bucket changed = (await Catalog.ChangeBucketAsync(made.Id, new BucketChange { IsPublic = true }, None))!;
        Assert.Equal("Photos", changed.ShownName);
        Assert.Equal(BucketRemoval.Removed, await Catalog.DeleteBucketAsync(made.Id, None));
        Assert.NotNull(await Catalog.AddBucketAsync(wanted with { Name = "b4" }, None));
    }

    [Fact]
    public async Task Two_changes_of_a_bucket_both_count()
    {
        Bucket made = await AddBucketAsync("changed");
        MoveClock(TimeSpan.FromSeconds(1));
        await Task.WhenAll(
            Task.Run(() => Catalog.ChangeBucketAsync(made.Id, new BucketChange { IsPublic = true }, None)),
            Task.Run(() => Catalog.ChangeBucketAsync(made.Id, new BucketChange { SizeLimitBytes = 7 }, None)),
            Task.Run(() => Catalog.ChangeBucketAsync(made.Id, new BucketChange { AllowedMediaTypes = ["text/plain"] }, None)));
        Bucket now = (await Catalog.FindBucketAsync("changed", None))!;
        Assert.Equal((true, 7), (now.IsPublic, now.SizeLimitBytes));
        Assert.True(now.UpdatedAtMs >= made.UpdatedAtMs + 1000);
        Assert.Equal(["text/plain"], now.AllowedMediaTypes!);

        Bucket cleared = (await Catalog.ChangeBucketAsync(made.Id, new BucketChange { ClearSizeLimit = true, ClearMediaTypes = true }, None))!;
        Assert.Equal((true, null), (cleared.IsPublic, cleared.SizeLimitBytes));
        Assert.Null(cleared.AllowedMediaTypes);
        Assert.Null(await Catalog.ChangeBucketAsync(new BucketId(4711), new BucketChange { IsPublic = true }, None));
    }

    [Fact]
    public async Task A_bucket_is_deleted_only_when_nothing_lives_in_it()
    {
        Bucket bucket = await AddBucketAsync("full");
        StoredObject kept = await PutAsync(NewKeyed("a", bucket.Id));
        await PutAsync(NewKeyed("b", bucket.Id) with { ExpiresAtMs = Catalog.NowMs + 1000 });
        Assert.Equal(BucketRemoval.NotEmpty, await Catalog.DeleteBucketAsync(bucket.Id, None));
        await Catalog.DeleteObjectAsync(kept.Id, None);
        Assert.Equal(BucketRemoval.NotEmpty, await Catalog.DeleteBucketAsync(bucket.Id, None));
        MoveClock(TimeSpan.FromSeconds(1)); // what is past its expiry does not hold its bucket

        Assert.Equal(BucketRemoval.Removed, await Catalog.DeleteBucketAsync(bucket.Id, None));

        Assert.Equal(BucketRemoval.Missing, await Catalog.DeleteBucketAsync(bucket.Id, None));
        Assert.Null(await Catalog.FindBucketAsync("full", None));
        Assert.DoesNotContain(await Catalog.ListBucketsAsync(Account.Id, None), listed => listed.Id == bucket.Id);
        Assert.Null(await Catalog.ChangeBucketAsync(bucket.Id, new BucketChange { IsPublic = true }, None));
        Assert.Equal(ObjectState.Deleted, (await FindAsync(kept.Id)).State);
        Assert.Equal(1, await Catalog.ReapExpiredAsync(100, None));
        await ReopenAsync();
        Assert.Null(await Catalog.FindBucketAsync("full", None));
    }

    [Fact]
    public async Task A_deleted_buckets_name_is_free_and_its_number_is_never_anothers()
    {
        Bucket first = await AddBucketAsync("again");
        await Catalog.DeleteBucketAsync(first.Id, None);
        Bucket second = await AddBucketAsync("again");
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(second, await Catalog.FindBucketAsync("again", None));
        Assert.Null(await Catalog.FindBucketAsync($"/{first.Id.Value}", None));

        Assert.Equal(StoreErrorCode.BucketNotFound, await RefusalAsync(() => PutAsync(NewKeyed("late", first.Id))));
        Assert.Empty((await Catalog.ListSortedAsync(new SortedKeyQuery { Bucket = second.Id, Limit = 10 }, None)).Entries);
    }

    [Fact]
    public async Task The_bucket_of_the_Objects_dialect_is_kept()
    {
        Assert.Equal(BucketRemoval.Kept, await Catalog.DeleteBucketAsync(Account.ObjectsBucket, None));
        await CreateAsync();
    }

    [Fact]
    public async Task A_deletion_and_a_write_that_race_never_leave_an_object_without_its_bucket()
    {
        for (int n = 0; n < 30; n++)
        {
            Bucket bucket = await AddBucketAsync($"raced {n}");
            Task<StoredObject> put = Task.Run(() => PutAsync(NewKeyed("a", bucket.Id)));
            BucketRemoval removal = await Task.Run(() => Catalog.DeleteBucketAsync(bucket.Id, None));
            if (removal is BucketRemoval.Removed)
            {
                Assert.Equal(StoreErrorCode.BucketNotFound, await RefusalAsync(() => put));
            }
            else
            {
                Assert.Equal(BucketRemoval.NotEmpty, removal);
                Assert.Equal(bucket.Id, (await put).Bucket);
            }
        }
    }

    [Fact]
    public async Task A_bucket_is_emptied_of_what_it_held()
    {
        Bucket bucket = await AddBucketAsync("emptied");
        BlobId blob = await AnnounceAsync();
        await PutAsync(NewKeyed("in a blob", bucket.Id), InBlobs(blob));
        await PutAsync(NewKeyed("replaced", bucket.Id));
        await Task.WhenAll(Enumerable.Range(0, 600).Select(n => PutAsync(NewKeyed($"{n}", bucket.Id))));
        StoredObject upload = await CreateAsync(NewKeyed("not uploaded yet", bucket.Id));
        StoredObject elsewhere = await PutAsync(NewKeyed("1"));

        Assert.Equal(603, (await Catalog.MeasureBucketAsync(bucket.Id, 10_000, None)).Objects);
        Assert.Equal(600, (await Catalog.MeasureBucketAsync(bucket.Id, 600, None)).Objects);
        BucketExtent extent = await Catalog.MeasureBucketAsync(bucket.Id, 10_000, None);
        StoredObject later = await PutAsync(NewKeyed("0 later", bucket.Id));
        StoredObject replaced = await PutAsync(NewKeyed("replaced", bucket.Id));
        int turns = 0;
        for (string? after = null; (after = await Catalog.EmptyBucketAsync(bucket.Id, extent, after, None)) is not null;)
        {
            turns++;
        }

        Assert.InRange(turns, 3, 600);
        Assert.Equal(
            [later.Id, replaced.Id],
            (await Catalog.ListSortedAsync(new SortedKeyQuery { Bucket = bucket.Id, Limit = 10 }, None)).Entries.Select(entry => entry.Object!.Id));
        Assert.Equal(ObjectState.Uploading, (await FindAsync(upload.Id)).State);
        Assert.Equal(ObjectState.ReadOnly, (await FindAsync(elsewhere.Id)).State);
        Assert.Equal([blob], await ReleasedAsync());
        Assert.Equal(4, (await ListAsync()).TotalCount);
        Assert.Null(await Catalog.EmptyBucketAsync((await AddBucketAsync("nothing in it")).Id, default, null, None));
    }
}
