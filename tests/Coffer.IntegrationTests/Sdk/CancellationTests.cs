using System.Net;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Transfers that are called off in the middle: nothing half is left, on neither side.</summary>
public sealed class CancellationTests(OwnServer server) : IClassFixture<OwnServer>
{
    private const int Size = 40_000_000; // more than the buffers between the two sides hold

    [Theory]
    [InlineData(true, false), InlineData(true, true), InlineData(false, false), InlineData(false, true)]
    public async Task An_upload_that_is_cancelled_leaves_no_bytes(bool async, bool chunked)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        StorageObject made = await coffer.StorageObjects.CreateAsync(new() { Name = "a", ContentType = "binary" });
        using var cancellation = new CancellationTokenSource();
        using Stream bytes = chunked ? new Unseekable(new MemoryStream(Bytes.Random(Size))) : new MemoryStream(Bytes.Random(Size));
        var halfway = new Callback(progress =>
        {
            if (progress.BytesDone > Size / 2)
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async, () => made.UploadContentAsync(bytes, halfway, cancellation.Token), () => made.UploadContent(bytes, halfway, cancellation.Token)));

        ObjectView view = await made.RefreshAsync();
        Assert.Equal((ObjectState.Uploading, (long?)null), (view.State, view.SizeBytes));
        var refused = await Assert.ThrowsAsync<CofferException>(() => made.CompleteAsync());
        Assert.Equal((HttpStatusCode.BadRequest, "nothing_uploaded"), (refused.Status, refused.Code));
        await EmptyAsync();

        await made.UploadContentAsync("the second try"); // the same object still takes bytes
        await made.CompleteAsync();
        Assert.Equal("the second try", await made.DownloadAsTextAsync());
        await made.DeleteAsync();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_whole_upload_that_is_cancelled_takes_its_object_back_when_asked_to(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var cancellation = new CancellationTokenSource();
        var options = new UploadOptions
        {
            DeleteOnFailure = true, Progress = new Callback(progress => cancellation.CancelAfter(0)),
        };
        using var bytes = new MemoryStream(Bytes.Random(Size));
        string name = $"cancelled-{Guid.NewGuid():N}";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => coffer.StorageObjects.UploadFromStreamAsync(bytes, name, "binary", options, cancellation.Token),
            () => coffer.StorageObjects.UploadFromStream(bytes, name, "binary", options, cancellation.Token)));

        Assert.Equal(0, (await coffer.Objects.ListAsync(new() { Name = name })).TotalCount);
        Assert.Equal(1, (await coffer.Objects.ListAsync(new() { Name = name, State = ObjectState.Deleted })).TotalCount);
        await EmptyAsync();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_download_that_is_cancelled_leaves_the_older_file_and_nothing_else(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var folder = new TemporaryFolder();
        string path = folder.Write("file", "older");
        StorageObject stored = await coffer.StorageObjects.UploadFromBytesAsync(Bytes.Random(Size), "a", "binary");
        using var cancellation = new CancellationTokenSource();
        bool wasThere = false;
        var options = new DownloadOptions
        {
            Progress = new Callback(progress =>
            {
                if (progress.BytesDone > Size / 2 && !wasThere)
                {
                    wasThere = Directory.GetFiles(folder.Path, ".coffer-*.part").Length == 1;
                    cancellation.Cancel();
                }
            }),
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => stored.DownloadToFileAsync(path, options, cancellation.Token),
            () => stored.DownloadToFile(path, options, cancellation.Token)));

        Assert.True(wasThere);
        Assert.Equal("older", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
        await stored.DeleteAsync();
    }

    /// <summary>No file of the server holds bytes of an upload; it learns of a broken connection a moment later.</summary>
    private async Task EmptyAsync()
    {
        for (int i = 0; i < 200 && Files().Length > 0; i++)
        {
            await Task.Delay(25);
        }

        Assert.Empty(Files());
    }

    private string[] Files() =>
    [
        .. from folder in new[] { "blobs", "staging" }
           let path = Path.Combine(server.Process.Data, folder)
           where Directory.Exists(path)
           from file in Directory.GetFiles(path, "*", SearchOption.AllDirectories)
           where !_completed.Contains(file)
           select file,
    ];

    private readonly HashSet<string> _completed = [.. BlobFiles.All(server.Process)]; // of earlier tests: freed minutes after their end

    private sealed class Callback(Action<TransferProgress> report) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => report(value);
    }
}
