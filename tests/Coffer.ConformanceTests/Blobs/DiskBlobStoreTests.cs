using Coffer.Blobs;
using Coffer.Blobs.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Blobs;

/// <summary>The conformance suite on the local disk.</summary>
public class DiskBlobStoreTests : BlobStoreConformance
{
    protected string Root { get; } = Directory.CreateTempSubdirectory("coffer-blobs-").FullName;

    protected string StagingDirectory => Path.Combine(Root, "staging");

    protected virtual DiskBlobOptions Options => new()
    {
        BlobsDirectory = Path.Combine(Root, "blobs"),
        StagingDirectory = StagingDirectory,
        MinFreeBytes = 0,
    };

    protected override Task<IBlobStore> OpenStoreAsync() =>
        Task.FromResult<IBlobStore>(new DiskBlobStore(Options, NullLogger<DiskBlobStore>.Instance, TimeProvider.System));

    protected override Task CloseStoreAsync(IBlobStore store)
    {
        ((DiskBlobStore)store).Dispose();
        return Task.CompletedTask;
    }

    protected override Task CleanUpAsync()
    {
        Directory.Delete(Root, recursive: true);
        return Task.CompletedTask;
    }
}
