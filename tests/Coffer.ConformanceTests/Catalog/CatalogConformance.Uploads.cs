using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;
using Coffer.Uploads;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    private static readonly TimeSpan UploadLife = TimeSpan.FromHours(1);

    [Fact]
    public async Task An_upload_keeps_all_that_was_said_of_it_over_reopening()
    {
        ResumableUpload made = (await AddUploadAsync()) with { };
        await ReopenAsync();

        ResumableUpload found = (await Catalog.FindUploadAsync(made.Id, None))!;
        Assert.Equal(made.UploaderHash.ToArray(), found.UploaderHash.ToArray());
        Assert.Equal(made.Request.Metadata!.Json, found.Request.Metadata!.Json);
        Assert.Equal(
            made with { UploaderHash = default, Request = made.Request with { Metadata = null } },
            found with { UploaderHash = default, Request = found.Request with { Metadata = null } });
        Assert.Null(await Catalog.FindUploadAsync(UploadId.New(), None));
    }

    [Fact]
    public async Task The_blob_of_an_upload_stays_announced_over_reopening_until_the_upload_ends()
    {
        ResumableUpload made = await AddUploadAsync();
        BlobId blob = made.Blob!.Value;
        Assert.Empty(await Catalog.FindUnclaimedAsync([blob], None));
        await ReopenAsync();
        Assert.Empty(await Catalog.FindUnclaimedAsync([blob], None));

        Assert.True(await Catalog.EndUploadAsync(made.Id, None));
        Assert.False(await Catalog.EndUploadAsync(made.Id, None));

        Assert.Null(await Catalog.FindUploadAsync(made.Id, None));
        Assert.Equal([blob], await ReleasedAsync());
        await Catalog.ForgetReleasedAsync([blob], None);
        Assert.Equal([blob], await Catalog.FindUnclaimedAsync([blob], None));
    }

    [Fact]
    public async Task An_upload_advances_only_from_where_it_is()
    {
        ResumableUpload made = await AddUploadAsync();
        Assert.True(await Catalog.AdvanceUploadAsync(made.Id, 0, 40, None));
        Assert.False(await Catalog.AdvanceUploadAsync(made.Id, 0, 50, None));
        Assert.True(await Catalog.AdvanceUploadAsync(made.Id, 40, 100, None));
        Assert.Equal(100, (await Catalog.FindUploadAsync(made.Id, None))!.OffsetBytes);
        Assert.False(await Catalog.AdvanceUploadAsync(UploadId.New(), 0, 1, None));
    }

    [Fact]
    public async Task The_length_of_an_upload_is_said_once_and_not_below_what_is_there()
    {
        ResumableUpload made = await AddUploadAsync(lengthBytes: null);
        await Catalog.AdvanceUploadAsync(made.Id, 0, 40, None);
        Assert.Null((await Catalog.FixUploadLengthAsync(made.Id, 39, None))!.LengthBytes);
        Assert.Equal(40, (await Catalog.FixUploadLengthAsync(made.Id, 40, None))!.LengthBytes);
        Assert.Equal(40, (await Catalog.FixUploadLengthAsync(made.Id, 100, None))!.LengthBytes);
        Assert.Null(await Catalog.FixUploadLengthAsync(UploadId.New(), 1, None));
    }

    [Fact]
    public async Task A_finished_upload_has_made_one_object_however_often_it_is_finished()
    {
        ResumableUpload made = await AddUploadAsync();
        await Catalog.AdvanceUploadAsync(made.Id, 0, 100, None);
        await ReopenAsync(); // what is staged was announced by an earlier run
        BlobId blob = made.Blob!.Value;

        StoredObject first = await Catalog.FinishUploadAsync(made.Id, NewKeyed("k"), InBlobs(blob), None);
        StoredObject again = await Catalog.FinishUploadAsync(made.Id, NewKeyed("k"), InBlobs(blob), None);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Id, (await FindAsync(Bucket, "k"))!.Id);
        ResumableUpload finished = (await Catalog.FindUploadAsync(made.Id, None))!;
        Assert.Equal((first.Id, null, 100L), (finished.FinishedAs!.Value, finished.Blob, finished.OffsetBytes));
        Assert.False(await Catalog.EndUploadAsync(made.Id, None));
        Assert.False(await Catalog.AdvanceUploadAsync(made.Id, 100, 120, None));
        Assert.Empty(await Catalog.FindUnclaimedAsync([blob], None));
        Assert.Empty(await ReleasedAsync());
    }

    [Fact]
    public async Task A_refused_finish_changes_nothing_and_may_succeed_later()
    {
        StoredObject taken = await PutAsync(NewKeyed("k"));
        ResumableUpload made = await AddUploadAsync();
        NewObject absent = NewKeyed("k") with { OnlyIfAbsent = true };
        Assert.Equal(
            StoreErrorCode.ObjectExists,
            await RefusalAsync(() => Catalog.FinishUploadAsync(made.Id, absent, InBlobs(made.Blob!.Value), None)));
        Assert.Null((await Catalog.FindUploadAsync(made.Id, None))!.FinishedAs);
        Assert.Empty(await Catalog.FindUnclaimedAsync([made.Blob!.Value], None));

        await Catalog.DeleteObjectAsync(taken.Id, None);
        StoredObject finished = await Catalog.FinishUploadAsync(
            made.Id, absent with { Id = Catalog.MintObjectId() }, InBlobs(made.Blob!.Value), None);

        Assert.Equal(ObjectState.ReadOnly, finished.State);
    }

    [Fact]
    public async Task An_upload_without_bytes_becomes_an_inline_object()
    {
        ResumableUpload made = await AddUploadAsync(lengthBytes: 0);
        StoredObject finished = await Catalog.FinishUploadAsync(made.Id, NewKeyed("k"), Inline(""), None);
        Assert.Equal("", await ReadInlineAsync(finished.Id));
        Assert.Equal([made.Blob!.Value], await Catalog.FindUnclaimedAsync([made.Blob!.Value], None));
    }

    [Fact]
    public async Task Uploads_past_their_expiry_cannot_be_finished_and_give_their_blobs_up_when_they_are_reaped()
    {
        ResumableUpload open = await AddUploadAsync();
        ResumableUpload finished = await AddUploadAsync();
        StoredObject kept = await Catalog.FinishUploadAsync(finished.Id, NewKeyed("kept"), InBlobs(finished.Blob!.Value), None);
        Assert.Equal(0, await Catalog.ReapUploadsAsync(100, None));

        MoveClock(UploadLife);
        Assert.Equal(
            StoreErrorCode.UploadGone,
            await RefusalAsync(() => Catalog.FinishUploadAsync(open.Id, NewKeyed("k"), InBlobs(open.Blob!.Value), None)));
        ResumableUpload young = await AddUploadAsync();
        Assert.Equal(2, await Catalog.ReapUploadsAsync(100, None));
        Assert.Equal(0, await Catalog.ReapUploadsAsync(100, None));

        Assert.Equal([open.Blob!.Value], await ReleasedAsync());
        Assert.Null(await Catalog.FindUploadAsync(open.Id, None));
        Assert.Null(await Catalog.FindUploadAsync(finished.Id, None));
        Assert.NotNull(await Catalog.FindUploadAsync(young.Id, None));
        Assert.Equal(ObjectState.ReadOnly, (await FindAsync(kept.Id)).State);
    }

    private async Task<ResumableUpload> AddUploadAsync(long? lengthBytes = 100)
    {
        var made = new ResumableUpload
        {
            Id = UploadId.New(),
            Account = Account.Id,
            UploaderHash = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(),
            Request = new PutRequest(new ObjectAddress("objects", "a/k"))
            {
                MediaType = "text/plain",
                CacheControl = "max-age=5",
                ContentEncoding = "gzip",
                RobotsTag = "none",
                Metadata = ObjectMetadata.From([new("a", "b")]),
                Upsert = true,
            },
            Owner = "somebody",
            LengthBytes = lengthBytes,
            OffsetBytes = 0,
            Blob = await AnnounceAsync(),
            ExpiresAtMs = Catalog.NowMs + (long)UploadLife.TotalMilliseconds,
        };
        await Catalog.AddUploadAsync(made, None);
        return made;
    }
}
