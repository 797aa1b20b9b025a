using System.Security.Cryptography;
using System.Text;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_repeated_creation_gets_the_first_ones_object()
    {
        OnceToken once = Once("POST /v1/objects 1");
        CreatedObject first = await Catalog.CreateObjectAsync(NewObject("first"), once, None);
        CreatedObject again = await Catalog.CreateObjectAsync(NewObject("second"), once, None);
        Assert.True(first.WasMade);
        Assert.False(again.WasMade);
        Assert.Equal(first.Object.Id, again.Object.Id);
        Assert.Equal("first", again.Object.Name);
        Assert.Equal(1, (await ListAsync()).TotalCount);
    }

    [Fact]
    public async Task A_repetition_sees_the_object_as_it_is_now()
    {
        OnceToken once = Once("token");
        CreatedObject first = await Catalog.CreateObjectAsync(NewObject(), once, None);
        await Catalog.DeleteObjectAsync(first.Object.Id, None);
        CreatedObject again = await Catalog.CreateObjectAsync(NewObject(), once, None);
        Assert.Equal((false, ObjectState.Deleted), (again.WasMade, again.Object.State));
    }

    [Fact]
    public async Task A_request_id_with_another_body_is_refused()
    {
        await Catalog.CreateObjectAsync(NewObject(), Once("token"), None);
        NewObject other = NewObject();
        Assert.Equal(
            StoreErrorCode.RequestIdReused, await RefusalAsync(() => Catalog.CreateObjectAsync(other, Once("token", "other body"), None)));
        Assert.Null(await Catalog.FindObjectAsync(other.Id, None));
    }

    [Fact]
    public async Task A_request_id_belongs_to_its_account()
    {
        Account other = await AddAccountAsync("other");
        Assert.True((await Catalog.CreateObjectAsync(NewObject(), Once("token"), None)).WasMade);
        Assert.True((await Catalog.CreateObjectAsync(
            NewObject(account: other), Once("token", "another body") with { Account = other.Id }, None)).WasMade);
    }

    [Fact]
    public async Task A_request_id_is_remembered_over_reopening_and_forgotten_when_purged()
    {
        CreatedObject first = await Catalog.CreateObjectAsync(NewObject(), Once("token"), None);
        await ReopenAsync();
        Assert.Equal(first.Object.Id, (await Catalog.CreateObjectAsync(NewObject(), Once("token"), None)).Object.Id);

        Assert.Equal(0, await Catalog.PurgeOnceTokensAsync(Catalog.NowMs - 1_000_000, 100, None));
        Assert.Equal(1, await Catalog.PurgeOnceTokensAsync(Catalog.NowMs + 1, 100, None));
        Assert.True((await Catalog.CreateObjectAsync(NewObject(), Once("token"), None)).WasMade);
    }

    [Fact]
    public async Task Of_many_creations_with_one_request_id_one_makes_an_object()
    {
        CreatedObject[] made = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => Catalog.CreateObjectAsync(NewObject(), Once("token"), None))));
        Assert.Single(made, one => one.WasMade);
        Assert.Single(made.Select(one => one.Object.Id).Distinct());
    }

    [Fact]
    public async Task Writing_a_key_again_makes_a_new_version_and_buries_the_old_one()
    {
        StoredObject first = await PutAsync(NewKeyed("a/b"), Inline("first"));
        MoveClock(TimeSpan.FromMilliseconds(5));
        StoredObject second = await PutAsync(NewKeyed("a/b"), Inline("second"));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((first.KeyId, first.KeyCreatedAtMs), (second.KeyId, second.KeyCreatedAtMs));
        Assert.Equal(ObjectState.Deleted, (await FindAsync(first.Id)).State);
        Assert.Null(await ReadInlineAsync(first.Id));
        Assert.Equal("second", await ReadInlineAsync(second.Id));
        Assert.Equal(second.Id, (await FindAsync(Bucket, "a/b"))!.Id);
        Assert.Equal([second.Id], Ids(await ListAsync()));

        await Catalog.DeleteObjectAsync(second.Id, None);
        Assert.Null(await FindAsync(Bucket, "a/b"));
        Assert.NotEqual(first.KeyId, (await PutAsync(NewKeyed("a/b"))).KeyId);
    }

    [Fact]
    public async Task A_key_is_taken_by_whoever_writes_it_only_if_absent_first()
    {
        Task<StoredObject>[] puts = [.. Enumerable.Range(0, 16).Select(n =>
            Task.Run(() => PutAsync(NewKeyed("one") with { OnlyIfAbsent = true }, Inline($"{n}"))))];
        await Task.WhenAll(puts.Select(put => put.ContinueWith(_ => { }, TaskScheduler.Default)));
        StoredObject won = await Assert.Single(puts, put => put.IsCompletedSuccessfully);
        Assert.Equal(won.Id, (await FindAsync(Bucket, "one"))!.Id);
        Assert.All(puts.Where(put => put.IsFaulted), put =>
            Assert.Equal(StoreErrorCode.ObjectExists, ((StoreException)put.Exception!.InnerException!).Code));
        Assert.Equal(1, (await ListAsync()).TotalCount);
    }

    [Fact]
    public async Task Writers_that_race_for_a_key_leave_one_live_version()
    {
        StoredObject[] made = await Task.WhenAll(
            Enumerable.Range(0, 32).Select(n => Task.Run(() => PutAsync(NewKeyed("one"), Inline($"{n}")))));
        StoredObject live = (await FindAsync(Bucket, "one"))!;
        Assert.Contains(live.Id, made.Select(one => one.Id));
        Assert.Single(made.Select(one => one.KeyId).Distinct());
        Assert.Equal([live.Id], Ids(await ListAsync()));
        Assert.Equal(31, (await ListAsync(ObjectState.Deleted)).TotalCount);
    }

    [Fact]
    public async Task An_upload_to_a_taken_key_is_refused()
    {
        await PutAsync(NewKeyed("taken"));
        Assert.Equal(StoreErrorCode.ObjectExists, await RefusalAsync(() => CreateAsync(NewKeyed("taken"))));
        StoredObject upload = await CreateAsync(NewKeyed("free"));
        Assert.Equal(StoreErrorCode.ObjectExists, await RefusalAsync(() => CreateAsync(NewKeyed("free"))));
        await Catalog.DeleteObjectAsync(upload.Id, None);
        await CreateAsync(NewKeyed("free"));
    }

    [Fact]
    public async Task A_blob_that_is_not_announced_is_refused()
    {
        StoredObject upload = await CreateAsync();
        BlobId withdrawn = await AnnounceAsync();
        await Catalog.WithdrawBlobAsync(withdrawn);
        Assert.Equal(StoreErrorCode.Corrupt, await RefusalAsync(() => Catalog.AttachContentAsync(upload.Id, InBlobs(withdrawn), None)));
        Assert.Equal(StoreErrorCode.Corrupt, await RefusalAsync(() => PutAsync(content: InBlobs(new BlobId(42)))));

        BlobId good = await AnnounceAsync();
        Assert.Equal(StoreErrorCode.Corrupt, await RefusalAsync(() => PutAsync(content: InBlobs(good, withdrawn))));
        await PutAsync(content: InBlobs(good)); // the refusal did not use up its announcement
        Assert.Equal([new BlobPiece(good, 100)], await Catalog.ListBlobsAsync(null, 10, None));
    }

    [Fact]
    public async Task A_blob_that_was_announced_in_an_earlier_run_is_refused()
    {
        BlobId blob = await AnnounceAsync();
        await ReopenAsync();
        Assert.Equal(StoreErrorCode.Corrupt, await RefusalAsync(() => PutAsync(content: InBlobs(blob))));
        Assert.Equal([blob], await Catalog.FindUnclaimedAsync([blob], None));
    }

    [Fact]
    public async Task An_announcement_serves_once()
    {
        BlobId blob = await AnnounceAsync();
        StoredObject made = await PutAsync(content: InBlobs(blob));
        await Catalog.DeleteObjectAsync(made.Id, None);
        Assert.Equal(StoreErrorCode.Corrupt, await RefusalAsync(() => PutAsync(content: InBlobs(blob))));
        Assert.Equal([blob], await ReleasedAsync());
    }

    [Fact]
    public async Task A_shared_blob_is_released_with_its_last_object()
    {
        BlobId blob = await AnnounceAsync();
        StoredObject first = await PutAsync(NewKeyed("first"), InBlobs(blob));
        StoredObject copy = await PutAsync(NewKeyed("copy"), InBlobs(blob));
        StoredObject twice = await PutAsync(NewKeyed("twice"), InBlobs(blob, blob));
        await Catalog.DeleteObjectAsync(first.Id, None);
        await Catalog.DeleteObjectAsync(twice.Id, None);
        Assert.Empty(await ReleasedAsync());
        await PutAsync(NewKeyed("copy"), InBlobs(blob)); // onto itself
        Assert.Empty(await ReleasedAsync());
        Assert.Equal(ObjectState.Deleted, (await FindAsync(copy.Id)).State);
        await PutAsync(NewKeyed("copy"), Inline("small now"));
        Assert.Equal([blob], await ReleasedAsync());
        Assert.Equal(StoreErrorCode.Corrupt, await RefusalAsync(() => PutAsync(content: InBlobs(blob))));
    }

    [Fact]
    public async Task The_release_queue_keeps_its_order_and_its_grace()
    {
        var blobs = new List<BlobId>();
        for (int n = 0; n < 5; n++)
        {
            blobs.Add(await AnnounceAsync());
            await Catalog.DeleteObjectAsync((await PutAsync(content: InBlobs(blobs[n]))).Id, None);
            MoveClock(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(blobs, await ReleasedAsync());
        Assert.Equal(blobs[..2], await Catalog.ReleasedBlobsAsync(TimeSpan.Zero, after: null, 2, None));
        Assert.Empty(await Catalog.ReleasedBlobsAsync(TimeSpan.FromMinutes(1), after: null, 10, None));
        MoveClock(TimeSpan.FromMinutes(1));
        Assert.Equal(5, (await QueueLengthsAsync()).Released);
        Assert.Empty(await Catalog.FindUnclaimedAsync(blobs, None));

        await Catalog.ForgetReleasedAsync(blobs[..3], None);
        Assert.Equal(blobs[3..], await Catalog.ReleasedBlobsAsync(TimeSpan.FromMinutes(1), after: null, 10, None));
        Assert.Equal(blobs[..3], await Catalog.FindUnclaimedAsync(blobs, None));
        await ReopenAsync();
        Assert.Equal(blobs[3..], await ReleasedAsync());
    }

    [Fact]
    public async Task The_release_queue_is_read_on_after_a_blob_that_stays_in_it()
    {
        var blobs = new List<BlobId>();
        for (int n = 0; n < 6; n++)
        {
            blobs.Add(await AnnounceAsync());
            await Catalog.DeleteObjectAsync((await PutAsync(content: InBlobs(blobs[n]))).Id, None);
            MoveClock(TimeSpan.FromSeconds(n % 2)); // pairs have the same time
        }

        IReadOnlyList<BlobId> all = await ReleasedAsync();
        Assert.Equal(blobs.Order(), all.Order());
        for (int n = 0; n < 6; n++)
        {
            Assert.Equal(all.Skip(n + 1), await Catalog.ReleasedBlobsAsync(TimeSpan.Zero, all[n], 100, None));
        }

        Assert.Equal(all.Skip(2).Take(2), await Catalog.ReleasedBlobsAsync(TimeSpan.Zero, all[1], 2, None));
        Assert.Empty(await Catalog.ReleasedBlobsAsync(TimeSpan.Zero, new BlobId(1), 100, None));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_keeps_nothing_in_the_release_queue()
    {
        BlobId before = await AnnounceAsync();
        await Catalog.DeleteObjectAsync((await PutAsync(content: InBlobs(before))).Id, None);
        BlobId beforeToo = await AnnounceAsync();
        await Catalog.DeleteObjectAsync((await PutAsync(content: InBlobs(beforeToo))).Id, None);
        MoveClock(TimeSpan.FromDays(-1));
        BlobId since = await AnnounceAsync();
        await Catalog.DeleteObjectAsync((await PutAsync(content: InBlobs(since))).Id, None);

        IReadOnlyList<BlobId> due = await Catalog.ReleasedBlobsAsync(TimeSpan.FromMinutes(1), after: null, 10, None);
        Assert.Equal([before, beforeToo], due.Order());
        Assert.Equal([due[1]], await Catalog.ReleasedBlobsAsync(TimeSpan.FromMinutes(1), due[0], 10, None));
        MoveClock(TimeSpan.FromMinutes(1));
        Assert.Equal([since, .. due], await Catalog.ReleasedBlobsAsync(TimeSpan.FromMinutes(1), after: null, 10, None));
        Assert.Equal(due, await Catalog.ReleasedBlobsAsync(TimeSpan.FromMinutes(1), since, 10, None));
    }

    [Fact]
    public async Task Unclaimed_are_blobs_that_nothing_can_claim_any_more()
    {
        BlobId announced = await AnnounceAsync();
        BlobId withdrawn = await AnnounceAsync();
        BlobId used = await AnnounceAsync();
        var foreign = new BlobId(7);
        await Catalog.WithdrawBlobAsync(withdrawn);
        await PutAsync(content: InBlobs(used));
        Assert.Equal([withdrawn, foreign], await Catalog.FindUnclaimedAsync([announced, withdrawn, used, foreign], None));
    }

    [Fact]
    public async Task Blobs_are_listed_in_order_page_by_page()
    {
        var blobs = new List<BlobId>();
        for (int n = 0; n < 25; n++)
        {
            blobs.Add(await AnnounceAsync());
            await PutAsync(content: InBlobs(blobs[n]));
        }

        var listed = new List<BlobId>();
        while (await Catalog.ListBlobsAsync(listed.Count == 0 ? null : listed[^1], 10, None) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(piece => piece.Blob));
        }

        Assert.Equal(blobs.Order(), listed);
    }

    [Fact]
    public async Task Blob_ids_of_different_runs_differ()
    {
        var ids = new HashSet<BlobId>();
        for (int run = 0; run < 3; run++)
        {
            for (int n = 0; n < 100; n++)
            {
                Assert.True(ids.Add(await AnnounceAsync()));
            }

            await ReopenAsync();
        }
    }

    [Fact]
    public async Task Inline_contents_are_checked_stretch_by_stretch()
    {
        for (int n = 0; n < 25; n++)
        {
            await PutAsync(content: Inline("0123456789"));
        }

        long after = 0;
        long size = 0;
        int calls = 0;
        while (true)
        {
            InlineCheck check = await Catalog.CheckInlineAsync(after, 10, None);
            Assert.Equal(0, check.Bad);
            size += check.SizeBytes;
            calls++;
            if (check.Last is not { } last)
            {
                break;
            }

            after = last;
        }

        Assert.Equal((250, 3), (size, calls));
    }

    [Fact]
    public async Task Coarse_times_only_move_forward()
    {
        StoredObject made = await PutAsync();
        AccessKey key = await Catalog.AddAccessKeyAsync(NewKey("token"), None);
        await Catalog.NoteUseAsync(new CoarseTimes([new(made.Id, 2000), new(Catalog.MintObjectId(), 1)], [new(key.Id, 3000)]), None);
        await Catalog.NoteUseAsync(new CoarseTimes([new(made.Id, 1000)], [new(key.Id, 1000), new(Guid.NewGuid(), 1)]), None);
        Assert.Equal(2000, (await FindAsync(made.Id)).LastReadAtMs);
        Assert.Equal(3000, (await Catalog.FindAccessKeyAsync(key.TokenHash, None))!.LastUsedAtMs);
        Assert.Equal(made.UpdatedAtMs, (await FindAsync(made.Id)).UpdatedAtMs);
    }

    [Fact]
    public async Task Ids_only_grow_also_over_reopening_and_when_the_clock_is_set_back()
    {
        ObjectId last = Catalog.MintObjectId();
        for (int n = 0; n < 1000; n++)
        {
            ObjectId next = Catalog.MintObjectId();
            Assert.True(next > last);
            last = next;
        }

        MoveClock(TimeSpan.FromMinutes(-30));
        Assert.True(Catalog.MintObjectId() > last);
        last = (await PutAsync()).Id;
        await ReopenAsync();
        ObjectId after = Catalog.MintObjectId();
        Assert.True(after > last);
        Assert.Equal(last.CreatedAtMs, after.CreatedAtMs);
        await ReopenAsync();
        Assert.True(Catalog.MintObjectId() > after);
    }

    [Fact]
    public async Task Ids_minted_at_once_differ()
    {
        ObjectId[] ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Enumerable.Range(0, 500).Select(_ => Catalog.MintObjectId()).ToArray()))).ContinueWith(
                all => all.Result.SelectMany(some => some).ToArray(), TaskScheduler.Default);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public async Task Ids_that_lead_the_clock_by_more_than_an_hour_follow_it_again()
    {
        MoveClock(TimeSpan.FromHours(3));
        await PutAsync();
        MoveClock(TimeSpan.FromHours(-3));
        await ReopenAsync();
        Assert.InRange(Catalog.MintObjectId().CreatedAtMs, Catalog.NowMs - 60_000, Catalog.NowMs + 1);
    }

    [Fact]
    public async Task Under_a_clock_before_1970_ids_begin_at_1970_and_then_follow_the_clock_again()
    {
        var distance = TimeSpan.FromDays(365 * 63);
        MoveClock(-distance);
        Assert.Equal(0, Catalog.MintObjectId().CreatedAtMs);
        await PutAsync();
        MoveClock(distance);
        await ReopenAsync();
        Assert.InRange(Catalog.MintObjectId().CreatedAtMs, Catalog.NowMs - 60_000, Catalog.NowMs + 1);
    }

    private OnceToken Once(string token, string body = "body") =>
        new(Account.Id, token, SHA256.HashData(Encoding.UTF8.GetBytes(body)));
}
