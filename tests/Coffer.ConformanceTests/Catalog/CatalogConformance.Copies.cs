using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_write_counts_only_while_what_was_seen_is_there()
    {
        StoredObject first = await PutAsync(NewKeyed("a") with { Seen = new SeenVersion(null) });
        foreach (SeenVersion other in (SeenVersion[])[new(null), new(Catalog.MintObjectId())])
        {
            Assert.Equal(StoreErrorCode.PreconditionFailed, await RefusalAsync(() => PutAsync(NewKeyed("a") with { Seen = other }, Inline("other"))));
        }

        Assert.Equal("hello", await ReadInlineAsync(first.Id));
        StoredObject second = await PutAsync(NewKeyed("a") with { Seen = new SeenVersion(first.Id) });
        Assert.Equal(StoreErrorCode.PreconditionFailed, await RefusalAsync(() => PutAsync(NewKeyed("a") with { Seen = new SeenVersion(first.Id) })));
        await Catalog.DeleteObjectAsync(second.Id, None);
        await PutAsync(NewKeyed("a") with { Seen = new SeenVersion(null), ExpiresAtMs = Catalog.NowMs + 1000 });
        MoveClock(TimeSpan.FromSeconds(1));
        await PutAsync(NewKeyed("a") with { Seen = new SeenVersion(null) }); // what is past its expiry is not there
    }

    [Fact]
    public async Task Of_writers_that_saw_the_same_version_one_replaces_it()
    {
        StoredObject first = await PutAsync(NewKeyed("a"));
        Task<StoredObject>[] puts = [.. Enumerable.Range(0, 16).Select(n =>
            Task.Run(() => PutAsync(NewKeyed("a") with { Seen = new SeenVersion(first.Id) }, Inline($"{n}"))))];
        await Task.WhenAll(puts.Select(put => put.ContinueWith(_ => { }, TaskScheduler.Default)));
        StoredObject won = await Assert.Single(puts, put => put.IsCompletedSuccessfully);
        Assert.Equal(won.Id, (await FindAsync(Bucket, "a"))!.Id);
    }

    [Fact]
    public async Task An_object_that_is_keyed_by_its_id_is_never_written_over()
    {
        StoredObject kept = await PutAsync(NewObject());
        StoredObject other = await PutAsync(NewKeyed("a"));
        Assert.Equal(StoreErrorCode.ObjectExists, await RefusalAsync(() => PutAsync(NewKeyed(kept.Key))));
        Assert.Equal(StoreErrorCode.ObjectExists, await RefusalAsync(() => Catalog.CopyObjectAsync(other.Id, NewKeyed(kept.Key), None)));
        Assert.Equal(StoreErrorCode.ObjectExists, await RefusalAsync(() => MoveAsync(other, kept.Key)));
        Assert.Equal(StoreErrorCode.WrongState, await RefusalAsync(() => MoveAsync(kept, "b")));
        Assert.Equal("hello", await ReadInlineAsync(kept.Id));
        Assert.Equal(ObjectState.ReadOnly, (await FindAsync(other.Id)).State);
    }

    [Fact]
    public async Task A_copy_has_its_own_members_and_the_sources_bytes()
    {
        Bucket other = await AddBucketAsync("other");
        StoredObject source = await PutAsync(NewKeyed("a") with { MediaType = "a/b", RobotsTag = "none" }, Inline("bytes"));
        NewObject made = NewKeyed("b", other.Id) with { MediaType = "c/d", RobotsTag = "all", Owner = "someone" };
        StoredObject copy = (await Catalog.CopyObjectAsync(source.Id, made, None))!;
        AssertSame(made, copy);
        Assert.Equal(("all", source.ETag, source.SizeBytes), (copy.RobotsTag, copy.ETag, copy.SizeBytes));
        Assert.NotEqual(source.KeyId, copy.KeyId);
        Assert.Equivalent(copy, await FindAsync(copy.Id), strict: true);
        await Catalog.DeleteObjectAsync(source.Id, None);
        await ReopenAsync();
        Assert.Equal("bytes", await ReadInlineAsync(copy.Id));
        Assert.Equal(0, (await Catalog.CheckInlineAsync(0, 100, None)).Bad);
    }

    [Fact]
    public async Task A_copy_follows_on_what_it_replaces()
    {
        StoredObject source = await PutAsync(NewKeyed("a"), Inline("source"));
        StoredObject taken = await PutAsync(NewKeyed("b"), Inline("taken"));
        Assert.Equal(
            StoreErrorCode.ObjectExists,
            await RefusalAsync(() => Catalog.CopyObjectAsync(source.Id, NewKeyed("b") with { OnlyIfAbsent = true }, None)));
        Assert.Equal(
            StoreErrorCode.PreconditionFailed,
            await RefusalAsync(() => Catalog.CopyObjectAsync(source.Id, NewKeyed("b") with { Seen = new SeenVersion(null) }, None)));
        StoredObject copy = (await Catalog.CopyObjectAsync(source.Id, NewKeyed("b") with { Seen = new SeenVersion(taken.Id) }, None))!;
        Assert.Equal((taken.KeyId, taken.KeyCreatedAtMs), (copy.KeyId, copy.KeyCreatedAtMs));
        Assert.Equal("source", await ReadInlineAsync(copy.Id));
        StoredObject onto = (await Catalog.CopyObjectAsync(source.Id, NewKeyed("a"), None))!;
        Assert.Equal((source.KeyId, "source"), (onto.KeyId, await ReadInlineAsync(onto.Id)));
        Assert.Equal(2, (await ListAsync()).TotalCount);
    }

    [Fact]
    public async Task Copies_and_moves_of_blobs_count_who_refers_to_them()
    {
        BlobId blob = await AnnounceAsync();
        StoredObject source = await PutAsync(NewKeyed("a"), InBlobs(blob, blob));
        StoredObject copy = (await Catalog.CopyObjectAsync(source.Id, NewKeyed("b"), None))!;
        StoredObject onto = (await Catalog.CopyObjectAsync(copy.Id, NewKeyed("b"), None))!;
        StoredObject moved = (await MoveAsync(source, "c"))!;
        Assert.Equal(source.Pieces, moved.Pieces);
        Assert.Empty(await ReleasedAsync());
        await Catalog.DeleteObjectAsync(onto.Id, None);
        Assert.Empty(await ReleasedAsync());
        await Catalog.DeleteObjectAsync(moved.Id, None);
        Assert.Equal([blob], await ReleasedAsync());
        Assert.Null(await Catalog.CopyObjectAsync(moved.Id, NewKeyed("d"), None));
    }

    [Fact]
    public async Task A_move_keeps_all_members_but_its_place()
    {
        Bucket other = await AddBucketAsync("other");
        NewObject made = NewKeyed("a") with
        {
            Class = ContentClass.Text,
            MediaType = "a/b",
            CacheControl = "no-cache",
            ContentEncoding = "gzip",
            RobotsTag = "none",
            Metadata = ObjectMetadata.From([new("a", "b")]),
            Owner = "maker",
            IsPublic = true,
            ExpiresAtMs = Catalog.NowMs + 100_000,
        };
        StoredObject source = await PutAsync(made, Inline("bytes"));
        MoveClock(TimeSpan.FromMilliseconds(5));
        var move = new ObjectMove(source.Id, Catalog.MintObjectId(), other.Id, "b", Owner: null);
        StoredObject moved = (await Catalog.MoveObjectAsync(move, None))!;
        Assert.Equivalent(
            source with { Id = move.Id, Bucket = other.Id, Key = "b", Name = "b", UpdatedAtMs = moved.UpdatedAtMs }, moved, strict: true);
        Assert.Equivalent(moved, await FindAsync(moved.Id), strict: true);
        Assert.Equal("bytes", await ReadInlineAsync(moved.Id));
        Assert.Equal(ObjectState.Deleted, (await FindAsync(source.Id)).State);
        Assert.Null(await ReadInlineAsync(source.Id));
        Assert.Null(await FindAsync(Bucket, "a"));
        Assert.Null(await MoveAsync(source, "c"));
        Assert.Equal("mover", (await Catalog.MoveObjectAsync(
            new ObjectMove(moved.Id, Catalog.MintObjectId(), Bucket, "d", "mover"), None))!.Owner);
        Assert.Equal(1, (await ListAsync()).TotalCount);
    }

    [Fact]
    public async Task A_move_takes_a_free_key_of_a_live_bucket()
    {
        Bucket gone = await AddBucketAsync("gone");
        await Catalog.DeleteBucketAsync(gone.Id, None);
        StoredObject source = await PutAsync(NewKeyed("a"));
        await PutAsync(NewKeyed("taken") with { ExpiresAtMs = Catalog.NowMs + 60_000 });
        Assert.Equal(StoreErrorCode.ObjectExists, await RefusalAsync(() => MoveAsync(source, "taken")));
        Assert.Equal(
            StoreErrorCode.BucketNotFound,
            await RefusalAsync(() => Catalog.MoveObjectAsync(new ObjectMove(source.Id, Catalog.MintObjectId(), gone.Id, "a", null), None)));
        Assert.Equal(
            StoreErrorCode.BucketNotFound, await RefusalAsync(() => Catalog.CopyObjectAsync(source.Id, NewKeyed("a", gone.Id), None)));
        MoveClock(TimeSpan.FromMinutes(1));
        Assert.Equal(source.KeyId, (await MoveAsync(source, "taken"))!.KeyId); // what is past its expiry holds no key
        Assert.Equal(1, (await ListAsync()).TotalCount);
    }

    [Fact]
    public async Task Only_what_is_read_only_is_copied_and_moved()
    {
        StoredObject upload = await CreateAsync(NewKeyed("upload"));
        StoredObject expiring = await PutAsync(NewKeyed("expiring") with { ExpiresAtMs = Catalog.NowMs + 1000 });
        MoveClock(TimeSpan.FromSeconds(1));
        foreach (ObjectId id in (ObjectId[])[upload.Id, expiring.Id, Catalog.MintObjectId()])
        {
            Assert.Null(await Catalog.CopyObjectAsync(id, NewKeyed("copy"), None));
            Assert.Null(await Catalog.MoveObjectAsync(new ObjectMove(id, Catalog.MintObjectId(), Bucket, "moved", null), None));
        }

        Assert.Equal(1, (await ListAsync()).TotalCount);
    }

    [Fact]
    public async Task Many_objects_are_deleted_as_they_were_before()
    {
        BlobId blob = await AnnounceAsync();
        StoredObject large = await PutAsync(content: InBlobs(blob));
        StoredObject[] small = await Task.WhenAll(Enumerable.Range(0, 600).Select(_ => PutAsync()));
        StoredObject upload = await CreateAsync();
        StoredObject gone = await PutAsync();
        await Catalog.DeleteObjectAsync(gone.Id, None);

        List<StoredObject> deleted = await Catalog.DeleteObjectsAsync(
            [large.Id, .. small.Select(one => one.Id), large.Id, upload.Id, gone.Id, Catalog.MintObjectId()], None).ToListAsync(None);

        Assert.Equivalent((StoredObject[])[large, .. small], deleted, strict: true);
        Assert.Equal([upload.Id], Ids(await ListAsync()));
        Assert.Equal([blob], await ReleasedAsync());
        Assert.Empty(await Catalog.DeleteObjectsAsync([], None).ToListAsync(None));
    }

    [Fact]
    public async Task Of_many_objects_with_much_metadata_some_are_found_and_deleted_at_a_time()
    {
        const int count = 60;
        List<StoredObject> made = await PutLargeAsync(Bucket, count);
        string[] keys = [.. made.Select(one => one.Key)];

        int found = 0;
        while (found < count)
        {
            IReadOnlyList<StoredObject?> some = await Catalog.FindObjectsAsync(Bucket, [.. keys.Skip(found)], None);
            Assert.InRange(some.Sum(one => one!.Metadata!.Json.Length), 1, 5 << 20);
            Assert.Equal(keys.Skip(found).Take(some.Count), some.Select(one => one!.Key));
            found += some.Count;
        }

        // Those that were not asked for are still there.
        await foreach (StoredObject gone in Catalog.DeleteObjectsAsync([.. made.Select(one => one.Id)], None))
        {
            Assert.Equal(made[0], gone with { Metadata = made[0].Metadata, Pieces = made[0].Pieces });
            break;
        }

        Assert.InRange((await ListAsync(limit: 1)).TotalCount!.Value, 1, count - 1);
        List<StoredObject> deleted = await Catalog.DeleteObjectsAsync([.. made.Select(one => one.Id)], None).ToListAsync(None);
        Assert.Equal(made[^1].Metadata!.Json, deleted[^1].Metadata!.Json);
        Assert.Equal(0, (await ListAsync(limit: 1)).TotalCount);
    }

    [Fact]
    public async Task A_bucket_and_an_object_in_it_are_found_by_one_address()
    {
        Bucket bucket = await AddBucketAsync("docs");
        StoredObject small = await PutAsync(NewKeyed("a/b", bucket.Id), Inline("bytes"));
        BlobId blob = await AnnounceAsync();
        StoredObject large = await PutAsync(NewKeyed("large", bucket.Id) with { ExpiresAtMs = Catalog.NowMs + 60_000 }, InBlobs(blob));

        FoundAddress found = await Catalog.FindAsync(new ObjectAddress("docs", "a/b"), None);
        Assert.Equal(bucket, found.Bucket);
        Assert.Equivalent(small, found.Object, strict: true);
        OpenedAddress opened = await Catalog.OpenAsync(new ObjectAddress("docs", "a/b"), None);
        using (OpenedRow row = opened.Row!)
        {
            Assert.Equivalent(small, row.Object, strict: true);
            Assert.True(row.Inline!.Value.Span.SequenceEqual("bytes"u8));
        }

        Assert.Equal(large.Id, (await Catalog.FindAsync(new ObjectAddress("docs", "large"), None)).Object!.Id);
        using (OpenedRow row = (await Catalog.OpenAsync(new ObjectAddress("docs", "large"), None)).Row!)
        {
            Assert.Equal([new BlobPiece(blob, 100)], row.Object.Pieces);
            Assert.Null(row.Inline);
        }

        MoveClock(TimeSpan.FromMinutes(1));
        foreach (string key in (string[])["missing", "A/b", "large", ""])
        {
            Assert.Equal(new FoundAddress(bucket, null), await Catalog.FindAsync(new ObjectAddress("docs", key), None));
            Assert.Equal(new OpenedAddress(bucket, null), await Catalog.OpenAsync(new ObjectAddress("docs", key), None));
        }

        Assert.Equal(default, await Catalog.FindAsync(new ObjectAddress("missing", "a/b"), None));
        Assert.Equal(default, await Catalog.OpenAsync(new ObjectAddress("missing", "a/b"), None));
        Assert.Equal(
            [small.Id, null, null, small.Id],
            (await Catalog.FindObjectsAsync(bucket.Id, ["a/b", "missing", "large", "a/b"], None)).Select(one => one?.Id));
    }

    private Task<StoredObject?> MoveAsync(StoredObject source, string key) =>
        Catalog.MoveObjectAsync(new ObjectMove(source.Id, Catalog.MintObjectId(), Bucket, key, Owner: null), None);
}
