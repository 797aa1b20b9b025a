using Coffer.Blobs;
using Coffer.Blobs.Disk;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>The conformance suite on the local disk.</summary>
public sealed class DiskBlobStoreTests : BlobStoreConformance
{
    private readonly DiskFolder _folder = new();

    protected override Task<IBlobStore> OpenStoreAsync() => Task.FromResult<IBlobStore>(_folder.Open());

    protected override Task CloseStoreAsync(IBlobStore store)
    {
        ((DiskBlobStore)store).Dispose();
        return Task.CompletedTask;
    }

    protected override Task CleanUpAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
