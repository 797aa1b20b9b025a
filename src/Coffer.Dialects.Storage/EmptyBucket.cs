using Coffer.Access;

namespace Coffer.Dialects.Storage;

/// <summary>
/// POST /bucket/{bucket}/empty: deletes every object. No list shows one any more when this answers; the bytes go later. Where the
/// installation says so, a caller without the service right deletes what policies let it delete.
/// </summary>
internal static class EmptyBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = call.Dialect.EmptiesByPolicy ? await StorageAuth.CallerAsync(call) : await StorageAuth.ServiceAsync(call);
        if (caller.Right is Right.Service)
        {
            await call.Dialect.Buckets.EmptyAsync(caller, call.Bucket, call.Aborted);
        }
        else
        {
            await call.Dialect.Buckets.GetAsync(caller, call.Bucket, call.Aborted);
            await call.Dialect.Objects.DeleteAllowedAsync(caller, call.Bucket, call.Aborted);
        }

        await StorageJson.WriteAsync(call, "message", "Empty bucket has been queued. Completion may take up to an hour.");
    }
}
