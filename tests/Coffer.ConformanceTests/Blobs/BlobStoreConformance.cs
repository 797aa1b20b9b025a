using System.IO.Pipelines;
using System.Security.Cryptography;
using Coffer.Blobs;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>What every <see cref="IBlobStore"/> does, whatever it stands on. A subclass makes an empty store, and opens it again.</summary>
public abstract class BlobStoreConformance : IAsyncLifetime
{
    private static long _lastId;

    protected IBlobStore Store { get; private set; } = null!;

    /// <summary>Opens the store over what this test has stored so far; nothing at the first call.</summary>
    protected abstract Task<IBlobStore> OpenStoreAsync();

    /// <summary>Ends a store as a process does that stops.</summary>
    protected abstract Task CloseStoreAsync(IBlobStore store);

    public async ValueTask InitializeAsync() => Store = await OpenStoreAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseStoreAsync(Store);
        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual Task CleanUpAsync() => Task.CompletedTask;

    protected async Task ReopenAsync()
    {
        await CloseStoreAsync(Store);
        Store = await OpenStoreAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData((256 << 10) - 1)]
    [InlineData(256 << 10)]
    [InlineData((256 << 10) + 1)]
    [InlineData(1 << 20)]
    [InlineData((3 << 20) + 7)]
    [InlineData((20 << 20) + 1)]
    public async Task A_written_blob_reads_back_the_same_also_after_a_restart(int size)
    {
        byte[] bytes = Bytes(size);
        BlobId id = NewId();

        BlobReceipt receipt = await Store.WriteAsync(id, new PiecewiseReader(bytes, seed: size), new BlobWrite(), Cancellation);

        Assert.Equal(size, receipt.SizeBytes);
        Assert.Null(receipt.Md5);
        Assert.Equal(bytes, await ReadAsync(id));
        await ReopenAsync();
        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public async Task Md5_is_counted_when_asked_for(int size)
    {
        byte[] bytes = Bytes(size);

        BlobReceipt receipt = await Store.WriteAsync(
            NewId(), new PiecewiseReader(bytes), new BlobWrite { Length = size, Digests = BlobDigests.Md5 }, Cancellation);

        Assert.Equal(CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes), receipt.Md5);
    }

    [Fact]
    public async Task Any_range_reads_as_the_same_range_of_the_bytes_written()
    {
        const int Seed = 20_310;
        var random = new Random(Seed);
        foreach (int size in (int[])[1, 70_000, 256 << 10, 1_500_000])
        {
            byte[] bytes = Bytes(size);
            BlobId id = await WriteAsync(bytes);
            for (int round = 0; round < 60; round++)
            {
                int offset = Near(random, size);
                int count = Math.Min(Near(random, size), size - offset);
                byte[] read = await ReadAsync(id, offset, count);
                Assert.True(bytes.AsSpan(offset, count).SequenceEqual(read), $"{offset}+{count} of {size} (seed {Seed})");
            }
        }
    }

    [Fact]
    public async Task A_range_outside_the_blob_is_refused()
    {
        BlobId id = await WriteAsync(Bytes(100));
        using IBlobReader reader = (await Store.OpenAsync(id, Cancellation))!;
        var pipe = new Pipe();

        foreach ((long offset, long count) in ((long, long)[])[(-1, 1), (0, 101), (101, 0), (50, 51), (1, long.MaxValue), (0, -1)])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                async () => await reader.CopyToAsync(pipe.Writer, offset, count, Cancellation));
        }

        Assert.True(await reader.CopyToAsync(pipe.Writer, 100, 0, Cancellation));
    }

    [Fact]
    public async Task A_blob_that_was_never_written_is_not_there()
    {
        Assert.Null(await Store.OpenAsync(NewId(), Cancellation));
    }

    [Fact]
    public async Task A_cancelled_write_leaves_no_blob_behind()
    {
        (BlobId id, var pipe) = (NewId(), new Pipe());
        using var cancellation = new CancellationTokenSource();
        Task write = Store.WriteAsync(id, pipe.Reader, new BlobWrite(), cancellation.Token);
        await pipe.Writer.WriteAsync(Bytes(40_000), Cancellation);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        await AssertNothingStoredAsync(id);
    }

    [Fact]
    public async Task A_write_whose_source_fails_leaves_no_blob_behind()
    {
        (BlobId id, var pipe) = (NewId(), new Pipe());
        Task write = Store.WriteAsync(id, pipe.Reader, new BlobWrite(), Cancellation);
        await pipe.Writer.WriteAsync(Bytes(40_000), Cancellation);

        await pipe.Writer.CompleteAsync(new InvalidDataException("the source failed"));

        await Assert.ThrowsAsync<InvalidDataException>(() => write);
        await AssertNothingStoredAsync(id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(600_000)]
    public async Task Content_of_exactly_the_most_bytes_allowed_is_stored_and_one_more_is_refused(int most)
    {
        BlobId fits = NewId();
        await Store.WriteAsync(fits, new PiecewiseReader(Bytes(most)), new BlobWrite { MaxBytes = most }, Cancellation);
        Assert.Equal(Bytes(most), await ReadAsync(fits));

        BlobId large = NewId();
        await AssertRefusedAsync(StoreErrorCode.TooLarge, () => Store.WriteAsync(
            large, new PiecewiseReader(Bytes(most + 1)), new BlobWrite { MaxBytes = most }, Cancellation));
        Assert.Null(await Store.OpenAsync(large, Cancellation));
    }

    [Fact]
    public async Task Content_that_goes_on_is_refused_as_soon_as_it_is_too_large()
    {
        (BlobId id, var pipe) = (NewId(), new Pipe());
        await pipe.Writer.WriteAsync(Bytes(10_001), Cancellation);

        await AssertRefusedAsync(StoreErrorCode.TooLarge, () => Store.WriteAsync(
            id, pipe.Reader, new BlobWrite { MaxBytes = 10_000 }, Cancellation));

        await AssertNothingStoredAsync(id);
        Assert.False(pipe.Reader.TryRead(out _), "the bytes were taken, so the source can be drained on");
    }

    [Fact]
    public async Task An_announced_length_that_is_too_large_is_refused_before_a_byte_is_read()
    {
        var untouched = new Pipe();

        await AssertRefusedAsync(StoreErrorCode.TooLarge, () => Store.WriteAsync(
            NewId(), untouched.Reader, new BlobWrite { Length = 11, MaxBytes = 10 }, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    public async Task Content_that_ends_short_of_its_announced_length_is_refused(int size)
    {
        BlobId id = NewId();

        await AssertRefusedAsync(StoreErrorCode.ContentTruncated, () => Store.WriteAsync(
            id, new PiecewiseReader(Bytes(size)), new BlobWrite { Length = size + 1 }, Cancellation));

        await AssertNothingStoredAsync(id);
    }

    [Fact]
    public async Task A_reader_finishes_although_the_blob_is_deleted_meanwhile()
    {
        byte[] bytes = Bytes(1_200_000);
        BlobId id = await WriteAsync(bytes);
        using IBlobReader reader = (await Store.OpenAsync(id, Cancellation))!;
        Assert.Equal(bytes[..10], await CopyAsync(reader, 0, 10));

        await Store.DeleteAsync(id, Cancellation);

        Assert.Null(await Store.OpenAsync(id, Cancellation));
        Assert.Equal(bytes, await CopyAsync(reader, 0, bytes.Length));
    }

    [Fact]
    public async Task Readers_that_race_with_a_delete_see_the_whole_blob_or_none()
    {
        for (int round = 0; round < 20; round++)
        {
            byte[] bytes = Bytes(200_000);
            BlobId id = await WriteAsync(bytes);
            Task<byte[]?>[] reads = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => TryReadAsync(id)))];
            await Store.DeleteAsync(id, Cancellation);

            foreach (byte[]? read in await Task.WhenAll(reads))
            {
                Assert.True(read is null || bytes.AsSpan().SequenceEqual(read));
            }

            Assert.Null(await Store.OpenAsync(id, Cancellation));
        }
    }

    [Fact]
    public async Task Deleting_twice_or_what_never_was_succeeds()
    {
        BlobId id = await WriteAsync(Bytes(10));

        await Store.DeleteAsync(id, Cancellation);
        await Store.DeleteAsync(id, Cancellation);
        await Store.DeleteAsync(NewId(), Cancellation);

        await AssertNothingStoredAsync(id);
    }

    [Fact]
    public async Task A_copy_ends_without_an_error_when_its_reader_went_away()
    {
        BlobId id = await WriteAsync(Bytes(1_000_000));
        using IBlobReader reader = (await Store.OpenAsync(id, Cancellation))!;
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();

        Assert.False(await reader.CopyToAsync(pipe.Writer, 0, reader.SizeBytes, Cancellation));
    }

    [Fact]
    public async Task A_copy_waits_for_a_slow_reader_and_can_be_cancelled()
    {
        BlobId id = await WriteAsync(Bytes(2_000_000));
        using IBlobReader reader = (await Store.OpenAsync(id, Cancellation))!;
        using var cancellation = new CancellationTokenSource();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 100_000, resumeWriterThreshold: 50_000));
        Task<bool> copy = reader.CopyToAsync(pipe.Writer, 0, reader.SizeBytes, cancellation.Token).AsTask();
        Assert.False(copy.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
    }

    [Fact]
    public async Task Many_writers_and_readers_at_once_keep_their_bytes_apart()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(n => Task.Run(async () =>
        {
            byte[] bytes = Bytes(50_000 + (n * 13_001), seed: n);
            BlobId id = await WriteAsync(bytes);
            for (int round = 0; round < 3; round++)
            {
                Assert.Equal(bytes, await ReadAsync(id));
            }
        })));
    }

    [Fact]
    public async Task A_listing_has_every_blob_in_id_order_and_begins_after_any_id()
    {
        var random = new Random(7);
        List<BlobId> ids = [];
        for (int n = 0; n < 60; n++)
        {
            var id = new BlobId(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64() * 2));
            await Store.WriteAsync(id, new PiecewiseReader(Bytes(n)), new BlobWrite(), Cancellation);
            ids.Add(id);
        }

        ids.Sort();
        await Store.DeleteAsync(ids[30], Cancellation);
        ids.RemoveAt(30);

        Assert.Equal(ids, await ListAsync());
    }

    [Fact]
    public async Task An_empty_store_lists_nothing()
    {
        Assert.Empty(await ListAsync());
        Assert.Empty(await Store.ListStagedAsync(Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Appends_add_up_to_one_blob_also_over_restarts()
    {
        const int Seed = 99;
        var random = new Random(Seed);
        byte[] bytes = Bytes(1_700_000);
        BlobId id = NewId();
        int offset = 0;
        while (offset < bytes.Length)
        {
            int count = Math.Min(Near(random, 300_000), bytes.Length - offset);
            long size = await AppendAsync(id, offset, bytes.AsMemory(offset, count));
            offset += count;
            Assert.Equal(offset, size);
            if (random.Next(3) == 0) await ReopenAsync();
        }

        Assert.Null(await Store.OpenAsync(id, Cancellation));
        Assert.Empty(await ListAsync());
        Assert.Equal([id], await Store.ListStagedAsync(Cancellation).ToListAsync(Cancellation));

        BlobReceipt receipt = await Store.SealAsync(id, bytes.Length, Cancellation);

        Assert.Equal(bytes.Length, receipt.SizeBytes);
        Assert.Equal(bytes, await ReadAsync(id));
        Assert.Equal([id], await ListAsync());
        Assert.Empty(await Store.ListStagedAsync(Cancellation).ToListAsync(Cancellation));
        await ReopenAsync();
        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Bytes_that_nobody_recorded_are_cut_off_when_an_append_resumes(int seed)
    {
        var random = new Random(seed);
        BlobId id = NewId();
        byte[] model = [];
        for (int round = 0; round < 12; round++)
        {
            int offset = Math.Min(Near(random, 400_000), model.Length);
            byte[] more = Bytes(Near(random, 200_000), seed: (seed * 1000) + round);
            await AppendAsync(id, offset, more);
            model = [.. model.AsSpan(0, offset), .. more];
            if (random.Next(4) == 0) await ReopenAsync();
        }

        int sealedAt = random.Next(model.Length + 1);
        await Store.SealAsync(id, sealedAt, Cancellation);

        Assert.Equal(model[..sealedAt], await ReadAsync(id));
    }

    [Fact]
    public async Task A_failed_append_leaves_what_was_there()
    {
        byte[] bytes = Bytes(100_000);
        BlobId id = NewId();
        await AppendAsync(id, 0, bytes);

        var pipe = new Pipe();
        Task failing = Store.AppendAsync(id, bytes.Length, pipe.Reader, new BlobWrite(), Cancellation);
        await pipe.Writer.WriteAsync(Bytes(30_000), Cancellation);
        await pipe.Writer.CompleteAsync(new InvalidDataException("the source failed"));
        await Assert.ThrowsAsync<InvalidDataException>(() => failing);
        await AssertRefusedAsync(StoreErrorCode.TooLarge, () => Store.AppendAsync(
            id, bytes.Length, new PiecewiseReader(Bytes(11)), new BlobWrite { MaxBytes = 10 }, Cancellation));
        await AssertRefusedAsync(StoreErrorCode.ContentTruncated, () => Store.AppendAsync(
            id, bytes.Length, new PiecewiseReader(Bytes(11)), new BlobWrite { Length = 12 }, Cancellation));

        byte[] rest = Bytes(5_000, seed: 5);
        Assert.Equal(105_000, await AppendAsync(id, bytes.Length, rest));
        await Store.SealAsync(id, 105_000, Cancellation);
        Assert.Equal((byte[])[.. bytes, .. rest], await ReadAsync(id));
    }

    [Fact]
    public async Task A_first_append_that_is_cancelled_leaves_nothing_behind()
    {
        (BlobId id, var pipe) = (NewId(), new Pipe());
        using var cancellation = new CancellationTokenSource();
        Task append = Store.AppendAsync(id, 0, pipe.Reader, new BlobWrite(), cancellation.Token);
        await pipe.Writer.WriteAsync(Bytes(40_000), Cancellation);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);

        await AssertNothingStoredAsync(id);
    }

    [Fact]
    public async Task Appending_beyond_what_is_staged_is_corrupt()
    {
        BlobId id = NewId();
        await AssertRefusedAsync(StoreErrorCode.Corrupt, () => AppendAsync(id, 10, Bytes(1)));
        await AppendAsync(id, 0, Bytes(9));

        await AssertRefusedAsync(StoreErrorCode.Corrupt, () => AppendAsync(id, 10, Bytes(1)));
        await AssertRefusedAsync(StoreErrorCode.Corrupt, () => Store.SealAsync(id, 10, Cancellation));
        await AssertRefusedAsync(StoreErrorCode.Corrupt, () => Store.SealAsync(NewId(), 10, Cancellation));

        Assert.Equal(10, await AppendAsync(id, 9, Bytes(1)));
    }

    [Fact]
    public async Task Sealing_again_succeeds_and_with_another_size_it_does_not()
    {
        byte[] bytes = Bytes(100_000);
        BlobId id = NewId();
        await AppendAsync(id, 0, bytes);
        await Store.SealAsync(id, bytes.Length, Cancellation);

        BlobReceipt again = await Store.SealAsync(id, bytes.Length, Cancellation);
        await ReopenAsync();
        await Store.SealAsync(id, bytes.Length, Cancellation);

        Assert.Equal(bytes.Length, again.SizeBytes);
        Assert.Equal(bytes, await ReadAsync(id));
        await AssertRefusedAsync(StoreErrorCode.Corrupt, () => Store.SealAsync(id, bytes.Length - 1, Cancellation));
        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Fact]
    public async Task An_empty_staged_blob_seals_to_an_empty_blob()
    {
        BlobId id = NewId();
        Assert.Equal(0, await AppendAsync(id, 0, ReadOnlyMemory<byte>.Empty));
        await ReopenAsync();

        await Store.SealAsync(id, 0, Cancellation);

        Assert.Empty(await ReadAsync(id));
    }

    [Fact]
    public async Task An_aborted_staged_blob_is_gone_and_aborting_again_succeeds()
    {
        (BlobId aborted, BlobId kept) = (NewId(), NewId());
        await AppendAsync(aborted, 0, Bytes(100_000));
        await AppendAsync(kept, 0, Bytes(10));

        await Store.AbortAsync(aborted, Cancellation);
        await Store.AbortAsync(aborted, Cancellation);

        Assert.Equal([kept], await Store.ListStagedAsync(Cancellation).ToListAsync(Cancellation));
        await AssertRefusedAsync(StoreErrorCode.Corrupt, () => AppendAsync(aborted, 100_000, Bytes(1)));
    }

    [Fact]
    public async Task Staged_blobs_are_listed_in_id_order()
    {
        BlobId[] ids = [NewId(), NewId(), NewId(), NewId()];
        foreach (BlobId id in ids.Reverse())
        {
            await AppendAsync(id, 0, Bytes(1));
        }

        Assert.Equal(ids, await Store.ListStagedAsync(Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_store_that_works_is_ready_and_has_room()
    {
        Assert.True(await Store.IsReadyAsync(Cancellation));
        Store.CheckRoom(null);
        Store.CheckRoom(1);
    }

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected static BlobId NewId() => new(new UInt128(1, (ulong)Interlocked.Increment(ref _lastId)));

    protected static byte[] Bytes(int size, int seed = 1)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected async Task<BlobId> WriteAsync(byte[] bytes)
    {
        BlobId id = NewId();
        await Store.WriteAsync(id, new PiecewiseReader(bytes), new BlobWrite { Length = bytes.Length }, Cancellation);
        return id;
    }

    protected Task<long> AppendAsync(BlobId id, long offset, ReadOnlyMemory<byte> bytes) =>
        Store.AppendAsync(id, offset, new PiecewiseReader(bytes), new BlobWrite { Length = bytes.Length }, Cancellation);

    protected async Task<byte[]> ReadAsync(BlobId id) =>
        await TryReadAsync(id) ?? throw new InvalidOperationException("the blob is not there");

    protected async Task<byte[]> ReadAsync(BlobId id, long offset, long count)
    {
        using IBlobReader reader = (await Store.OpenAsync(id, Cancellation))!;
        return await CopyAsync(reader, offset, count);
    }

    protected async Task<List<BlobId>> ListAsync() => await Store.ListAsync(Cancellation).ToListAsync(Cancellation);

    protected static async Task<byte[]> CopyAsync(IBlobReader reader, long offset, long count)
    {
        using var copied = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(copied, new StreamPipeWriterOptions(leaveOpen: true));
        Assert.True(await reader.CopyToAsync(writer, offset, count, Cancellation));
        await writer.CompleteAsync();
        return copied.ToArray();
    }

    protected static async Task AssertRefusedAsync(StoreErrorCode code, Func<Task> call)
    {
        StoreException refused = await Assert.ThrowsAsync<StoreException>(call);
        Assert.Equal(code, refused.Code);
    }

    protected async Task AssertNothingStoredAsync(BlobId id)
    {
        Assert.Null(await Store.OpenAsync(id, Cancellation));
        Assert.DoesNotContain(id, await ListAsync());
        Assert.DoesNotContain(id, await Store.ListStagedAsync(Cancellation).ToListAsync(Cancellation));
    }

    private async Task<byte[]?> TryReadAsync(BlobId id)
    {
        using IBlobReader? reader = await Store.OpenAsync(id, Cancellation);
        return reader is null ? null : await CopyAsync(reader, 0, reader.SizeBytes);
    }

    /// <summary>A number up to <paramref name="most"/>, often one beside a border.</summary>
    private static int Near(Random random, int most)
    {
        int border = random.Next(4) switch
        {
            0 => 65_536 * random.Next(1, 5),
            1 => 262_144 * random.Next(1, 5),
            _ => -1,
        };
        int number = border < 0 ? random.Next(most + 1) : border + random.Next(-1, 2);
        return Math.Clamp(number, 0, most);
    }
}
