using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task An_object_goes_from_uploading_over_read_only_to_deleted()
    {
        NewObject made = NewObject("scan.tif") with
        {
            Class = ContentClass.Binary,
            MediaType = "image/tiff",
            CacheControl = "no-store",
            ContentEncoding = "gzip",
            Metadata = ObjectMetadata.From([new("a", "1"), new("ü", "\U0001F600")]),
            Owner = "someone",
            IsPublic = true,
            ExpiresAtMs = Catalog.NowMs + 1_000_000,
        };
        CreatedObject created = await Catalog.CreateObjectAsync(made, once: null, None);
        Assert.True(created.WasMade);
        StoredObject uploading = await FindAsync(made.Id);
        Assert.Equal(ObjectState.Uploading, uploading.State);
        Assert.Null(uploading.SizeBytes);
        Assert.Null(uploading.ETag);
        AssertSame(made, uploading);
        AssertSame(made, created.Object);
        Assert.Equal(made.Id.CreatedAtMs, uploading.KeyCreatedAtMs);

        Transition attached = await Catalog.AttachContentAsync(made.Id, Inline("hello", "etag"), None);
        Assert.True(attached.Happened);
        Assert.Equal((5, "etag"), (attached.Object!.SizeBytes, attached.Object.ETag));
        Assert.Equal(ObjectState.Uploading, attached.Object.State);

        Transition @sealed = await Catalog.SealObjectAsync(made.Id, None);
        Assert.True(@sealed.Happened);
        Assert.Equal(ObjectState.ReadOnly, @sealed.Object!.State);
        StoredObject readOnly = await FindAsync(made.Id);
        Assert.Equal(ObjectState.ReadOnly, readOnly.State);
        Assert.Equal((5, "etag"), (readOnly.SizeBytes, readOnly.ETag));
        AssertSame(made, readOnly);
        Assert.Equal("hello", await ReadInlineAsync(made.Id));

        Transition deleted = await Catalog.DeleteObjectAsync(made.Id, None);
        Assert.True(deleted.Happened);
        StoredObject tombstone = await FindAsync(made.Id);
        Assert.Equal(ObjectState.Deleted, tombstone.State);
        Assert.Null(tombstone.SizeBytes);
        Assert.Null(tombstone.ETag);
        Assert.Null(await ReadInlineAsync(made.Id));
        AssertSame(made, tombstone);
    }

    [Fact]
    public async Task Bytes_that_replace_others_than_those_expected_are_not_taken()
    {
        NewObject made = NewObject();
        await Catalog.CreateObjectAsync(made, once: null, None);
        var nothing = new ExpectedContent(ETag: null);

        Assert.False((await AttachAsync("one", new ExpectedContent("other"))).Happened);
        Assert.Null((await FindAsync(made.Id)).ETag);
        Assert.True((await AttachAsync("one", nothing)).Happened);
        Assert.False((await AttachAsync("two", nothing)).Happened);
        Transition refused = await AttachAsync("two", new ExpectedContent("other"));
        Assert.Equal((false, "one"), (refused.Happened, refused.Object!.ETag));
        Assert.True((await AttachAsync("two", new ExpectedContent("one"))).Happened);
        Assert.True((await AttachAsync("three", expected: null)).Happened);
        Assert.Equal("three", (await FindAsync(made.Id)).ETag);

        Task<Transition> AttachAsync(string text, ExpectedContent? expected) =>
            Catalog.AttachContentAsync(made.Id, Inline(text, text) with { Replaces = expected }, None);
    }

    [Fact]
    public async Task What_is_not_there_is_null_everywhere()
    {
        ObjectId unknown = Catalog.MintObjectId();
        Assert.Null(await Catalog.FindObjectAsync(unknown, None));
        Assert.Null(await Catalog.OpenObjectAsync(unknown, None));
        Assert.Null(await FindAsync(Bucket, "no such key"));
        Assert.Equal(new Transition(false, null), await Catalog.SealObjectAsync(unknown, None));
        Assert.Equal(new Transition(false, null), await Catalog.FailObjectAsync(unknown, etag: null, None));
        Assert.Equal(new Transition(false, null), await Catalog.DeleteObjectAsync(unknown, None));
        Assert.Equal(new Transition(false, null), await Catalog.UpdateObjectAsync(unknown, new ObjectChange { Name = "x" }, None));
        Assert.Equal(new Transition(false, null), await Catalog.AttachContentAsync(unknown, Inline("x"), None));
    }

    [Fact]
    public async Task An_object_without_content_cannot_be_sealed()
    {
        StoredObject made = await CreateAsync();
        Transition @sealed = await Catalog.SealObjectAsync(made.Id, None);
        Assert.False(@sealed.Happened);
        Assert.Equal(ObjectState.Uploading, @sealed.Object!.State);
    }

    [Fact]
    public async Task An_empty_content_can_be_sealed_and_read()
    {
        StoredObject inline = await CreateAsync();
        await Catalog.AttachContentAsync(inline.Id, Inline(""), None);
        Assert.True((await Catalog.SealObjectAsync(inline.Id, None)).Happened);
        Assert.Equal("", await ReadInlineAsync(inline.Id));

        StoredObject nowhere = await CreateAsync();
        await Catalog.AttachContentAsync(nowhere.Id, new NewContent { SizeBytes = 0, ETag = "empty" }, None);
        Assert.True((await Catalog.SealObjectAsync(nowhere.Id, None)).Happened);
        using OpenedRow? row = await Catalog.OpenObjectAsync(nowhere.Id, None);
        Assert.Equal(0, row!.Object.SizeBytes);
        Assert.Null(row.Inline);
    }

    [Fact]
    public async Task Every_step_that_the_state_forbids_changes_nothing()
    {
        StoredObject readOnly = await PutAsync();
        StoredObject deleted = await PutAsync();
        await Catalog.DeleteObjectAsync(deleted.Id, None);
        StoredObject failed = await CreateAsync();
        await Catalog.FailObjectAsync(failed.Id, etag: null, None);

        foreach (ObjectId id in (ObjectId[])[readOnly.Id, deleted.Id, failed.Id])
        {
            StoredObject before = await FindAsync(id);
            Assert.False((await Catalog.AttachContentAsync(id, Inline("other"), None)).Happened);
            Assert.False((await Catalog.SealObjectAsync(id, None)).Happened);
            Assert.False((await Catalog.FailObjectAsync(id, before.ETag, None)).Happened);
            Assert.Equivalent(before, await FindAsync(id), strict: true);
        }

        Assert.False((await Catalog.DeleteObjectAsync(deleted.Id, None)).Happened);
        Assert.False((await Catalog.UpdateObjectAsync(deleted.Id, new ObjectChange { Name = "x" }, None)).Happened);
        Assert.False((await Catalog.UpdateObjectAsync(failed.Id, new ObjectChange { Name = "x" }, None)).Happened);
        Assert.Equal("hello", await ReadInlineAsync(readOnly.Id));
    }

    [Fact]
    public async Task A_failed_object_gives_up_its_bytes()
    {
        StoredObject made = await CreateAsync();
        BlobId blob = await AnnounceAsync();
        await Catalog.AttachContentAsync(made.Id, InBlobs(blob), None);
        Transition failed = await Catalog.FailObjectAsync(made.Id, "blobs", None);
        Assert.True(failed.Happened);
        Assert.Equal(ObjectState.Error, failed.Object!.State);
        Assert.Null(failed.Object.SizeBytes);
        Assert.Equal([blob], await ReleasedAsync());
        Assert.True((await Catalog.DeleteObjectAsync(made.Id, None)).Happened);
    }

    [Fact]
    public async Task Bytes_that_came_in_place_of_the_damaged_ones_are_not_failed()
    {
        StoredObject made = await CreateAsync();
        await Catalog.AttachContentAsync(made.Id, Inline("damaged", "first"), None);
        await Catalog.AttachContentAsync(made.Id, Inline("good", "second"), None);

        Transition failed = await Catalog.FailObjectAsync(made.Id, "first", None);

        Assert.False(failed.Happened);
        Assert.Equal((ObjectState.Uploading, "second"), (failed.Object!.State, failed.Object.ETag));
        Assert.False((await Catalog.FailObjectAsync(made.Id, etag: null, None)).Happened);
        Assert.True((await Catalog.SealObjectAsync(made.Id, None)).Happened);
        Assert.Equal("good", await ReadInlineAsync(made.Id));
    }

    [Fact]
    public async Task Of_many_seals_at_once_one_happens()
    {
        for (int round = 0; round < 20; round++)
        {
            StoredObject made = await CreateAsync();
            await Catalog.AttachContentAsync(made.Id, Inline("x"), None);
            Transition[] seals = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Catalog.SealObjectAsync(made.Id, None))));
            Assert.Single(seals, seal => seal.Happened);
            Assert.All(seals, seal => Assert.Equal(ObjectState.ReadOnly, seal.Object!.State));
        }
    }

    [Fact]
    public async Task An_attach_that_races_a_seal_comes_before_it_or_does_not_happen()
    {
        for (int round = 0; round < 40; round++)
        {
            StoredObject made = await CreateAsync();
            await Catalog.AttachContentAsync(made.Id, Inline("first"), None);
            Task<Transition> attach = Task.Run(() => Catalog.AttachContentAsync(made.Id, Inline("the second"), None));
            Task<Transition> seal = Task.Run(() => Catalog.SealObjectAsync(made.Id, None));
            Assert.True((await seal).Happened);
            Assert.Equal((await attach).Happened ? "the second" : "first", await ReadInlineAsync(made.Id));
            Assert.Equal((await attach).Happened ? 10 : 5, (await seal).Object!.SizeBytes);
        }
    }

    [Fact]
    public async Task New_content_takes_the_place_of_what_was_uploaded_before()
    {
        StoredObject made = await CreateAsync();
        BlobId first = await AnnounceAsync();
        BlobId second = await AnnounceAsync();
        await Catalog.AttachContentAsync(made.Id, Inline("inline"), None);
        await Catalog.AttachContentAsync(made.Id, InBlobs(first), None);
        Assert.Null(await ReadInlineAsync(made.Id));
        await Catalog.AttachContentAsync(made.Id, InBlobs(second), None);
        Assert.Equal([first], await ReleasedAsync());
        Assert.Equal([new BlobPiece(second, 100)], (await FindAsync(made.Id)).Pieces);
        await Catalog.AttachContentAsync(made.Id, Inline("again"), None);
        Assert.Equal("again", await ReadInlineAsync(made.Id));
        Assert.Empty((await FindAsync(made.Id)).Pieces);
        Assert.Equal([first, second], (await ReleasedAsync()).Order());
    }

    [Fact]
    public async Task The_callers_buffer_may_be_reused_once_the_call_returned()
    {
        byte[] buffer = "written"u8.ToArray();
        NewObject made = NewObject();
        Task<StoredObject> put = Catalog.PutObjectAsync(made, Inline(buffer), None);
        Array.Clear(buffer);
        await put;
        Assert.Equal("written", await ReadInlineAsync(made.Id));
    }

    [Fact]
    public async Task A_change_touches_what_it_names_and_nothing_else()
    {
        NewObject made = NewObject("old") with { Metadata = ObjectMetadata.From([new("a", "1")]), ExpiresAtMs = Catalog.NowMs + 500_000 };
        await PutAsync(made);
        StoredObject before = await FindAsync(made.Id);

        Transition renamed = await Catalog.UpdateObjectAsync(made.Id, new ObjectChange { Name = "new" }, None);
        Assert.True(renamed.Happened);
        Assert.Equal(before with { Name = "new", UpdatedAtMs = 0, Metadata = null, Pieces = [] },
            renamed.Object! with { UpdatedAtMs = 0, Metadata = null, Pieces = [] });
        Assert.Equal("""{"a":"1"}""", renamed.Object!.Metadata!.Json);
        Assert.True(renamed.Object.UpdatedAtMs >= before.UpdatedAtMs);

        await Catalog.UpdateObjectAsync(made.Id, new ObjectChange { IsPublic = true, Metadata = ObjectMetadata.From([new("b", "2")]) }, None);
        StoredObject published = await FindAsync(made.Id);
        Assert.True(published.IsPublic);
        Assert.Equal("""{"b":"2"}""", published.Metadata!.Json);
        Assert.Equal(made.ExpiresAtMs, published.ExpiresAtMs);

        await Catalog.UpdateObjectAsync(made.Id, new ObjectChange { ClearMetadata = true, ClearExpiry = true, IsPublic = false }, None);
        StoredObject cleared = await FindAsync(made.Id);
        Assert.False(cleared.IsPublic);
        Assert.Null(cleared.Metadata);
        Assert.Null(cleared.ExpiresAtMs);
        Assert.Equal("new", cleared.Name);
    }

    [Fact]
    public async Task A_write_that_was_cancelled_before_it_began_writes_nothing()
    {
        NewObject made = NewObject();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Catalog.PutObjectAsync(made, Inline("x"), cancelled.Token));
        await PutAsync(); // whatever was queued before is through now
        Assert.Null(await Catalog.FindObjectAsync(made.Id, None));
    }

    [Fact]
    public async Task A_write_cancelled_at_any_moment_is_whole_or_absent()
    {
        var random = new Random(7);
        await Parallel.ForAsync(0, 200, async (_, _) =>
        {
            NewObject made = NewObject();
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Next(2000)));
            try
            {
                await Catalog.PutObjectAsync(made, Inline("whole"), cancellation.Token);
                Assert.Equal("whole", await ReadInlineAsync(made.Id));
            }
            catch (OperationCanceledException)
            {
                Assert.Null(await Catalog.FindObjectAsync(made.Id, None));
            }
        });
    }

    [Fact]
    public async Task What_was_answered_is_there_after_reopening()
    {
        StoredObject[] made = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => PutAsync(NewObject(), Inline($"content {n}"))));
        await ReopenAsync();
        for (int n = 0; n < made.Length; n++)
        {
            Assert.Equivalent(made[n], await FindAsync(made[n].Id), strict: true);
            Assert.Equal($"content {n}", await ReadInlineAsync(made[n].Id));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(65536)]
    public async Task Inline_bytes_of_any_size_come_back_equal(int size)
    {
        size = Math.Min(size, Catalog.InlineMaxBytes);
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        StoredObject made = await PutAsync(content: Inline(bytes));
        using OpenedRow? row = await Catalog.OpenObjectAsync(made.Id, None);
        Assert.True(row!.Inline!.Value.Span.SequenceEqual(bytes));
    }

    private static void AssertSame(NewObject made, StoredObject found)
    {
        Assert.Equal(made.Id, found.Id);
        Assert.Equal((made.Account, made.Bucket, made.Key, made.Name), (found.Account, found.Bucket, found.Key, found.Name));
        Assert.Equal((made.Class, made.MediaType, made.CacheControl), (found.Class, found.MediaType, found.CacheControl));
        Assert.Equal((made.ContentEncoding, made.Owner, made.IsPublic), (found.ContentEncoding, found.Owner, found.IsPublic));
        Assert.Equal((made.Metadata?.Json, made.ExpiresAtMs), (found.Metadata?.Json, found.ExpiresAtMs));
    }
}
