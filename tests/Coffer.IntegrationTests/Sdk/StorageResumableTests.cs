using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Uploads in pieces to the real server, also when they are cancelled and gone on with.</summary>
public sealed class StorageResumableTests(SharedServer server) : IAsyncLifetime
{
    private readonly string _bucket = $"tus-{Guid.NewGuid():N}";
    private readonly byte[] _content = Bytes.Random(1_000_000);
    private CofferClient? _coffer;

    private BucketFiles Files => _coffer!.Storage.From(_bucket);

    public async ValueTask InitializeAsync()
    {
        _coffer = SdkClient.For(await server.Accounts.NewAsync());
        await _coffer.Storage.CreateBucketAsync(_bucket);
    }

    public ValueTask DisposeAsync()
    {
        _coffer?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_file_goes_up_in_pieces(bool async)
    {
        using var folder = new TemporaryFolder();
        string local = folder.Write("film.mp4", _content);
        var progress = new ProgressLog();
        var options = new ResumableUploadOptions
        {
            ChunkSizeBytes = 300_000, Progress = progress, CacheControl = TimeSpan.FromDays(1), Metadata = new() { ["n"] = 1 },
        };

        StoredFile stored = await Twin.Run(
            async, () => Files.UploadFileResumableAsync("d/film.mp4", local, options), () => Files.UploadFileResumable("d/film.mp4", local, options));

        Assert.Equal("d/film.mp4", stored.Path);
        Assert.Equal(_content, await Files.DownloadAsync("d/film.mp4"));
        StorageFileInfo info = await Files.InfoAsync("d/film.mp4");
        Assert.Equal(("video/mp4", "max-age=86400", 1), (info.ContentType, info.CacheControl, (int?)info.Metadata!["n"]));
        Assert.Equal(new TransferProgress(_content.Length, _content.Length), progress.Reports[^1]);
        var taken = await Assert.ThrowsAsync<StorageException>(() => Files.UploadFileResumableAsync("d/film.mp4", local, options));
        Assert.Equal(409, taken.StatusCode);
        await Files.UploadFileResumableAsync("d/film.mp4", local, options with { Upsert = true });
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_cancelled_upload_is_finished_by_the_next_call(bool async)
    {
        using var folder = new TemporaryFolder();
        string local = folder.Write("film.mp4", _content);
        var store = new FileResumeStore(Path.Combine(folder.Path, "unfinished"));
        using var cancellation = new CancellationTokenSource();
        var first = new ResumableUploadOptions
        {
            ChunkSizeBytes = 100_000, ResumeStore = store, Progress = new Cancelling(cancellation, after: 250_000),
        };
        var progress = new ProgressLog();
        ResumableUploadOptions second = first with { Progress = progress };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => Files.UploadFileResumableAsync("film.mp4", local, first, cancellation.Token),
            () => Files.UploadFileResumable("film.mp4", local, first, cancellation.Token)));
        Assert.False(await Files.ExistsAsync("film.mp4"));
        await Twin.Run(async, () => Files.UploadFileResumableAsync("film.mp4", local, second), () => Files.UploadFileResumable("film.mp4", local, second));

        Assert.InRange(progress.Reports[0].BytesDone, 200_000, 999_999); // it did not begin anew
        Assert.Equal(_content, await Files.DownloadAsync("film.mp4"));
    }

    [Theory]
    [InlineData(0), InlineData(200_000), InlineData(1_000_000)]
    public async Task A_stream_of_unknown_size_goes_up_in_pieces(int size)
    {
        await Files.UploadResumableAsync(
            "stream", new Unseekable(new MemoryStream(_content[..size])), new() { ChunkSizeBytes = 100_000 });

        Assert.Equal(_content[..size], await Files.DownloadAsync("stream"));
    }

    [Fact]
    public async Task An_empty_file_is_there_at_once()
    {
        await Files.UploadResumableAsync("empty", new MemoryStream());

        Assert.Empty(await Files.DownloadAsync("empty"));
    }

    [Fact]
    public async Task Someone_without_a_key_uploads_in_pieces()
    {
        using StorageClient anyone = new(new Uri(server.Process.BaseUrl, "storage/v1"));
        SignedUploadUrl ticket = await Files.CreateSignedUploadUrlAsync("in/a");

        await anyone.From(_bucket).UploadResumableAsync(
            "in/a", new MemoryStream(_content), new() { ChunkSizeBytes = 400_000, SignedUploadToken = ticket.Token });

        Assert.Equal(_content, await Files.DownloadAsync("in/a"));
    }

    private sealed class Cancelling(CancellationTokenSource cancellation, long after) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (value.BytesDone >= after)
            {
                cancellation.Cancel();
            }
        }
    }
}
