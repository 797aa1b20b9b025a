using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;

namespace Coffer.Objects;

public sealed partial class BucketObjects
{
    /// <summary>A folder's page; empty for a bucket that is unknown to the caller.</summary>
    /// <exception cref="StoreException">SearchTooSlow, Busy.</exception>
    public async ValueTask<IReadOnlyList<FolderEntry>> ListFolderAsync(
        Caller caller, FolderRequest request, CancellationToken cancellationToken)
    {
        if (await catalog.FindBucketAsync(request.Bucket, cancellationToken) is not { } bucket)
        {
            return [];
        }

        string folder = request.Folder is [] or [.., '/'] ? request.Folder : request.Folder + "/";
        return await catalog.ListFolderAsync(
            new FolderQuery
            {
                Bucket = bucket.Id,
                Prefix = folder + request.Search,
                NameStart = folder.Length,
                Sort = request.Sort,
                Descending = request.Descending,
                Offset = request.Offset,
                Limit = request.Limit,
                Filter = await policies.FilterAsync(caller, bucket, cancellationToken),
            },
            cancellationToken);
    }

    /// <summary>A page of keys; empty for a bucket that is unknown to the caller.</summary>
    /// <exception cref="StoreException">SearchTooSlow, Busy.</exception>
    public async ValueTask<SortedKeyPage> ListAsync(Caller caller, PageRequest request, CancellationToken cancellationToken)
    {
        if (await catalog.FindBucketAsync(request.Bucket, cancellationToken) is not { } bucket)
        {
            return new SortedKeyPage([], HasMore: false);
        }

        return await catalog.ListSortedAsync(
            new SortedKeyQuery
            {
                Bucket = bucket.Id,
                Prefix = request.Prefix,
                Delimiter = request.WithFolders ? "/" : null,
                Sort = request.Sort,
                Descending = request.Descending,
                After = request.After,
                Limit = request.Limit,
                Filter = await policies.FilterAsync(caller, bucket, cancellationToken),
            },
            cancellationToken);
    }
}
