using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Dialects.Storage;

/// <summary>PUT /bucket/{bucket}: changes what the body names; null takes a limit away.</summary>
internal static class UpdateBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        bool hasLimit = body.Has("file_size_limit"), hasTypes = body.Has("allowed_mime_types");
        if (!hasLimit && !hasTypes && !body.Has("public"))
        {
            throw StorageErrors.Validation("body must have one of the properties 'public', 'file_size_limit', 'allowed_mime_types'");
        }

        long? limit = BucketBody.SizeLimit(body);
        IReadOnlyList<string>? types = BucketBody.MediaTypes(body);
        var change = new BucketChange
        {
            IsPublic = body.Flag("public"),
            SizeLimitBytes = limit,
            ClearSizeLimit = hasLimit && limit is null,
            AllowedMediaTypes = types,
            ClearMediaTypes = hasTypes && types is null,
        };

        await call.Dialect.Buckets.UpdateAsync(caller, call.Bucket, change, call.Aborted);
        await StorageJson.WriteAsync(call, "message", "Successfully updated");
    }
}
