using System.IO.Pipelines;
using Coffer.Blobs;
using Coffer.Objects;
using Coffer.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Upkeep;

public sealed class SweepAndScrubTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_bytes_of_a_deleted_object_leave_the_disk_after_their_grace()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        Sweep sweep = SweepOf(store);
        StoredObject large = await store.StoreAsync(new byte[100_000]);
        Assert.Equal(1, store.BlobFiles());
        await store.Objects.DeleteAsync(store.Owner, large.Id, CancellationToken.None);

        store.Clock.Pass(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await sweep.RunAsync(CancellationToken.None));
        Assert.Equal(1, store.BlobFiles());
        store.Clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await sweep.RunAsync(CancellationToken.None));

        Assert.Equal(0, store.BlobFiles());
        Assert.Equal(0, (await store.Catalog.QueueLengthsAsync(CancellationToken.None)).Released);
    }

    [Fact]
    public async Task Bytes_that_were_uploaded_again_leave_the_disk_and_the_new_ones_stay()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        byte[] second = Enumerable.Range(0, 200_000).Select(i => (byte)i).ToArray();
        StoredObject made = (await store.Objects.CreateAsync(
            store.Owner, new ObjectDraft { Name = "a" }, once: null, CancellationToken.None)).Object;
        await store.UploadAsync(made.Id, new byte[100_000]);
        await store.UploadAsync(made.Id, second);
        await store.Objects.CompleteAsync(store.Owner, made.Id, CancellationToken.None);

        store.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await SweepOf(store).RunAsync(CancellationToken.None));

        Assert.Equal(second, await store.ReadAsync(made.Id));
        Assert.Equal(1, store.BlobFiles());
    }

    [Fact]
    public async Task A_reader_that_began_before_the_delete_gets_all_bytes()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        byte[] bytes = Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 7)).ToArray();
        StoredObject stored = await store.StoreAsync(bytes);
        using OpenObject open = await store.Objects.OpenAsync(
            store.LinkTo(stored.Id, Access.SignedUse.Download), CancellationToken.None);

        await store.Objects.DeleteAsync(store.Owner, stored.Id, CancellationToken.None);
        store.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await SweepOf(store).RunAsync(CancellationToken.None));

        using var read = new MemoryStream();
        var writer = PipeWriter.Create(read);
        Assert.True(await open.CopyToAsync(writer, 0, open.SizeBytes, CancellationToken.None));
        await writer.CompleteAsync();
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task Litter_is_cleared_and_what_is_stored_or_being_uploaded_is_not()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        byte[] bytes = new byte[100_000];
        StoredObject stored = await store.StoreAsync(bytes);
        BlobId announced = await store.Catalog.AnnounceBlobAsync(CancellationToken.None);
        await store.Blobs.WriteAsync(announced, PipeReader.Create(new MemoryStream(bytes)), new BlobWrite(), CancellationToken.None);
        var litter = new BlobId(1); // an id of a start that no longer runs
        await store.Blobs.WriteAsync(litter, PipeReader.Create(new MemoryStream(bytes)), new BlobWrite(), CancellationToken.None);
        var staged = new BlobId(2);
        await store.Blobs.AppendAsync(staged, 0, PipeReader.Create(new MemoryStream(bytes)), new BlobWrite(), CancellationToken.None);

        Assert.Equal(2, await SweepOf(store).ClearLitterAsync(CancellationToken.None));

        Assert.Null(await store.Blobs.OpenAsync(litter, CancellationToken.None));
        Assert.Empty(await store.Blobs.ListStagedAsync(CancellationToken.None).ToListAsync());
        Assert.Equal(bytes, await store.ReadAsync(stored.Id));
        using IBlobReader? kept = await store.Blobs.OpenAsync(announced, CancellationToken.None);
        Assert.NotNull(kept);
    }

    [Theory]
    [InlineData(1), InlineData(300)] // fewer and more than are deleted at a time
    public async Task A_blob_that_cannot_be_deleted_is_logged_and_stands_in_no_others_way(int stuck)
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        var log = new LogLines();
        var sweep = new Sweep(store.Catalog, store.Blobs, Grace, log.For<Sweep>());
        byte[] bytes = new byte[70_000];
        List<StoredObject> made = [];
        for (int n = 0; n < stuck + 2; n++)
        {
            made.Add(await store.StoreAsync(bytes));
        }

        List<BlobId> undeletable = [.. made.Skip(1).Take(stuck).Select(one => one.Pieces[0].Blob)];
        undeletable.ForEach(store.MakeUndeletable);
        foreach (StoredObject one in made)
        {
            await store.Objects.DeleteAsync(store.Owner, one.Id, CancellationToken.None);
        }

        store.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(2, await sweep.RunAsync(CancellationToken.None));
        Assert.Equal(0, store.BlobFiles());
        Assert.Equal(undeletable.Order(), (await store.Catalog.ReleasedBlobsAsync(Grace, after: null, 1000, CancellationToken.None)).Order());
        Assert.Contains($"{stuck} blobs", Assert.Single(log.Errors), StringComparison.Ordinal);

        foreach (BlobId id in undeletable)
        {
            Directory.Delete(Path.Combine(store.BlobsDirectory, id.ToString()[^2..], id.ToString()));
        }

        Assert.Equal(stuck, await sweep.RunAsync(CancellationToken.None));
        Assert.Equal(0, (await store.Catalog.QueueLengthsAsync(CancellationToken.None)).Released);
    }

    [Fact]
    public async Task What_was_made_from_a_blob_goes_with_it()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject kept = await store.StoreAsync(new byte[70_000]), deleted = await store.StoreAsync(new byte[70_000]);
        var unknown = new BlobId(7);
        var companions = new Companions([kept.Pieces[0].Blob, deleted.Pieces[0].Blob, unknown]);
        var sweep = new Sweep(store.Catalog, store.Blobs, Grace, new LogLines().For<Sweep>(), companions);

        await sweep.ClearLitterAsync(CancellationToken.None);
        Assert.Equal([kept.Pieces[0].Blob, deleted.Pieces[0].Blob], companions.List());

        await store.Objects.DeleteAsync(store.Owner, deleted.Id, CancellationToken.None);
        await sweep.RunAsync(CancellationToken.None);
        Assert.Equal(2, companions.List().Count()); // a reader may still be at it
        store.Clock.Pass(TimeSpan.FromMinutes(2));
        await sweep.RunAsync(CancellationToken.None);
        Assert.Equal([kept.Pieces[0].Blob], companions.List());
    }

    [Fact]
    public async Task Litter_that_cannot_be_deleted_stands_in_no_others_way()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        var log = new LogLines();
        for (uint n = 1; n <= 3; n++)
        {
            await store.Blobs.WriteAsync(
                new BlobId(n), PipeReader.Create(new MemoryStream(new byte[10])), new BlobWrite(), CancellationToken.None);
        }

        store.MakeUndeletable(new BlobId(1));

        Assert.Equal(2, await new Sweep(store.Catalog, store.Blobs, Grace, log.For<Sweep>()).ClearLitterAsync(CancellationToken.None));

        Assert.Equal(0, store.BlobFiles());
        Assert.Contains(new BlobId(1).ToString(), Assert.Single(log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_deleted_before_the_clock_was_set_back_leave_the_disk()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject large = await store.StoreAsync(new byte[100_000]);
        await store.Objects.DeleteAsync(store.Owner, large.Id, CancellationToken.None);

        store.Clock.SetWall(TimeSpan.FromDays(-400));

        Assert.Equal(1, await SweepOf(store).RunAsync(CancellationToken.None));
        Assert.Equal(0, store.BlobFiles());
    }

    [Fact]
    public async Task Of_an_upload_whose_row_could_not_be_written_no_bytes_are_kept()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject made = (await store.Objects.CreateAsync(
            store.Owner, new ObjectDraft { Name = "a" }, once: null, CancellationToken.None)).Object;
        await store.Catalog.RunOnWriterAsync(static db => // ends the transaction, as a disk error in a statement may
            db.Execute("CREATE TRIGGER planted BEFORE INSERT ON blob BEGIN SELECT RAISE(ROLLBACK, 'planted'); END"));

        StoreException failed = await Assert.ThrowsAsync<StoreException>(() => store.UploadAsync(made.Id, new byte[100_000]));

        Assert.Equal(StoreErrorCode.Busy, failed.Code);
        Assert.Equal(0, store.BlobFiles());
        await store.Catalog.RunOnWriterAsync(static db => db.Execute("DROP TRIGGER planted"));
        await store.UploadAsync(made.Id, new byte[100_000]);
        await store.Objects.CompleteAsync(store.Owner, made.Id, CancellationToken.None);
        Assert.Equal(100_000, (await store.ReadAsync(made.Id)).Length);
    }

    [Fact]
    public async Task A_scrub_reads_everything_and_counts_what_is_damaged_or_missing()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        var log = new LogLines();
        var scrub = new Scrub(store.Catalog, store.Blobs, store.Clock, log.For<Scrub>());
        await store.StoreAsync(new byte[10]);
        StoredObject damaged = await store.StoreAsync(new byte[100_000]);
        StoredObject missing = await store.StoreAsync(new byte[200_000]);
        StoredObject swapped = await store.StoreAsync(new byte[150_000]);
        StoredObject other = await store.StoreAsync(new byte[90_000]);
        Assert.Equal(new ScrubReport(5, 540_010, 0), await scrub.RunAsync(bytesPerSecond: 0, CancellationToken.None));
        Assert.Empty(log.Errors);

        Flip(FileOf(store, damaged));
        File.Delete(FileOf(store, missing));
        await store.Blobs.DeleteAsync(missing.Pieces[0].Blob, CancellationToken.None); // closes the cached handle too

        string wrongSize = FileOf(store, swapped);
        await store.Blobs.DeleteAsync(swapped.Pieces[0].Blob, CancellationToken.None);
        File.Copy(FileOf(store, other), wrongSize); // a whole blob, but not this one

        Assert.Equal(new ScrubReport(5, 540_010, 3), await scrub.RunAsync(bytesPerSecond: 0, CancellationToken.None));
        foreach (StoredObject bad in new[] { damaged, missing, swapped })
        {
            Assert.Single(log.Errors, line => line.Contains(bad.Pieces[0].Blob.ToString(), StringComparison.Ordinal));
        }

        Assert.Equal(3, log.Errors.Count);
        Assert.Equal(StoreErrorCode.Corrupt, (await Assert.ThrowsAsync<StoreException>(() => store.ReadAsync(damaged.Id))).Code);
        Assert.Equal(StoreErrorCode.Corrupt, (await Assert.ThrowsAsync<StoreException>(() => store.ReadAsync(missing.Id))).Code);
    }

    [Fact]
    public async Task Completing_an_upload_whose_bytes_are_gone_ends_in_ERROR()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject made = (await store.Objects.CreateAsync(
            store.Owner, new ObjectDraft { Name = "a" }, once: null, CancellationToken.None)).Object;
        await store.UploadAsync(made.Id, new byte[100_000]);
        StoredObject uploaded = await store.Objects.GetAsync(store.Owner, made.Id, CancellationToken.None);
        await store.Blobs.DeleteAsync(uploaded.Pieces[0].Blob, CancellationToken.None);

        Task Complete() => store.Objects.CompleteAsync(store.Owner, made.Id, CancellationToken.None);

        Assert.Equal(StoreErrorCode.Corrupt, (await Assert.ThrowsAsync<StoreException>(Complete)).Code);
        Assert.Equal(ObjectState.Error, (await store.Objects.GetAsync(store.Owner, made.Id, CancellationToken.None)).State);
        Assert.Equal(StoreErrorCode.WrongState, (await Assert.ThrowsAsync<StoreException>(Complete)).Code);
    }

    [Fact]
    public async Task Completing_an_upload_whose_bytes_are_gone_spares_those_that_come_in_their_place()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        byte[] good = Enumerable.Range(0, 120_000).Select(n => (byte)n).ToArray();
        StoredObject made = (await store.Objects.CreateAsync(
            store.Owner, new ObjectDraft { Name = "a" }, once: null, CancellationToken.None)).Object;
        await store.UploadAsync(made.Id, new byte[100_000]);
        StoredObject uploaded = await store.Objects.GetAsync(store.Owner, made.Id, CancellationToken.None);
        await store.Blobs.DeleteAsync(uploaded.Pieces[0].Blob, CancellationToken.None);
        var watched = new WatchedBlobs(store.Blobs) { OnOpen = () => store.UploadAsync(made.Id, good) };
        var objects = new ObjectStore(store.Catalog, watched, store.Gate, new StoreLimits(), store.Use);

        StoredObject complete = await objects.CompleteAsync(store.Owner, made.Id, CancellationToken.None);

        Assert.Equal((ObjectState.ReadOnly, good.Length), (complete.State, complete.SizeBytes));
        Assert.Equal(good, await store.ReadAsync(made.Id));
    }

    private static Sweep SweepOf(SmallStore store) => new(store.Catalog, store.Blobs, Grace, NullLogger<Sweep>.Instance);

    private static string FileOf(SmallStore store, StoredObject stored) => Assert.Single(
        Directory.EnumerateFiles(store.BlobsDirectory, stored.Pieces[0].Blob.ToString(), SearchOption.AllDirectories));

    private static void Flip(string path)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = 70_000;
        int value = file.ReadByte();
        file.Position = 70_000;
        file.WriteByte((byte)(value ^ 1));
    }

    private sealed class Companions(IEnumerable<BlobId> ids) : IBlobCompanions
    {
        private readonly List<BlobId> _ids = [.. ids];

        public void Remove(BlobId id) => _ids.Remove(id);

        public IEnumerable<BlobId> List() => [.. _ids];
    }
}
