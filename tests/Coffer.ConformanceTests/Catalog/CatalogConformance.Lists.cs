using Coffer.Access;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_list_shows_what_is_newest_first_and_no_tombstones()
    {
        StoredObject upload = await CreateAsync();
        StoredObject readOnly = await PutAsync();
        StoredObject failed = await CreateAsync();
        await Catalog.FailObjectAsync(failed.Id, etag: null, None);
        StoredObject deleted = await PutAsync();
        await Catalog.DeleteObjectAsync(deleted.Id, None);
        Account other = await AddAccountAsync("other");
        await PutAsync(NewObject(account: other));

        ObjectPage page = await ListAsync();
        Assert.Equal([failed.Id, readOnly.Id, upload.Id], Ids(page));
        Assert.Equal((false, 3), (page.HasMore, page.TotalCount));
        foreach ((ObjectState state, ObjectId id) in ((ObjectState, ObjectId)[])[
            (ObjectState.Uploading, upload.Id), (ObjectState.ReadOnly, readOnly.Id), (ObjectState.Error, failed.Id), (ObjectState.Deleted, deleted.Id)])
        {
            ObjectPage one = await ListAsync(state);
            Assert.Equal([id], Ids(one));
            Assert.Equal(1, one.TotalCount);
            Assert.Equal(state, one.Objects[0].State);
        }

        Assert.Null((await ListAsync(withTotal: false)).TotalCount);
    }

    [Fact]
    public async Task Pages_join_without_gaps_and_the_total_is_of_all_of_them()
    {
        var made = new List<ObjectId>();
        for (int n = 0; n < 25; n++)
        {
            made.Add((await PutAsync()).Id);
        }

        made.Reverse();
        var seen = new List<ObjectId>();
        ObjectPage page;
        do
        {
            page = await ListAsync(after: seen.Count == 0 ? null : seen[^1], limit: 10);
            Assert.Equal(25, page.TotalCount);
            seen.AddRange(Ids(page));
        }
        while (page.HasMore);
        Assert.Equal(made, seen);
        Assert.False((await ListAsync(limit: 25)).HasMore);
        Assert.Empty((await ListAsync(after: made[^1])).Objects);
    }

    [Fact]
    public async Task A_page_of_large_metadata_ends_before_its_limit()
    {
        List<ObjectId> made = [.. (await PutLargeAsync(Bucket, 70)).Select(one => one.Id).Reverse()];

        await JoinAsync(Query());
        await JoinAsync(Query() with { State = ObjectState.ReadOnly });
        await JoinAsync(Query() with { NameContains = "object" });
        await JoinAsync(Query() with { Account = null });
        await JoinAsync(Query() with { Account = null, Search = "obj_" });
        foreach (ObjectId id in made)
        {
            await Catalog.DeleteObjectAsync(id, None);
        }

        await JoinAsync(Query() with { State = ObjectState.Deleted });

        async Task JoinAsync(ObjectQuery query)
        {
            var seen = new List<ObjectId>();
            ObjectPage page;
            do
            {
                page = await Catalog.ListObjectsAsync(query with { After = seen.Count == 0 ? null : seen[^1], WithTotal = true }, None);
                Assert.InRange(page.Objects.Sum(one => one.Metadata!.Json.Length), 1, 5 << 20);
                Assert.Equal(70, page.TotalCount);
                seen.AddRange(Ids(page));
            }
            while (page.HasMore);
            Assert.Equal(made, seen);
        }
    }

    [Fact]
    public async Task A_cursor_holds_although_its_object_is_deleted()
    {
        ObjectId[] made = [(await PutAsync()).Id, (await PutAsync()).Id, (await PutAsync()).Id];
        await Catalog.DeleteObjectAsync(made[1], None);
        Assert.Equal([made[0]], Ids(await ListAsync(after: made[1])));
        Assert.Equal([made[0]], Ids(await ListAsync(after: made[1], with: Query() with { NameContains = "object" })));
        ObjectPage unknown = await ListAsync(after: Catalog.MintObjectId());
        Assert.Empty(unknown.Objects);
        Assert.False(unknown.HasMore);
        Assert.Empty((await ListAsync(after: Catalog.MintObjectId(), with: Query() with { NameContains = "object" })).Objects);
    }

    [Fact]
    public async Task A_cursor_of_another_account_is_unknown()
    {
        await PutAsync();
        StoredObject theirs = await PutAsync(NewObject(account: await AddAccountAsync("other")));
        Assert.Empty((await ListAsync(after: theirs.Id)).Objects);
    }

    [Fact]
    public async Task The_public_list_shows_what_is_published_and_complete_of_all_accounts()
    {
        Account other = await AddAccountAsync("other");
        await PutAsync();
        StoredObject mine = await PutAsync(NewObject("mine") with { IsPublic = true });
        StoredObject theirs = await PutAsync(NewObject("theirs", other) with { IsPublic = true });
        await CreateAsync(NewObject() with { IsPublic = true });
        StoredObject deleted = await PutAsync(NewObject() with { IsPublic = true });
        await Catalog.DeleteObjectAsync(deleted.Id, None);

        var everyone = new ObjectQuery { Limit = 100 };
        ObjectPage page = await ListAsync(with: everyone);
        Assert.Equal([theirs.Id, mine.Id], Ids(page));
        Assert.Equal(2, page.TotalCount);
        Assert.Equal([theirs.Id, mine.Id], Ids(await ListAsync(ObjectState.ReadOnly, with: everyone)));
        Assert.Equal([mine.Id], Ids(await ListAsync(after: theirs.Id, with: everyone)));
        foreach (ObjectState state in (ObjectState[])[ObjectState.Uploading, ObjectState.Deleted, ObjectState.Error])
        {
            Assert.Equal((0, 0), ((await ListAsync(state, with: everyone)).Objects.Count, (await ListAsync(state, with: everyone)).TotalCount));
        }

        Assert.Equal([mine.Id], Ids(await ListAsync(with: everyone with { Search = "MINE" })));
        await Catalog.UpdateObjectAsync(mine.Id, new ObjectChange { IsPublic = false }, None);
        page = await ListAsync(with: everyone);
        Assert.Equal([theirs.Id], Ids(page));
        Assert.Equal(1, page.TotalCount);
    }

    [Fact]
    public async Task Filters_find_what_they_name_and_combine()
    {
        StoredObject scan = await PutAsync(NewObject("Scan of ÄPFEL.tif") with { Class = ContentClass.Binary, MediaType = "image/TIFF; q=1" });
        StoredObject text = await PutAsync(NewObject("apples.txt") with { Class = ContentClass.Text, MediaType = "text/plain" });
        StoredObject tar = await CreateAsync(NewObject("scans.tar") with { Class = ContentClass.Tar });
        StoredObject gone = await PutAsync(NewObject("scan gone") with { Class = ContentClass.Binary });
        await Catalog.DeleteObjectAsync(gone.Id, None);

        await Found(Query() with { NameContains = "SCAN" }, tar, scan);
        await Found(Query() with { NameContains = "äpfel" }, scan);
        await Found(Query() with { NameContains = "%" });
        await Found(Query() with { Class = ContentClass.Binary }, scan);
        await Found(Query() with { Class = ContentClass.Unspecified });
        await Found(Query() with { MediaType = "image/tiff" }, scan);
        await Found(Query() with { MediaType = "text/plain" }, text);
        await Found(Query() with { MediaType = "image" });
        await Found(Query() with { Search = "scan" }, tar, scan);
        await Found(Query() with { Search = "scan", Class = ContentClass.Tar }, tar);
        await Found(Query() with { Search = "scan", NameContains = ".tar" }, tar);
        await Found(Query() with { Search = text.Id.ToString() }, text);
        await Found(Query() with { Search = text.Id.ToString().ToUpperInvariant() }, text);
        await Found(Query() with { Search = text.Id.ToString()[..29] }, text);
        await Found(Query() with { Search = text.Id.ToString()[..9] }, tar, text, scan);
        await Found(Query() with { Search = "obj_" }, tar, text, scan);
        await Found(Query() with { Search = text.Id.ToString(), NameContains = "scan" });
        Assert.Equal([tar.Id], Ids(await ListAsync(ObjectState.Uploading, with: Query() with { NameContains = "scan" })));
        Assert.Equal([gone.Id], Ids(await ListAsync(ObjectState.Deleted, with: Query() with { NameContains = "scan" })));
        Assert.Equal(1, (await ListAsync(ObjectState.Deleted, with: Query() with { NameContains = "scan" })).TotalCount);

        async Task Found(ObjectQuery query, params StoredObject[] expected)
        {
            ObjectPage page = await ListAsync(with: query);
            Assert.Equal(expected.Select(one => one.Id), Ids(page));
            Assert.Equal(expected.Length, page.TotalCount);
        }
    }

    [Fact]
    public async Task Filtered_pages_join_and_their_total_is_of_all_matches()
    {
        var matches = new List<ObjectId>();
        for (int n = 0; n < 60; n++)
        {
            StoredObject made = await PutAsync(NewObject(n % 3 == 0 ? $"match {n}" : $"other {n}"));
            if (n % 3 == 0)
            {
                matches.Insert(0, made.Id);
            }
        }

        var seen = new List<ObjectId>();
        ObjectPage page;
        do
        {
            page = await ListAsync(after: seen.Count == 0 ? null : seen[^1], limit: 7, with: Query() with { NameContains = "MATCH" });
            Assert.Equal(20, page.TotalCount);
            seen.AddRange(Ids(page));
        }
        while (page.HasMore);
        Assert.Equal(matches, seen);
    }

    [Fact]
    public async Task Totals_follow_every_step_of_every_object()
    {
        var random = new Random(20261120);
        Account other = await AddAccountAsync("other");
        var ids = new List<ObjectId>();
        for (int step = 0; step < 400; step++)
        {
            ObjectId some = ids.Count == 0 ? default : ids[random.Next(ids.Count)];
            switch (random.Next(10))
            {
                case 0 or 1:
                    NewObject upload = NewObject(account: random.Next(3) == 0 ? other : Account) with { IsPublic = random.Next(2) == 0 };
                    await CreateAsync(upload);
                    ids.Add(upload.Id);
                    break;
                case 2:
                    NewObject whole = NewKeyed($"key {random.Next(5)}") with { IsPublic = random.Next(2) == 0 };
                    await PutAsync(whole, Inline(new byte[random.Next(100)]));
                    ids.Add(whole.Id);
                    break;
                case 3 or 4:
                    await Catalog.AttachContentAsync(some, Inline(new byte[random.Next(100)]), None);
                    break;
                case 5 or 6:
                    await Catalog.SealObjectAsync(some, None);
                    break;
                case 7:
                    long lifeMs = random.Next(2) == 0 ? random.Next(50) : 3_600_000;
                    await Catalog.UpdateObjectAsync(
                        some, new ObjectChange { IsPublic = random.Next(2) == 0, ExpiresAtMs = Catalog.NowMs + lifeMs }, None);
                    MoveClock(TimeSpan.FromMilliseconds(3));
                    break;
                case 8:
                    await Catalog.FailObjectAsync(some, (await Catalog.FindObjectAsync(some, None))?.ETag, None);
                    break;
                default:
                    _ = random.Next(2) == 0 ? await Catalog.ReapExpiredAsync(2, None) : (await Catalog.DeleteObjectAsync(some, None)).Happened ? 1 : 0;
                    break;
            }
        }

        MoveClock(TimeSpan.FromSeconds(1)); // nothing expires while it is looked at
        var all = new List<StoredObject>();
        foreach (ObjectId id in ids)
        {
            all.Add(await FindAsync(id));
        }

        IReadOnlyList<(ObjectState State, long Objects, long SizeBytes)> totals = await TotalsAsync();
        foreach (ObjectState state in Enum.GetValues<ObjectState>())
        {
            List<StoredObject> expected = all.FindAll(one => one.State == state);
            Assert.Equal((state, expected.Count, expected.Sum(one => one.SizeBytes ?? 0)), totals.Single(total => total.State == state));
            foreach (Account account in (Account[])[Account, other])
            {
                ObjectPage page = await ListAsync(state, limit: 1000, with: new ObjectQuery { Account = account.Id, Limit = 1 });
                Assert.Equal(expected.Where(one => one.Account == account.Id).Select(one => one.Id).OrderDescending(), Ids(page));
                Assert.Equal(page.Objects.Count, page.TotalCount);
            }
        }

        List<ObjectId> published = [.. all.Where(one => one is { State: ObjectState.ReadOnly, IsPublic: true }).Select(one => one.Id).OrderDescending()];
        ObjectPage everyone = await ListAsync(limit: 1000, with: new ObjectQuery { Limit = 1 });
        Assert.Equal(published, Ids(everyone));
        Assert.Equal(published.Count, everyone.TotalCount);
    }

    [Fact]
    public async Task An_expired_object_is_deleted_at_once_on_every_way()
    {
        BlobId blob = await AnnounceAsync();
        NewObject kept = NewKeyed("kept") with { ExpiresAtMs = Catalog.NowMs + 10_000_000, IsPublic = true };
        NewObject made = NewKeyed("fleeting") with { ExpiresAtMs = Catalog.NowMs + 600_000, IsPublic = true };
        await PutAsync(kept);
        await PutAsync(made, Inline("gone soon"));
        NewObject upload = NewObject() with { ExpiresAtMs = made.ExpiresAtMs };
        await CreateAsync(upload);
        await Catalog.AttachContentAsync(upload.Id, InBlobs(blob), None);
        MoveClock(TimeSpan.FromMilliseconds(600_001));

        StoredObject expired = await FindAsync(made.Id);
        Assert.Equal(ObjectState.Deleted, expired.State);
        Assert.Null(expired.SizeBytes);
        Assert.Null(expired.ETag);
        Assert.Empty((await FindAsync(upload.Id)).Pieces);
        using (OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None))
        {
            Assert.Equal(ObjectState.Deleted, row!.Object.State);
            Assert.Null(row.Inline);
        }

        Assert.Null(await FindAsync(Bucket, "fleeting"));
        Assert.Equal([kept.Id], Ids(await ListAsync()));
        Assert.Equal(1, (await ListAsync()).TotalCount);
        Assert.Equal([kept.Id], Ids(await ListAsync(with: Query() with { Search = "e" })));
        Assert.Equal([kept.Id], Ids(await ListAsync(with: new ObjectQuery { Limit = 1 })));
        Assert.Equal(1, (await ListAsync(with: new ObjectQuery { Limit = 1 })).TotalCount);
        Assert.Equal([upload.Id, made.Id], Ids(await ListAsync(ObjectState.Deleted)));
        Assert.Equal(2, (await ListAsync(ObjectState.Deleted)).TotalCount);
        Assert.Equal([made.Id], Ids(await ListAsync(ObjectState.Deleted, with: Query() with { NameContains = "FLEET" })));
        Assert.Equal(["kept"], (await Catalog.ListSortedAsync(new SortedKeyQuery { Bucket = Bucket, Limit = 10 }, None)).Entries.Select(entry => entry.Name));

        Assert.False((await Catalog.SealObjectAsync(upload.Id, None)).Happened);
        Assert.False((await Catalog.AttachContentAsync(upload.Id, Inline("x"), None)).Happened);
        Assert.False((await Catalog.UpdateObjectAsync(made.Id, new ObjectChange { ClearExpiry = true }, None)).Happened);
        Assert.False((await Catalog.DeleteObjectAsync(made.Id, None)).Happened);
    }

    [Fact]
    public async Task Reaping_changes_nothing_that_was_seen_and_releases_the_bytes()
    {
        var made = new List<ObjectId>();
        BlobId blob = await AnnounceAsync();
        for (int n = 0; n < 30; n++)
        {
            NewObject fleeting = NewObject() with { ExpiresAtMs = Catalog.NowMs + 600_000 };
            await PutAsync(fleeting, n == 0 ? InBlobs(blob) : Inline("x"));
            made.Add(fleeting.Id);
        }

        await PutAsync();
        Assert.Equal(0, await Catalog.CountExpiredAsync(100, None));
        Assert.Equal(0, await Catalog.ReapExpiredAsync(100, None));
        MoveClock(TimeSpan.FromMilliseconds(601_000));
        Assert.Equal(30, await Catalog.CountExpiredAsync(100, None));
        Assert.Equal(7, await Catalog.CountExpiredAsync(7, None));
        Assert.Equal(31, await Catalog.CountUnreapedAsync(None));
        Assert.Equal(30, (await QueueLengthsAsync()).Expired);
        ObjectPage before = await ListAsync(ObjectState.Deleted);
        IReadOnlyList<(ObjectState State, long Objects, long SizeBytes)> totals = await TotalsAsync();

        int turns = 0;
        int reaped = 0;
        while (await Catalog.ReapExpiredAsync(10, None) is > 0 and int some)
        {
            Assert.InRange(some, 1, 10);
            reaped += some;
            turns++;
        }

        Assert.Equal(30, reaped);
        Assert.Equal(1, await Catalog.CountUnreapedAsync(None));
        Assert.True(turns >= 3);
        Assert.Equal(0, await Catalog.CountExpiredAsync(100, None));
        Assert.Equivalent(before, await ListAsync(ObjectState.Deleted), strict: true);
        Assert.Equal(totals, await TotalsAsync());
        Assert.Equal([blob], await ReleasedAsync());
    }

    [Fact]
    public async Task The_key_of_an_expired_object_is_free_again()
    {
        StoredObject old = await PutAsync(NewKeyed("a") with { ExpiresAtMs = Catalog.NowMs + 600_000 });
        await CreateAsync(NewKeyed("b") with { ExpiresAtMs = Catalog.NowMs + 600_000 });
        MoveClock(TimeSpan.FromSeconds(602));
        StoredObject next = await PutAsync(NewKeyed("a") with { OnlyIfAbsent = true });
        Assert.NotEqual(old.KeyId, next.KeyId);
        await CreateAsync(NewKeyed("b"));
        Assert.Equal(2, (await ListAsync()).TotalCount);
        Assert.Equal(2, (await ListAsync(ObjectState.Deleted)).TotalCount);
    }

    [Fact]
    public async Task Abandoned_uploads_and_old_tombstones_go_in_turns()
    {
        Account other = await AddAccountAsync("other");
        for (int n = 0; n < 10; n++)
        {
            await CreateAsync(NewObject(account: n % 2 == 0 ? other : Account));
        }

        StoredObject readOnly = await PutAsync();
        MoveClock(TimeSpan.FromHours(25));
        StoredObject young = await CreateAsync();
        long yesterday = Catalog.NowMs - 86_400_000;
        int reaped = 0;
        while (await Catalog.ReapAbandonedAsync(yesterday, 3, None) is > 0 and int some)
        {
            reaped += some;
        }

        Assert.Equal(10, reaped);
        Assert.Equal([young.Id, readOnly.Id], Ids(await ListAsync()));
        Assert.Equal(5, (await ListAsync(ObjectState.Deleted)).TotalCount);

        Assert.Equal(0, await Catalog.PurgeTombstonesAsync(yesterday, 100, None));
        MoveClock(TimeSpan.FromHours(25));
        await Catalog.DeleteObjectAsync(readOnly.Id, None);
        int purged = 0;
        while (await Catalog.PurgeTombstonesAsync(Catalog.NowMs - 86_400_000, 4, None) is > 0 and int some)
        {
            purged += some;
        }

        Assert.Equal(10, purged);
        ObjectPage left = await ListAsync(ObjectState.Deleted);
        Assert.Equal([readOnly.Id], Ids(left));
        Assert.Equal(1, left.TotalCount);
    }

    private ObjectQuery Query() => new() { Account = Account.Id, Limit = 100 };
}
