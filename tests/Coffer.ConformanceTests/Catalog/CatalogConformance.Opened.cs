using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>Objects that are opened again and again: whatever a catalog remembers of them, changes show at once.</summary>
public abstract partial class CatalogConformance
{
    [Fact]
    public async Task An_object_that_was_opened_before_opens_with_the_same_bytes()
    {
        StoredObject made = await PutAsync(content: Inline("hello"));
        Assert.Equal("hello", await ReadInlineAsync(made.Id));
        Assert.Equal("hello", await ReadInlineAsync(made.Id));

        await ReopenAsync();

        Assert.Equal("hello", await ReadInlineAsync(made.Id));
    }

    [Fact]
    public async Task A_deleted_object_is_off_though_it_was_opened_before()
    {
        StoredObject made = await PutAsync(content: Inline("hello"));
        Assert.Equal("hello", await ReadInlineAsync(made.Id));

        await Catalog.DeleteObjectAsync(made.Id, None);

        using OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None);
        Assert.Equal(ObjectState.Deleted, row!.Object.State);
        Assert.Null(row.Inline);
    }

    [Fact]
    public async Task What_an_update_changes_shows_though_the_object_was_opened_before()
    {
        StoredObject made = await PutAsync(NewObject("before") with { IsPublic = true });
        foreach ((ObjectChange change, string name, bool isPublic) in ((ObjectChange, string, bool)[])
            [(new ObjectChange { Name = "after" }, "after", true), (new ObjectChange { IsPublic = false }, "after", false)])
        {
            (await Catalog.OpenObjectAsync(made.Id, None))!.Dispose();

            await Catalog.UpdateObjectAsync(made.Id, change, None);

            using OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None);
            Assert.Equal((name, isPublic), (row!.Object.Name, row.Object.IsPublic));
        }
    }

    [Fact]
    public async Task An_object_that_was_opened_before_ends_with_its_lifetime_and_not_before()
    {
        StoredObject made = await PutAsync(NewObject() with { ExpiresAtMs = Catalog.NowMs + 60_000 });
        Assert.Equal("hello", await ReadInlineAsync(made.Id));
        MoveClock(TimeSpan.FromSeconds(30));
        Assert.Equal("hello", await ReadInlineAsync(made.Id));

        MoveClock(TimeSpan.FromSeconds(30));

        using OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None);
        Assert.Equal(ObjectState.Deleted, row!.Object.State);
        Assert.Null(row.Inline);
    }

    [Fact]
    public async Task A_lifetime_given_to_an_object_that_was_opened_before_counts()
    {
        StoredObject made = await PutAsync();
        Assert.Equal("hello", await ReadInlineAsync(made.Id));

        await Catalog.UpdateObjectAsync(made.Id, new ObjectChange { ExpiresAtMs = Catalog.NowMs + 1000 }, None);
        MoveClock(TimeSpan.FromSeconds(1));

        Assert.Null(await ReadInlineAsync(made.Id));
    }

    [Fact]
    public async Task An_object_whose_key_was_written_again_is_off_though_it_was_opened_before()
    {
        StoredObject old = await PutAsync(NewKeyed("key"), Inline("old"));
        Assert.Equal("old", await ReadInlineAsync(old.Id));

        StoredObject now = await PutAsync(NewKeyed("key"), Inline("new"));

        Assert.Null(await ReadInlineAsync(old.Id));
        Assert.Equal("new", await ReadInlineAsync(now.Id));
    }

    [Fact]
    public async Task What_an_address_opens_is_what_was_put_there_last()
    {
        Bucket bucket = await AddBucketAsync("opened");
        var address = new ObjectAddress(bucket.Name, "key");
        foreach (string text in (string[])["one", "two", "three"])
        {
            await PutAsync(NewKeyed("key", bucket.Id), Inline(text));
            for (int turn = 0; turn < 2; turn++)
            {
                using OpenedRow? row = (await Catalog.OpenAsync(address, None)).Row;
                Assert.Equal(text, System.Text.Encoding.UTF8.GetString(row!.Inline!.Value.Span));
            }
        }

        StoredObject there = (await Catalog.FindAsync(address, None)).Object!;
        await Catalog.DeleteObjectAsync(there.Id, None);

        Assert.Null((await Catalog.OpenAsync(address, None)).Row);
    }

    [Fact]
    public async Task What_changes_of_a_bucket_shows_at_once()
    {
        Bucket bucket = await AddBucketAsync("opened");
        await PutAsync(NewKeyed("key", bucket.Id), Inline("one"));
        var address = new ObjectAddress(bucket.Name, "key");
        for (int turn = 0; turn < 2; turn++)
        {
            Assert.False((await Catalog.OpenAsync(address, None)).Bucket!.IsPublic);
        }

        await Catalog.ChangeBucketAsync(bucket.Id, new BucketChange { IsPublic = true }, None);
        Assert.True((await Catalog.OpenAsync(address, None)).Bucket!.IsPublic);
        Assert.True((await Catalog.FindBucketAsync(bucket.Name, None))!.IsPublic);

        await Catalog.DeleteObjectAsync((await Catalog.FindAsync(address, None)).Object!.Id, None);
        Assert.Equal(BucketRemoval.Removed, await Catalog.DeleteBucketAsync(bucket.Id, None));
        Assert.Null((await Catalog.OpenAsync(address, None)).Bucket);
        Assert.Null(await Catalog.FindBucketAsync(bucket.Name, None));
    }

    [Fact]
    public async Task What_the_reaper_took_and_purged_is_off_though_it_was_opened_before()
    {
        StoredObject made = await PutAsync(NewObject() with { ExpiresAtMs = Catalog.NowMs + 1000 });
        Assert.Equal("hello", await ReadInlineAsync(made.Id));
        MoveClock(TimeSpan.FromSeconds(2));
        await Catalog.ReapExpiredAsync(100, None);
        (await Catalog.OpenObjectAsync(made.Id, None))!.Dispose();

        await Catalog.PurgeTombstonesAsync(Catalog.NowMs + 1, 100, None);

        Assert.Null(await Catalog.OpenObjectAsync(made.Id, None));
    }

    [Fact]
    public async Task Blobs_of_an_object_that_was_opened_before_are_those_of_its_row()
    {
        BlobId blob = await AnnounceAsync();
        StoredObject made = await PutAsync(content: InBlobs(blob));
        for (int turn = 0; turn < 2; turn++)
        {
            using OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None);
            Assert.Null(row!.Inline);
            Assert.Equal([new BlobPiece(blob, 100)], row.Object.Pieces);
        }

        await Catalog.DeleteObjectAsync(made.Id, None);

        using OpenedRow? gone = await Catalog.OpenObjectAsync(made.Id, None);
        Assert.Empty(gone!.Object.Pieces);
    }

    [Fact]
    public async Task Readers_never_see_what_an_answered_update_has_replaced()
    {
        StoredObject made = await PutAsync(NewObject("0"));
        int answered = 0;
        bool isOver = false;
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            int seen = 0;
            while (!Volatile.Read(ref isOver))
            {
                int least = Math.Max(Volatile.Read(ref answered), seen); // nor does anybody see it go back
                using OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None);
                seen = int.Parse(row!.Object.Name, System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(seen >= least, $"{seen} after {least}");
            }
        }))];

        try
        {
            for (int turn = 1; turn <= 300; turn++)
            {
                await Catalog.UpdateObjectAsync(made.Id, new ObjectChange { Name = $"{turn}" }, None);
                Volatile.Write(ref answered, turn);
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            await Task.WhenAll(readers);
        }
    }
}
