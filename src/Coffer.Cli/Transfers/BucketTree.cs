using System.Runtime.CompilerServices;
using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>What lies below an address.</summary>
internal static class BucketTree
{
    /// <summary>One file, with what the server says about it.</summary>
    /// <exception cref="StorageException">There is none.</exception>
    public static async Task<BucketFile> FileAsync(StorageClient storage, BucketAddress address, CancellationToken cancellationToken)
    {
        StorageFileInfo info = await storage.From(address.Bucket).InfoAsync(address.Key, cancellationToken: cancellationToken);
        return new BucketFile(address, new StorageEntry
        {
            Id = info.Id, Name = info.Name, CreatedAt = info.CreatedAt, UpdatedAt = info.LastModified,
            Metadata = new StorageMetadata
            {
                SizeBytes = info.SizeBytes, ContentType = info.ContentType, ETag = info.ETag, CacheControl = info.CacheControl,
            },
        });
    }

    /// <summary>Every file whose key begins like the address, in the order of keys.</summary>
    /// <exception cref="StorageException">There is no such bucket.</exception>
    public static async Task<List<BucketFile>> FilesAsync(StorageClient storage, BucketAddress below, CancellationToken cancellationToken)
    {
        List<BucketFile> files = [];
        await foreach (BucketFile file in WalkAsync(storage, below, isRecursive: true, cancellationToken))
        {
            files.Add(file);
        }

        if (files.Count == 0)
        {
            await storage.GetBucketAsync(below.Bucket, cancellationToken: cancellationToken); // a listing does not say that it is missing
        }

        return files;
    }

    /// <summary>The files, or with what lies deeper folded into folders; folders come first in each page.</summary>
    public static async IAsyncEnumerable<BucketFile> WalkAsync(
        StorageClient storage, BucketAddress below, bool isRecursive,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new StorageListRequest { Prefix = below.Key, WithDelimiter = !isRecursive };
        await foreach (StorageEntry entry in storage.From(below.Bucket).ListAllAsync(request, cancellationToken: cancellationToken))
        {
            yield return new BucketFile(below with { Key = entry.Name }, entry);
        }
    }
}
