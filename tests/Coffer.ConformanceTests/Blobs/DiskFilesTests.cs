using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Coffer.Blobs;
using Coffer.Blobs.Disk;
using Coffer.ConformanceTests.Catalog;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>What the disk store's files look like, and what it does when they are damaged or left over.</summary>
public sealed class DiskFilesTests : IDisposable
{
    private const int Block = 64 << 10;
    private const long LargeFrom = 256L << 20;
    private const int FooterSize = 24;

    private static readonly BlobId Id = new(0x1234_5678_9ABC_DEF0);
    private readonly DiskFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_the_owner_can_enter_the_folders()
    {
        await WriteAsync(9);

        foreach (string folder in (string[])[_folder.Blobs, _folder.Staging])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Fact]
    public async Task A_file_is_the_bytes_then_a_checksum_a_block_then_the_footer()
    {
        byte[] bytes = await WriteAsync(Block + 9);

        byte[] expected = [.. bytes, .. End(bytes.Length, [Crc32C.Compute(bytes.AsSpan(0, Block)), Crc32C.Compute(bytes.AsSpan(Block))])];
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder.PathOf(Id), Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Block - 1)]
    [InlineData(3 * Block)]
    [InlineData(4 * Block)]
    [InlineData((5 * Block) + 77)]
    [InlineData(599_999)]
    public async Task A_flipped_bit_in_a_block_keeps_that_block_in_and_lets_all_before_it_out(int position)
    {
        byte[] bytes = await WriteAsync(600_000);
        Flip(position);
        using DiskBlobStore store = _folder.Open();
        using IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!;
        int start = position / Block * Block;
        int end = Math.Min(start + Block, bytes.Length);

        (byte[] whole, StoreException? refused) = await CopyAsync(reader, 0, bytes.Length);
        Assert.Equal(StoreErrorCode.Corrupt, refused?.Code);
        Assert.Equal(bytes[..start], whole);

        var random = new Random(position);
        for (int round = 0; round < 100; round++)
        {
            int offset = random.Next(bytes.Length);
            int count = random.Next(1, bytes.Length - offset + 1);
            (byte[] copied, refused) = await CopyAsync(reader, offset, count);
            bool touches = offset < end && offset + count > start;
            int right = touches ? Math.Max(0, start - offset) : count;
            Assert.Equal(touches, refused is not null);
            Assert.Equal(bytes[offset..(offset + right)], copied);
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_table_or_the_footer_makes_the_blob_corrupt()
    {
        await WriteAsync(3 * Block);
        long length = new FileInfo(_folder.PathOf(Id)).Length;
        for (long position = 3 * Block; position < length; position++)
        {
            Flip(position);
            using (DiskBlobStore store = _folder.Open())
            {
                await AssertCorruptAsync(async () => await store.OpenAsync(Id, Cancellation));
                Assert.True(await store.IsReadyAsync(Cancellation));
            }

            Flip(position);
        }

        using DiskBlobStore restored = _folder.Open();
        Assert.NotNull(await restored.OpenAsync(Id, Cancellation));
    }

    [Fact]
    public async Task A_file_that_was_cut_off_or_grew_is_corrupt()
    {
        await WriteAsync(2 * Block);
        byte[] whole = await File.ReadAllBytesAsync(_folder.PathOf(Id), Cancellation);
        foreach (int length in (int[])[0, 1, FooterSize, Block, 2 * Block, whole.Length - FooterSize, whole.Length - 1, whole.Length + 1])
        {
            byte[] changed = new byte[length];
            whole.AsSpan(0, Math.Min(length, whole.Length)).CopyTo(changed);
            await File.WriteAllBytesAsync(_folder.PathOf(Id), changed, Cancellation);
            using DiskBlobStore store = _folder.Open();
            await AssertCorruptAsync(async () => await store.OpenAsync(Id, Cancellation));
        }
    }

    [Fact]
    public async Task Bytes_that_vanish_under_an_open_reader_are_corrupt()
    {
        byte[] bytes = await WriteAsync(5 * Block);
        using DiskBlobStore store = _folder.Open();
        using IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!;
        using (SafeFileHandle file = File.OpenHandle(_folder.PathOf(Id), access: FileAccess.Write, share: FileShare.ReadWrite))
        {
            RandomAccess.SetLength(file, 4 * Block);
        }

        (byte[] copied, StoreException? refused) = await CopyAsync(reader, 0, bytes.Length);

        Assert.Equal(StoreErrorCode.Corrupt, refused?.Code);
        Assert.Equal(bytes[..(4 * Block)], copied);
    }

    [Fact]
    public async Task Corruption_is_counted_each_time_and_logged_once_by_id_alone()
    {
        await WriteAsync(Block);
        Flip(100);
        (long counted, long free) = (0, 0);
        (bool armed, int thread) = (false, Environment.CurrentManagedThreadId);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Only what this test opens: stores of other tests have meters of the same name.
            if (armed && thread == Environment.CurrentManagedThreadId) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, measured, _, _) =>
        {
            if (instrument.Name == "coffer.crc.failures") counted += measured;
            if (instrument.Name == "coffer.disk.free_bytes") free = measured;
        });
        listener.Start();
        armed = true;
        var logger = new ListLogger();
        using DiskBlobStore store = _folder.Open(logger: logger);
        armed = false;

        using IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!;
        await CopyAsync(reader, 0, 10);
        await CopyAsync(reader, 5, 10);
        listener.RecordObservableInstruments();

        Assert.Equal(2, counted);
        Assert.True(free > 0);
        string line = Assert.Single(logger.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains(Id.ToString(), line);
        Assert.DoesNotContain(_folder.Root, line);
    }

    [Fact]
    public async Task Blocks_are_larger_from_256_MiB_on_and_any_range_across_is_right()
    {
        const int Extra = (2 << 20) + 13;
        byte[] pattern = Bytes((1 << 20) + 1); // not a divisor of anything, so each block differs
        var source = new RepeatingReader(pattern, LargeFrom + Extra);
        using (DiskBlobStore store = _folder.Open())
        {
            BlobReceipt receipt = await store.WriteAsync(Id, source, new BlobWrite(), Cancellation);
            Assert.Equal(LargeFrom + Extra, receipt.SizeBytes);
        }

        Assert.Equal(LargeFrom + Extra + (4 * (4096 + 3)) + FooterSize, new FileInfo(_folder.PathOf(Id)).Length);
        Flip(LargeFrom + (1 << 20) + 5); // the second of the large blocks
        using DiskBlobStore reopened = _folder.Open();
        using IBlobReader reader = (await reopened.OpenAsync(Id, Cancellation))!;
        foreach ((long offset, int count, bool right) in ((long, int, bool)[])[
            (0, 10, true), (LargeFrom - 10, 20, true), (LargeFrom - (3 * Block) - 1, 5 * Block, true), (LargeFrom, 1 << 20, true),
            (LargeFrom + (1 << 20) - 1, 2, false), (LargeFrom + (2 << 20) - 1, 1, false), (LargeFrom + (2 << 20), 13, true)])
        {
            (byte[] copied, StoreException? refused) = await CopyAsync(reader, offset, count);
            Assert.Equal(right, refused is null);
            Assert.Equal(RepeatingReader.Slice(pattern, offset, copied.Length), copied);
        }
    }

    [Fact]
    public async Task Sizes_and_offsets_beyond_32_bits_are_whole()
    {
        // Zeros that take no room: 5 GiB of them and a mark at the end.
        const long Size = (5L << 30) + 100;
        uint small = Crc32C.Compute(new byte[Block]), large = Crc32C.Compute(new byte[1 << 20]);
        byte[] last = Bytes(100);
        uint[] crcs = [.. Enumerable.Repeat(small, 4096), .. Enumerable.Repeat(large, (5 * 1024) - 256), Crc32C.Compute(last)];
        using DiskBlobStore store = _folder.Open();
        using (SafeFileHandle file = File.OpenHandle(_folder.PathOf(Id), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, last, Size - 100);
            RandomAccess.Write(file, End(Size, crcs), Size);
        }

        using IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!;

        Assert.Equal(Size, reader.SizeBytes);
        (byte[] copied, StoreException? refused) = await CopyAsync(reader, Size - 150, 150);
        Assert.Null(refused);
        Assert.Equal((byte[])[.. new byte[50], .. last], copied);
        (copied, refused) = await CopyAsync(reader, (4L << 30) - 10, 20);
        Assert.Null(refused);
        Assert.Equal(new byte[20], copied);
    }

    [Fact]
    public async Task The_start_makes_every_folder_and_clears_what_no_write_finished()
    {
        using (DiskBlobStore store = _folder.Open())
        {
            await store.AppendAsync(Id, 0, new PiecewiseReader(Bytes(1000)), new BlobWrite(), Cancellation);
        }

        Assert.Equal(256, Directory.GetDirectories(_folder.Blobs).Length);
        foreach (string litter in (string[])[new BlobId(77).ToString(), "probe-1", new BlobId(78) + ".crc"])
        {
            await File.WriteAllBytesAsync(Path.Combine(_folder.Staging, litter), Bytes(10), Cancellation);
        }

        using DiskBlobStore again = _folder.Open();

        Assert.Equal([Id + ".crc", Id + ".part"], Directory.GetFiles(_folder.Staging).Select(Path.GetFileName).Order());
        Assert.Equal(2000, await again.AppendAsync(Id, 1000, new PiecewiseReader(Bytes(1000)), new BlobWrite(), Cancellation));
    }

    [Fact]
    public async Task Open_files_stay_bounded()
    {
        const int Cached = 8;
        using DiskBlobStore store = _folder.Open(cachedHandles: Cached);
        for (int n = 0; n < 60; n++)
        {
            await store.WriteAsync(new BlobId((UInt128)n), new PiecewiseReader(Bytes(n)), new BlobWrite(), Cancellation);
        }

        await Parallel.ForAsync(0, 600, Cancellation, async (n, _) =>
        {
            using IBlobReader reader = (await store.OpenAsync(new BlobId((UInt128)(n % 60)), Cancellation))!;
            (byte[] copied, StoreException? refused) = await CopyAsync(reader, 0, reader.SizeBytes);
            Assert.Null(refused);
            Assert.Equal(n % 60, copied.Length);
        });

        Assert.InRange(_folder.OpenFiles().Length, 1, Cached);
        store.Dispose();
        Assert.Empty(_folder.OpenFiles());
    }

    [Fact]
    public async Task The_room_of_a_deleted_blob_comes_back_when_its_last_reader_is_done()
    {
        byte[] bytes = await WriteAsync(300_000);
        using DiskBlobStore store = _folder.Open();
        IBlobReader first = (await store.OpenAsync(Id, Cancellation))!;
        IBlobReader second = (await store.OpenAsync(Id, Cancellation))!;

        await store.DeleteAsync(Id, Cancellation);

        first.Dispose();
        first.Dispose();
        Assert.Equal(bytes, (await CopyAsync(second, 0, bytes.Length)).Copied);
        Assert.EndsWith("(deleted)", Assert.Single(_folder.OpenFiles()));
        second.Dispose();
        Assert.Empty(_folder.OpenFiles());
    }

    [Fact]
    public async Task Room_that_was_taken_ahead_is_given_back()
    {
        const int Size = (21 << 20) + 1;
        await WriteAsync(Size);

        long length = new FileInfo(_folder.PathOf(Id)).Length;

        Assert.Equal(Size + (4 * 337) + FooterSize, length);
        Assert.InRange(RoomTaken(_folder.PathOf(Id)), Size, length + (64 << 10));
    }

    [Fact]
    public async Task An_announced_length_takes_no_room()
    {
        using DiskBlobStore store = _folder.Open();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1));
        Task write = store.WriteAsync(Id, pipe.Reader, new BlobWrite { Length = 512 << 20 }, Cancellation);
        for (int sent = 0; sent < 9; sent++)
        {
            await pipe.Writer.WriteAsync(Bytes(1 << 20), Cancellation);
        }

        Assert.InRange(RoomTaken(Assert.Single(Directory.GetFiles(_folder.Staging))), 0, 18 << 20);
        await pipe.Writer.CompleteAsync();
        await Assert.ThrowsAsync<StoreException>(() => write);
        Assert.Empty(Directory.GetFiles(_folder.Staging));
    }

    [Fact]
    public async Task Below_the_reserve_writes_are_refused_while_reads_and_deletes_go_on()
    {
        byte[] bytes = await WriteAsync(100_000);
        using DiskBlobStore store = _folder.Open(minFreeBytes: long.MaxValue / 8);
        var untouched = new Pipe();

        foreach (Func<Task> call in (Func<Task>[])[
            () => store.WriteAsync(new BlobId(2), untouched.Reader, new BlobWrite(), Cancellation),
            () => store.AppendAsync(new BlobId(3), 0, untouched.Reader, new BlobWrite(), Cancellation),
            () => Task.Run(() => store.CheckRoom(1))])
        {
            StoreException refused = await Assert.ThrowsAsync<StoreException>(call);
            Assert.Equal(StoreErrorCode.OutOfSpace, refused.Code);
        }

        Assert.Empty(Directory.GetFiles(_folder.Staging));
        using (IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!)
        {
            Assert.Equal(bytes, (await CopyAsync(reader, 0, bytes.Length)).Copied);
        }

        await store.DeleteAsync(Id, Cancellation);
        Assert.Null(await store.OpenAsync(Id, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(Block)]
    [InlineData((2 * Block) + 100)]
    public async Task An_append_that_a_crash_tore_is_cut_off_and_what_was_recorded_reads_back(int recorded)
    {
        byte[] bytes = Bytes(recorded);
        using DiskBlobStore store = _folder.Open();
        await store.AppendAsync(Id, 0, new PiecewiseReader(bytes), new BlobWrite(), Cancellation);
        using (SafeFileHandle part = File.OpenHandle(_folder.PartOf(Id), access: FileAccess.Write))
        {
            RandomAccess.Write(part, Bytes(100_000, seed: 8), recorded); // bytes arrived, their checksums did not
        }

        byte[] rest = Bytes(50_000, seed: 9);
        await store.AppendAsync(Id, recorded, new PiecewiseReader(rest), new BlobWrite(), Cancellation);
        await store.SealAsync(Id, recorded + rest.Length, Cancellation);

        using IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!;
        (byte[] copied, StoreException? refused) = await CopyAsync(reader, 0, reader.SizeBytes);
        Assert.Null(refused);
        Assert.Equal((byte[])[.. bytes, .. rest], copied);
    }

    [Fact]
    public async Task A_flipped_bit_in_staged_bytes_never_gets_a_right_checksum()
    {
        using DiskBlobStore store = _folder.Open();
        await store.AppendAsync(Id, 0, new PiecewiseReader(Bytes(1000)), new BlobWrite(), Cancellation);
        Flip(_folder.PartOf(Id), 500);

        // A cut would have to count the checksum anew, and does so only from bytes that are right.
        await AssertCorruptAsync(() => store.AppendAsync(Id, 900, new PiecewiseReader(Bytes(1)), new BlobWrite(), Cancellation));

        await store.AppendAsync(Id, 1000, new PiecewiseReader(Bytes(1000)), new BlobWrite(), Cancellation);
        await store.SealAsync(Id, 2000, Cancellation);
        using IBlobReader reader = (await store.OpenAsync(Id, Cancellation))!;
        (byte[] copied, StoreException? refused) = await CopyAsync(reader, 0, 2000);
        Assert.NotNull(refused);
        Assert.Empty(copied);
    }

    [Fact]
    public async Task Sealing_goes_on_where_a_crash_left_the_old_name_beside_the_new_one()
    {
        using DiskBlobStore store = _folder.Open();
        await store.AppendAsync(Id, 0, new PiecewiseReader(Bytes(1000)), new BlobWrite(), Cancellation);
        File.Copy(_folder.PartOf(Id), _folder.PartOf(new BlobId(1)));
        await store.SealAsync(Id, 1000, Cancellation);
        File.Move(_folder.PartOf(new BlobId(1)), _folder.PartOf(Id));

        await store.SealAsync(Id, 1000, Cancellation);

        Assert.Empty(Directory.GetFiles(_folder.Staging));
    }

    [Fact]
    public async Task A_listing_longer_than_a_page_has_every_blob_once()
    {
        using DiskBlobStore store = _folder.Open();
        var random = new Random(4);
        List<BlobId> ids = [];
        for (int n = 0; n < 100; n++)
        {
            ids.Add(new BlobId(new UInt128(1, (ulong)random.NextInt64())));
            await File.WriteAllBytesAsync(_folder.PathOf(ids[^1]), [], Cancellation);
        }

        await File.WriteAllBytesAsync(Path.Combine(_folder.Blobs, "00", "notes.txt"), [], Cancellation);
        ids.Sort();
        foreach (int page in (int[])[1, 7, 50, 100, 101])
        {
            var folders = new BlobFolders(_folder.Blobs, _folder.Staging, page);
            Assert.Equal(ids, folders.List(Cancellation));
        }
    }

    [Fact]
    public async Task Not_ready_when_staging_cannot_be_written()
    {
        using DiskBlobStore store = _folder.Open();
        Assert.True(await store.IsReadyAsync(Cancellation));
        Directory.Delete(_folder.Staging);

        Assert.False(await store.IsReadyAsync(Cancellation));
    }

    [Fact]
    public async Task Not_ready_when_the_blobs_cannot_be_read()
    {
        using DiskBlobStore store = _folder.Open();
        Directory.Move(_folder.Blobs, _folder.Blobs + "-elsewhere");

        Assert.False(await store.IsReadyAsync(Cancellation));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Ready_on_a_full_volume_where_reads_and_deletes_go_on(bool ofInodes)
    {
        using TemporaryVolume? volume = ofInodes ? TemporaryVolume.TryMount(sizeMiB: 40, inodes: 400) : TemporaryVolume.TryMount(sizeMiB: 8);
        Assert.SkipWhen(volume is null, "needs root to mount a small tmpfs");
        using var folder = new DiskFolder(volume.File("data"));
        Directory.CreateDirectory(folder.Root);
        using DiskBlobStore store = folder.Open();
        byte[] bytes = Bytes(Block);
        await store.WriteAsync(Id, PipeReader.Create(new MemoryStream(bytes)), new BlobWrite(), Cancellation);
        if (ofInodes)
        {
            Assert.ThrowsAny<IOException>(() =>
            {
                for (int i = 0; i < 400; i++)
                {
                    File.Create(volume.File($"filler-{i}")).Dispose();
                }
            });
        }
        else
        {
            volume.Fill();
        }

        Assert.True(await store.IsReadyAsync(Cancellation));

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() =>
            store.WriteAsync(new BlobId(7), PipeReader.Create(new MemoryStream(bytes)), new BlobWrite(), Cancellation));
        Assert.Equal(StoreErrorCode.OutOfSpace, refused.Code);
        using (IBlobReader? reader = await store.OpenAsync(Id, Cancellation))
        {
            Assert.Equal(Block, reader!.SizeBytes);
        }

        await store.DeleteAsync(Id, Cancellation);
        Assert.True(await store.IsReadyAsync(Cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Bytes(int size, int seed = 1)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task<byte[]> WriteAsync(int size)
    {
        byte[] bytes = Bytes(size);
        using DiskBlobStore store = _folder.Open();
        await store.WriteAsync(Id, new PiecewiseReader(bytes), new BlobWrite(), Cancellation);
        return bytes;
    }

    private void Flip(long position) => Flip(_folder.PathOf(Id), position);

    private static void Flip(string path, long position)
    {
        using SafeFileHandle file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        byte[] one = new byte[1];
        RandomAccess.Read(file, one, position);
        one[0] ^= 0x10;
        RandomAccess.Write(file, one, position);
    }

    /// <summary>The footer as the format's drawing has it, written a second time.</summary>
    private static byte[] End(long size, uint[] crcs)
    {
        byte[] end = new byte[(4 * crcs.Length) + FooterSize];
        for (int i = 0; i < crcs.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(4 * i), crcs[i]);
        }

        Span<byte> footer = end.AsSpan(4 * crcs.Length);
        "CofrBlob"u8.CopyTo(footer);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], size);
        footer[16] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(footer[20..], Crc32C.Compute(end.AsSpan(0, end.Length - 4)));
        return end;
    }

    private static async Task<(byte[] Copied, StoreException? Refused)> CopyAsync(IBlobReader reader, long offset, long count)
    {
        using var copied = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(copied, new StreamPipeWriterOptions(leaveOpen: true));
        StoreException? refused = null;
        try
        {
            Assert.True(await reader.CopyToAsync(writer, offset, count, Cancellation));
        }
        catch (StoreException thrown)
        {
            Assert.Equal(StoreErrorCode.Corrupt, thrown.Code);
            refused = thrown;
        }

        await writer.CompleteAsync();
        return (copied.ToArray(), refused);
    }

    private static async Task AssertCorruptAsync(Func<Task> call)
    {
        StoreException refused = await Assert.ThrowsAsync<StoreException>(call);
        Assert.Equal(StoreErrorCode.Corrupt, refused.Code);
    }

    private static long RoomTaken(string path)
    {
        using Process stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return 512 * long.Parse(stat.StandardOutput.ReadToEnd());
    }

    private sealed class ListLogger : ILogger<DiskBlobStore>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
            }
        }
    }
}
