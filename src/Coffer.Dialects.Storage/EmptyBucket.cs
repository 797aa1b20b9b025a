using Coffer.Access;

namespace Coffer.Dialects.Storage;

/// <summary>POST /bucket/{bucket}/empty: deletes every object. No list shows one any more when this answers; the bytes go later.</summary>
internal static class EmptyBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.ServiceAsync(call);
        await call.Dialect.Buckets.EmptyAsync(caller, call.Bucket, call.Aborted);
        await StorageJson.WriteAsync(call, "message", "Empty bucket has been queued. Completion may take up to an hour.");
    }
}
