using System.IO.Pipelines;
using Coffer.Blobs;

namespace Coffer.ConformanceTests.Upkeep;

/// <summary>A real blob store; something happens once, just after a blob was looked for.</summary>
internal sealed class WatchedBlobs(IBlobStore blobs) : IBlobStore
{
    public Func<Task>? OnOpen { get; set; }

    public async ValueTask<IBlobReader?> OpenAsync(BlobId id, CancellationToken cancellationToken)
    {
        IBlobReader? reader = await blobs.OpenAsync(id, cancellationToken);
        if (OnOpen is { } once)
        {
            OnOpen = null;
            await once();
        }

        return reader;
    }

    public Task<BlobReceipt> WriteAsync(BlobId id, PipeReader content, BlobWrite write, CancellationToken cancellationToken) =>
        blobs.WriteAsync(id, content, write, cancellationToken);

    public Task DeleteAsync(BlobId id, CancellationToken cancellationToken) => blobs.DeleteAsync(id, cancellationToken);

    public IAsyncEnumerable<BlobId> ListAsync(CancellationToken cancellationToken) => blobs.ListAsync(cancellationToken);

    public Task<long> AppendAsync(BlobId id, long offset, PipeReader content, BlobWrite write, CancellationToken cancellationToken) =>
        blobs.AppendAsync(id, offset, content, write, cancellationToken);

    public Task<BlobReceipt> SealAsync(BlobId id, long sizeBytes, CancellationToken cancellationToken) =>
        blobs.SealAsync(id, sizeBytes, cancellationToken);

    public Task AbortAsync(BlobId id, CancellationToken cancellationToken) => blobs.AbortAsync(id, cancellationToken);

    public IAsyncEnumerable<BlobId> ListStagedAsync(CancellationToken cancellationToken) => blobs.ListStagedAsync(cancellationToken);

    public void CheckRoom(long? length) => blobs.CheckRoom(length);

    public ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken) => blobs.IsReadyAsync(cancellationToken);
}
