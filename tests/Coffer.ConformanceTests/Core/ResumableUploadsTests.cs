using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;
using Coffer.Policies;
using Coffer.Upkeep;
using Coffer.Uploads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Core;

public sealed class ResumableUploadsTests : IAsyncLifetime
{
    private const long Limit = 5_000_000;
    private KeyedStore _store = null!;
    private ResumableUploads _uploads = null!;

    private static CancellationToken None => CancellationToken.None;

    private Uploader Me => new(_store.Owner);

    public async ValueTask InitializeAsync()
    {
        _store = await KeyedStore.OpenAsync(new StoreLimits { MaxObjectBytes = Limit });
        Restart();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Pieces_of_any_size_make_the_bytes_that_were_sent(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = Random(seed, random.Next(1, 3_000_000));
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        while (upload.FinishedAs is null)
        {
            int size = random.Next(0, (int)Math.Min(random.Next(1, 900_000), bytes.Length - upload.OffsetBytes) + 1);
            upload = await AppendAsync(upload, bytes.AsMemory((int)upload.OffsetBytes, size));
        }

        Assert.Equal(bytes, await _store.ReadAsync("k"));
        StoredObject stored = await _store.Objects.GetAsync(_store.Owner, KeyedStore.At("k"), None);
        Assert.Equal((upload.FinishedAs!.Value, bytes.LongLength), (stored.Id, stored.SizeBytes!.Value));
        Assert.Matches("^[0-9a-f]{32}-1$", stored.ETag);
        Assert.Equal("text/plain", stored.MediaType);
    }

    [Theory]
    [InlineData(11), InlineData(12), InlineData(13), InlineData(14)]
    public async Task Connections_that_break_anywhere_keep_what_came(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = Random(seed, random.Next(500_000, 2_000_000));
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        while (upload.FinishedAs is null)
        {
            int from = (int)upload.OffsetBytes;
            int came = Math.Min(random.Next(0, 700_000), bytes.Length - from);
            var body = new BreakingReader(bytes.AsMemory(from, came));
            Task<ResumableUpload> append = _uploads.AppendAsync(
                Me, upload.Id, from, null, upsert: false, body, bytes.Length - from, None);
            if (from + came < bytes.Length)
            {
                await Assert.ThrowsAsync<IOException>(() => append);
            }
            else
            {
                Assert.NotNull((await append).FinishedAs); // all came, only its end did not
            }

            if (random.Next(3) == 0)
            {
                await ReopenAsync();
            }

            upload = await _uploads.GetAsync(Me, upload.Id, None);
            Assert.Equal(from + came, upload.OffsetBytes);
        }

        Assert.Equal(bytes, await _store.ReadAsync("k"));
    }

    [Fact]
    public async Task A_piece_must_begin_where_the_bytes_end()
    {
        ResumableUpload upload = await CreateAsync("k", 100);
        upload = await AppendAsync(upload, new byte[10]);
        await RefusedAsync(StoreErrorCode.WrongOffset, () => AppendAsync(upload with { OffsetBytes = 0 }, new byte[10]));
        await RefusedAsync(StoreErrorCode.WrongOffset, () => AppendAsync(upload with { OffsetBytes = 11 }, new byte[10]));
        upload = await AppendAsync(upload, new byte[90]);

        await RefusedAsync(StoreErrorCode.WrongOffset, () => AppendAsync(upload with { OffsetBytes = 10 }, new byte[90]));
        Assert.Equal(upload.FinishedAs, (await AppendAsync(upload, ReadOnlyMemory<byte>.Empty)).FinishedAs);
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[1]));
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[1], isSizeSaid: false));
    }

    [Fact]
    public async Task A_piece_past_the_end_is_refused_whole_whether_or_not_its_size_is_said()
    {
        ResumableUpload upload = await CreateAsync("k", 100);
        upload = await AppendAsync(upload, new byte[10]);
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[91]));
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[91], isSizeSaid: false));
        Assert.Equal(10, (await _uploads.GetAsync(Me, upload.Id, None)).OffsetBytes);
    }

    [Fact]
    public async Task An_upload_is_for_who_began_it_and_for_the_service_right()
    {
        Caller other = await _store.Engines.AddAccountAsync("another");
        Caller anna = _store.Owner with { Right = Right.Authenticated, Subject = "anna" };
        ResumableUpload upload = await CreateAsync("k", 100);
        Uploader[] strangers =
        [
            new(other), new(Caller.Nobody), new(anna), new(anna with { TokenRole = "service_role" }),
            new(Caller.Nobody, new UploadLink(KeyedStore.At("k"), _store.Owner.Account!.Value, null, true), "token"),
        ];
        foreach (Uploader stranger in strangers)
        {
            await RefusedAsync(StoreErrorCode.UploadNotFound, () => _uploads.GetAsync(stranger, upload.Id, None));
            await RefusedAsync(StoreErrorCode.UploadNotFound, () => _uploads.AbortAsync(stranger, upload.Id, None));
            await RefusedAsync(StoreErrorCode.UploadNotFound, () => AppendAsync(upload, new byte[1], stranger));
        }

        Assert.Equal(0, (await _uploads.GetAsync(Me, upload.Id, None)).OffsetBytes);
        var elsewhere = new Uploader(_store.Owner with { Key = Guid.NewGuid() });
        Assert.Equal(1, (await AppendAsync(upload, new byte[1], elsewhere)).OffsetBytes);
    }

    [Fact]
    public async Task The_bearer_of_a_link_uploads_under_it_and_no_other_link_does()
    {
        AccountId account = _store.Owner.Account!.Value;
        Uploader bearer = Bearer("one");
        await RefusedAsync(
            StoreErrorCode.SignatureInvalid,
            () => _uploads.CreateAsync(bearer, new PutRequest(KeyedStore.At("other")), 3, None));
        ResumableUpload upload = await _uploads.CreateAsync(bearer, new PutRequest(KeyedStore.At("k")), 3, None);
        await RefusedAsync(StoreErrorCode.UploadNotFound, () => AppendAsync(upload, new byte[3], Bearer("two")));

        upload = await AppendAsync(upload, "abc"u8.ToArray(), bearer);

        Assert.NotNull(upload.FinishedAs);
        Assert.Equal("anna", (await _store.Objects.GetAsync(_store.Owner, KeyedStore.At("k"), None)).Owner);

        Uploader Bearer(string token) =>
            new(Caller.Nobody, new UploadLink(KeyedStore.At("k"), account, "anna", upsert: false), token);
    }

    [Fact]
    public async Task Lengths_beyond_the_limits_are_refused_at_the_beginning_and_when_they_are_said_later()
    {
        await _store.AddBucketAsync("small", sizeLimit: 50);
        await RefusedAsync(StoreErrorCode.TooLarge, () => CreateAsync("k", Limit + 1));
        await RefusedAsync(StoreErrorCode.TooLarge, () => CreateAsync("k", 51, "small"));

        ResumableUpload upload = await CreateAsync("k", null, "small");
        upload = await AppendAsync(upload, new byte[20]);
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[31]));
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[31], isSizeSaid: false));
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[10], length: 51));
        Assert.Equal(20, (await _uploads.GetAsync(Me, upload.Id, None)).OffsetBytes);
    }

    [Fact]
    public async Task A_length_may_be_said_with_any_piece_once()
    {
        ResumableUpload upload = await CreateAsync("k", null);
        upload = await AppendAsync(upload, new byte[60]);
        await RefusedAsync(StoreErrorCode.InvalidArgument, () => AppendAsync(upload, ReadOnlyMemory<byte>.Empty, length: 59));
        upload = await AppendAsync(upload, new byte[20], length: 100);
        Assert.Equal(100, upload.LengthBytes);
        await RefusedAsync(StoreErrorCode.InvalidArgument, () => AppendAsync(upload, new byte[20], length: 101));
        upload = await AppendAsync(upload, new byte[20], length: 100);
        Assert.NotNull(upload.FinishedAs);

        ResumableUpload known = await CreateAsync("j", null);
        known = await AppendAsync(known, new byte[5]);
        Assert.NotNull((await AppendAsync(known, ReadOnlyMemory<byte>.Empty, length: 5)).FinishedAs); // nothing follows, but the length
    }

    [Fact]
    public async Task An_upload_of_no_bytes_is_there_at_once()
    {
        ResumableUpload upload = await CreateAsync("empty", 0);
        Assert.NotNull(upload.FinishedAs);
        Assert.Empty(await _store.ReadAsync("empty"));
    }

    [Fact]
    public async Task Restarts_keep_what_is_staged_and_expiry_frees_it()
    {
        byte[] bytes = Random(1, 300_000);
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        upload = await AppendAsync(upload, bytes.AsMemory(0, 100_000));
        await ReopenAsync();
        Assert.Equal(0, await SweepOf().ClearLitterAsync(None));
        upload = await AppendAsync(await _uploads.GetAsync(Me, upload.Id, None), bytes.AsMemory(100_000, 50_000));
        Assert.Equal(1, await StagedAsync());

        _store.Engines.Clock.Pass(TimeSpan.FromHours(24));
        await RefusedAsync(StoreErrorCode.UploadGone, () => _uploads.GetAsync(Me, upload.Id, None));
        await RefusedAsync(StoreErrorCode.UploadGone, () => AppendAsync(upload, new byte[1]));
        var reaper = new Reaper(_store.Engines.Catalog, _uploads.Limits, _store.Engines.Clock, NullLogger<Reaper>.Instance);
        Assert.Equal(1, await reaper.RunAsync(None));
        _store.Engines.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await SweepOf().RunAsync(None));

        Assert.Equal(0, await StagedAsync());
        Assert.Equal(0, _store.Engines.BlobFiles());
        await RefusedAsync(StoreErrorCode.UploadNotFound, () => _uploads.GetAsync(Me, upload.Id, None));
    }

    [Fact]
    public async Task Bytes_that_nobody_recorded_are_cut_off_when_the_upload_goes_on()
    {
        byte[] bytes = Random(2, 300_000);
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        upload = await AppendAsync(upload, bytes.AsMemory(0, 100_000));
        await _store.Engines.Blobs.AppendAsync( // a kill came before the offset was recorded
            upload.Blob!.Value, 100_000, Body(new byte[70_000]), new BlobWrite(), None);
        await ReopenAsync();

        upload = await _uploads.GetAsync(Me, upload.Id, None);
        Assert.Equal(100_000, upload.OffsetBytes);
        await AppendAsync(upload, bytes.AsMemory(100_000));

        Assert.Equal(bytes, await _store.ReadAsync("k"));
    }

    [Fact]
    public async Task An_aborted_upload_is_gone_with_its_bytes_and_a_finished_one_cannot_be_aborted()
    {
        ResumableUpload upload = await CreateAsync("k", 100_000);
        await AppendAsync(upload, new byte[90_000]);
        await _uploads.AbortAsync(Me, upload.Id, None);
        Assert.Equal(0, await StagedAsync());
        Assert.Equal(0, (await _store.Engines.Catalog.QueueLengthsAsync(None)).Released);
        await RefusedAsync(StoreErrorCode.UploadNotFound, () => _uploads.GetAsync(Me, upload.Id, None));
        await RefusedAsync(StoreErrorCode.UploadNotFound, () => _uploads.AbortAsync(Me, upload.Id, None));

        ResumableUpload finished = await AppendAsync(await CreateAsync("j", 3), new byte[3]);
        await RefusedAsync(StoreErrorCode.WrongState, () => _uploads.AbortAsync(Me, finished.Id, None));
        Assert.Equal(3, (await _store.ReadAsync("j")).Length);
    }

    [Fact]
    public async Task A_newer_request_stops_the_older_one_and_keeps_what_that_one_received()
    {
        ResumableUpload upload = await CreateAsync("k", 200_000);
        var stuck = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await stuck.Writer.WriteAsync(new byte[70_000]);
        Task older = _uploads.AppendAsync(Me, upload.Id, 0, null, upsert: false, stuck.Reader, 200_000, None);
        await Task.Delay(50);
        Assert.False(older.IsCompleted);

        upload = await _uploads.GetAsync(Me, upload.Id, None);

        Assert.Equal(70_000, upload.OffsetBytes);
        await RefusedAsync(StoreErrorCode.Busy, () => older);
        Assert.NotNull((await AppendAsync(upload, new byte[130_000])).FinishedAs);
    }

    [Fact]
    public async Task Of_racing_pieces_at_one_offset_the_bytes_are_those_of_one()
    {
        const int size = 400_000;
        for (int round = 0; round < 5; round++)
        {
            ResumableUpload upload = await CreateAsync($"race {round}", size);
            Task<ResumableUpload>[] racers = [.. Enumerable.Range(1, 8).Select(n => Task.Run(() =>
                AppendAsync(upload, KeyedStore.Bytes(size, (byte)n))))];
            await Task.WhenAll(racers.Select(racer => racer.ContinueWith(_ => { }, TaskScheduler.Default)));
            foreach (Task<ResumableUpload> lost in racers.Where(racer => racer.IsFaulted))
            {
                var refused = Assert.IsType<StoreException>(lost.Exception!.InnerException);
                Assert.True(refused.Code is StoreErrorCode.Busy or StoreErrorCode.WrongOffset, refused.ToString());
            }

            ResumableUpload now = await _uploads.GetAsync(Me, upload.Id, None);
            if (now.FinishedAs is null)
            {
                now = await AppendAsync(now, new byte[size - now.OffsetBytes]);
            }

            byte[] stored = await _store.ReadAsync($"race {round}");
            int kept = stored.AsSpan().IndexOfAnyExcept(stored[0]) is var end && end < 0 ? size : end;
            Assert.All(stored[kept..], one => Assert.Equal(0, one));
        }
    }

    [Fact]
    public async Task A_key_that_was_taken_meanwhile_refuses_each_piece_that_may_not_replace()
    {
        byte[] bytes = Random(3, 150_000);
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        upload = await AppendAsync(upload, bytes.AsMemory(0, 100_000));
        await _store.PutAsync("k", "somebody was faster");

        await RefusedAsync(StoreErrorCode.ObjectExists, () => AppendAsync(upload, bytes.AsMemory(100_000)));
        Assert.Equal(100_000, (await _uploads.GetAsync(Me, upload.Id, None)).OffsetBytes);
        upload = await AppendAsync(upload, bytes.AsMemory(100_000, 40_000), upsert: true);
        upload = await AppendAsync(upload, bytes.AsMemory(140_000), upsert: true);

        Assert.NotNull(upload.FinishedAs);
        Assert.Equal(bytes, await _store.ReadAsync("k"));
    }

    [Fact]
    public async Task Whole_bytes_whose_object_was_not_made_are_never_shown_as_a_success()
    {
        byte[] bytes = Random(4, 150_000);
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        await StageAsync(upload, bytes); // a kill came between the last offset and the object
        await _store.PutAsync("k", "somebody was faster");
        await ReopenAsync();

        await RefusedAsync(StoreErrorCode.ObjectExists, () => _uploads.GetAsync(Me, upload.Id, None));
        await RefusedAsync(StoreErrorCode.ObjectExists, () => _uploads.GetAsync(Me, upload.Id, None));
        ResumableUpload finished = await AppendAsync(upload with { OffsetBytes = bytes.Length }, ReadOnlyMemory<byte>.Empty, upsert: true);

        Assert.NotNull(finished.FinishedAs);
        Assert.Equal(bytes, await _store.ReadAsync("k"));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task After_a_kill_around_the_seal_the_next_look_finishes_the_upload_once(bool isSealed)
    {
        byte[] bytes = Random(5, 150_000);
        ResumableUpload upload = await CreateAsync("k", bytes.Length);
        await StageAsync(upload, bytes);
        if (isSealed)
        {
            await _store.Engines.Blobs.SealAsync(upload.Blob!.Value, bytes.Length, None);
        }

        await ReopenAsync();
        Assert.Equal(0, await SweepOf().ClearLitterAsync(None));
        ResumableUpload first = await _uploads.GetAsync(Me, upload.Id, None);
        await ReopenAsync(); // the answer to the finish was lost, too
        ResumableUpload second = await _uploads.GetAsync(Me, upload.Id, None);

        Assert.NotNull(first.FinishedAs);
        Assert.Equal((first.FinishedAs, bytes.LongLength), (second.FinishedAs, second.OffsetBytes));
        Assert.Equal(bytes, await _store.ReadAsync("k"));
        Assert.Equal(1, _store.Engines.BlobFiles());
        Assert.Equal(0, await StagedAsync());
    }

    [Fact]
    public async Task What_the_bucket_no_longer_takes_is_refused_at_the_finish()
    {
        await _store.AddBucketAsync("strict");
        ResumableUpload upload = await CreateAsync("k", 100, "strict");
        upload = await AppendAsync(upload, new byte[50]);
        await ChangeAsync(new Buckets.BucketChange { AllowedMediaTypes = ["image/*"] });
        await RefusedAsync(StoreErrorCode.InvalidMediaType, () => AppendAsync(upload, new byte[50]));
        await ChangeAsync(new Buckets.BucketChange { ClearMediaTypes = true, SizeLimitBytes = 99 });
        await RefusedAsync(StoreErrorCode.TooLarge, () => AppendAsync(upload, new byte[50]));
        await ChangeAsync(new Buckets.BucketChange { ClearSizeLimit = true });

        await StageAsync(upload, new byte[100]); // whole, but the limit changes before the object is made
        await ChangeAsync(new Buckets.BucketChange { SizeLimitBytes = 99 });
        await RefusedAsync(StoreErrorCode.TooLarge, () => _uploads.GetAsync(Me, upload.Id, None));
        await ChangeAsync(new Buckets.BucketChange { ClearSizeLimit = true });
        Assert.NotNull((await _uploads.GetAsync(Me, upload.Id, None)).FinishedAs);

        Task ChangeAsync(Buckets.BucketChange change) => _store.Engines.Buckets.UpdateAsync(_store.Owner, "strict", change, None);
    }

    [Fact]
    public async Task A_policy_that_was_withdrawn_refuses_the_rest_and_the_finish()
    {
        var policies = new PolicyStore(_store.Engines.Catalog);
        var mayInsert = new Policy { Name = "insert", Table = PolicyTable.Objects, Operations = PolicyVerbs.Insert };
        var anna = new Uploader(_store.Owner with { Right = Right.Authenticated, Subject = "anna" });
        await policies.PutAsync(_store.Owner, account: null, [mayInsert], replaceAll: true, None);
        byte[] bytes = Random(6, 1000);
        ResumableUpload upload = await _uploads.CreateAsync(anna, new PutRequest(KeyedStore.At("k")), bytes.Length, None);
        upload = await AppendAsync(upload, bytes.AsMemory(0, 500), anna);

        await policies.RemoveAsync(_store.Owner, account: null, names: null, None);
        await RefusedAsync(StoreErrorCode.AccessDenied, () => AppendAsync(upload, bytes.AsMemory(500), anna));
        Assert.Equal(500, (await _uploads.GetAsync(anna, upload.Id, None)).OffsetBytes);
        await StageAsync(upload, bytes);
        StoreException refused = await RefusedAsync(StoreErrorCode.AccessDenied, () => _uploads.GetAsync(anna, upload.Id, None));
        Assert.NotNull(refused.DecisionId);

        await policies.PutAsync(_store.Owner, account: null, [mayInsert], replaceAll: true, None);
        Assert.NotNull((await _uploads.GetAsync(anna, upload.Id, None)).FinishedAs);
        Assert.Equal("anna", (await _store.Objects.GetAsync(_store.Owner, KeyedStore.At("k"), None)).Owner);
        Assert.Equal(bytes, await _store.ReadAsync("k"));
    }

    [Fact]
    public async Task An_upload_whose_staged_bytes_are_damaged_ends_so_that_the_sender_begins_anew()
    {
        ResumableUpload upload = await CreateAsync("k", 100_000);
        upload = await AppendAsync(upload, new byte[90_000]);
        await _store.Engines.Blobs.AbortAsync(upload.Blob!.Value, None);

        await RefusedAsync(StoreErrorCode.Corrupt, () => AppendAsync(upload, new byte[10]));
        await RefusedAsync(StoreErrorCode.UploadNotFound, () => _uploads.GetAsync(Me, upload.Id, None));
    }

    [Fact]
    public async Task Who_may_not_write_begins_no_upload()
    {
        var anna = new Uploader(_store.Owner with { Right = Right.Authenticated, Subject = "anna" });
        await RefusedAsync(
            StoreErrorCode.AccessDenied, () => _uploads.CreateAsync(anna, new PutRequest(KeyedStore.At("k")), 3, None));
        await RefusedAsync(
            StoreErrorCode.BucketNotFound,
            () => _uploads.CreateAsync(new Uploader(Caller.Nobody), new PutRequest(KeyedStore.At("k")), 3, None));
        await RefusedAsync(StoreErrorCode.BucketNotFound, () => CreateAsync("k", 3, "nowhere"));
        await RefusedAsync(StoreErrorCode.InvalidKey, () => CreateAsync("a\0b", 3));
        await _store.PutAsync("taken", "x");
        await RefusedAsync(StoreErrorCode.ObjectExists, () => CreateAsync("taken", 3));
    }

    /// <summary>A new process over the same folder.</summary>
    private async Task ReopenAsync()
    {
        await _store.Engines.ReopenAsync();
        Restart();
    }

    private void Restart() =>
        _uploads = new ResumableUploads(_store.Engines.Catalog, _store.Engines.Blobs, _store.Objects, _store.Engines.Limits);

    private Sweep SweepOf() => new(_store.Engines.Catalog, _store.Engines.Blobs, TimeSpan.FromMinutes(1), NullLogger<Sweep>.Instance);

    private async Task<int> StagedAsync() => await _store.Engines.Blobs.ListStagedAsync(None).CountAsync();

    private Task<ResumableUpload> CreateAsync(string key, long? length, string bucket = "docs") =>
        _uploads.CreateAsync(Me, new PutRequest(KeyedStore.At(key, bucket)) { MediaType = "text/plain" }, length, None);

    private Task<ResumableUpload> AppendAsync(
        ResumableUpload upload, ReadOnlyMemory<byte> bytes, Uploader? uploader = null, long? length = null, bool upsert = false,
        bool isSizeSaid = true) => _uploads.AppendAsync(
            uploader ?? Me, upload.Id, upload.OffsetBytes, length, upsert, Body(bytes), isSizeSaid ? bytes.Length : null, None);

    /// <summary>As far as an append comes before it makes the object.</summary>
    private async Task StageAsync(ResumableUpload upload, byte[] bytes)
    {
        await _store.Engines.Blobs.AppendAsync(
            upload.Blob!.Value, upload.OffsetBytes, Body(bytes.AsMemory((int)upload.OffsetBytes)), new BlobWrite(), None);
        Assert.True(await _store.Engines.Catalog.AdvanceUploadAsync(upload.Id, upload.OffsetBytes, bytes.Length, None));
    }

    private static PipeReader Body(ReadOnlyMemory<byte> bytes) => PipeReader.Create(new MemoryStream(bytes.ToArray()));

    private static byte[] Random(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static Task<StoreException> RefusedAsync(StoreErrorCode code, Func<Task> call) => KeyedStore.RefusedAsync(code, call);

    /// <summary>A body whose connection breaks after these bytes.</summary>
    private sealed class BreakingReader(ReadOnlyMemory<byte> bytes) : PipeReader
    {
        private readonly PipeReader _inner = PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(bytes));
        private bool _isAtEnd = bytes.IsEmpty;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            if (_isAtEnd)
            {
                throw new IOException("the connection broke");
            }

            ReadResult read = await _inner.ReadAsync(cancellationToken);
            return new ReadResult(read.Buffer, isCanceled: false, isCompleted: false);
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _inner.AdvanceTo(consumed, examined);
            _isAtEnd = !_inner.TryRead(out ReadResult rest) || rest.Buffer.IsEmpty;
            if (!_isAtEnd)
            {
                _inner.AdvanceTo(rest.Buffer.Start);
            }
        }

        public override bool TryRead(out ReadResult result) => _inner.TryRead(out result);

        public override void CancelPendingRead() => _inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => _inner.Complete(exception);
    }
}
